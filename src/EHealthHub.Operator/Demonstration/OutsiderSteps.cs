using EHealthHub.Operator.Connecting;

namespace EHealthHub.Operator.Demonstration;

/// <summary>Three hospitals that must not be let in, each for its own reason.</summary>
internal sealed class OutsiderSteps(DemoStage stage)
{
    private static readonly (string Name, string Reason)[] Outsiders =
    [
        ("hospital-revoked", "certificate-revoked"),
        ("hospital-expired", "certificate-expired"),
        ("hospital-unregistered", "certificate-unregistered"),
    ];

    public async Task<StepOutcome> AreRefused(CancellationToken cancel)
    {
        var answers = new List<string>();
        foreach (var (name, reason) in Outsiders)
        {
            using var client = HubClient.Open(stage.Hub.Layout, name, stage.Server);
            var response = await client.Get("/fhir/Patient/" + stage.Patient?.Id, null, cancel).ConfigureAwait(false);
            if (response.Status is not (401 or 403) || response.Reason != reason || response.Receipt is null)
            {
                return StepOutcome.Broken($"{name} should be refused with {reason} and got {response.Summary}");
            }

            answers.Add($"{name}: {response.Summary}");
        }

        return StepOutcome.Holds(string.Join("; ", answers), "a certificate of the right authority is not enough, and an honest institution learns what to mend");
    }
}
