using System.Text.Json;
using EHealthHub.Operator.Commands;
using EHealthHub.Operator.Load;

namespace EHealthHub.Operator.Demonstration;

/// <summary>hospital-ankara submits its patients.</summary>
internal sealed class SubmissionSteps(DemoStage stage, int patients)
{
    private const int ClientsAtOnce = 4;
    private const int ComparedMax = 500;
    private static readonly string[] OpenStatus = ["arrived", "triaged", "in-progress", "onleave"];

    /// <summary>The directory first, then every patient's transaction over mutual TLS.</summary>
    public async Task<StepOutcome> Submit(CancellationToken cancel)
    {
        var settings = new LoadSettings(stage.Hub.Layout.Root, stage.Server.Port, patients, 1, ClientsAtOnce, 0);
        var ingest = new IngestPhase(stage.Ankara, stage.Source, settings, stage.Time);
        if (!await ingest.PostFirst(Say.Error, cancel).ConfigureAwait(false))
        {
            return StepOutcome.Broken("The directory of hospitals and practitioners was refused.");
        }

        var result = await ingest.Run(cancel).ConfigureAwait(false);
        return result.Errors > 0 || result.Requests != patients
            ? StepOutcome.Broken($"{result.Errors} of {patients} patients were not accepted.")
            : StepOutcome.Holds(
                $"hospital-ankara posted {patients} patients with {Say.Number(result.Units)} resources as transactions over mutual TLS, {Say.Number(result.UnitsPerSecond)} resources/s",
                "each was validated, sealed and stored whole, and each answer carries the receipt of its audit entry");
    }

    /// <summary>One more patient, posted alone, of whom all is known.</summary>
    public async Task<StepOutcome> SubmitOne(CancellationToken cancel)
    {
        for (var index = 0; index < patients; index++)
        {
            // Of a folder the last ones first: those bring what they refer to, so that posting one again meets no condition that has become ambiguous.
            var bundle = stage.Source.Patient(stage.Source.IsGenerated ? patients + index : stage.Source.DistinctMax - 1 - index);
            var entries = Resources(bundle.Json);
            if (entries.Any(IsOpenEncounter))
            {
                continue;
            }

            var response = await stage.Ankara.Post("/fhir", bundle.Json, null, cancel).ConfigureAwait(false);
            var result = TransactionResult.Read(response.Json);
            if (!response.IsGood || result.PatientId is not { } id)
            {
                return StepOutcome.Broken($"{bundle.Name} was not accepted: {(response.IsGood ? result.FirstFault ?? "no new patient" : response.Summary)}");
            }

            stage.Patient = new DemoPatient(id, entries, result.Locations);
            stage.Kept.Add(new KeptAnswer("the transaction of the patient", response, "", true));
            return await Compare(entries, result, cancel).ConfigureAwait(false);
        }

        return StepOutcome.Broken("Every patient in the folder has an open encounter already; the story needs one without.");
    }

    private async Task<StepOutcome> Compare(IReadOnlyList<JsonElement> entries, TransactionResult result, CancellationToken cancel)
    {
        var compared = 0;
        foreach (var (posted, location) in entries.Zip(result.Locations).Where(e => e.Second is not null && result.Created.Contains(e.Second)).Take(ComparedMax))
        {
            var response = await stage.Ankara.Get("/fhir/" + location, null, cancel).ConfigureAwait(false);
            if (!response.IsGood)
            {
                return StepOutcome.Broken($"{location} was accepted and cannot be read: {response.Summary}");
            }

            if (ValueComparison.FirstDifference(posted, response.Json) is { } difference)
            {
                return StepOutcome.Broken($"{location} came back different at {difference}.");
            }

            compared++;
        }

        return StepOutcome.Holds(
            $"the {compared} resources of one patient were read back by the hospital that submitted them",
            "every value is the same byte for byte, decimals keep their zeros; only ids, meta and references into the Bundle were set by the hub");
    }

    private static List<JsonElement> Resources(ReadOnlyMemory<byte> bundle)
    {
        using var document = JsonDocument.Parse(bundle);
        return [.. document.RootElement.Clone().GetProperty("entry").EnumerateArray().Select(e => e.GetProperty("resource"))];
    }

    private static bool IsOpenEncounter(JsonElement resource) =>
        resource.GetProperty("resourceType").GetString() == "Encounter" && resource.TryGetProperty("status", out var status) && OpenStatus.Contains(status.GetString());
}
