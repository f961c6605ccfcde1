using System.Text.Json;
using EHealthHub.Operator.Commands;
using EHealthHub.Operator.Load;

namespace EHealthHub.Operator.Demonstration;

/// <summary>hospital-ankara submits its patients.</summary>
internal sealed class SubmissionSteps(DemoStage stage, int patients)
{
    private const int ClientsAtOnce = 4;
    private const int ComparedMax = 500;
    private const string AgainHint = " (a folder whose people this hub holds already cannot be told as new: take a new --data for it)";
    private static readonly string[] OpenStatus = ["arrived", "triaged", "in-progress", "onleave"];

    // The patient who was posted alone; -1 before.
    private int _one = -1;

    /// <summary>The directory, then one patient, of whom every value is looked at again.</summary>
    public async Task<StepOutcome> SubmitOne(CancellationToken cancel)
    {
        if (!await Ingest().PostFirst(Say.Error, cancel).ConfigureAwait(false))
        {
            return StepOutcome.Broken("The directory of hospitals and practitioners was refused.");
        }

        for (var index = 0; index < patients; index++)
        {
            var bundle = stage.Source.Patient(index);
            if (Resources(bundle.Json) is not { } entries || entries.Count(IsPatient) != 1 || entries.Any(IsOpenEncounter))
            {
                continue;
            }

            var response = await stage.Ankara.Post("/fhir", bundle.Json, null, cancel).ConfigureAwait(false);
            var result = TransactionResult.Read(response.Json);
            if (!response.IsGood || result.PatientId is not { } id)
            {
                return StepOutcome.Broken($"{bundle.Name} was not accepted: {(response.IsGood ? result.FirstFault ?? "no new patient" : response.Summary)}{AgainHint}");
            }

            _one = index;
            stage.Patient = new DemoPatient(id, entries, result.Locations);
            stage.Kept.Add(new KeptAnswer("the transaction of the patient", response, "", true));
            return await Compare(entries, result, cancel).ConfigureAwait(false);
        }

        return StepOutcome.Broken("No Bundle in the folder is of one patient whose encounters are all finished; the story needs one.");
    }

    /// <summary>All the others.</summary>
    public async Task<StepOutcome> SubmitOthers(CancellationToken cancel)
    {
        var result = await Ingest().Run(cancel).ConfigureAwait(false);
        return result.Errors > 0 || result.Requests != patients - 1
            ? StepOutcome.Broken($"{result.Errors} of {patients - 1} patients were not accepted.")
            : StepOutcome.Holds(
                $"hospital-ankara posted {patients - 1} more patients with {Say.Number(result.Units)} resources as transactions over mutual TLS, {Say.Number(result.UnitsPerSecond)} resources/s",
                "each was validated, sealed and stored whole, and each answer carries the receipt of its audit entry");
    }

    private IngestPhase Ingest() =>
        new(stage.Ankara, stage.Source, new LoadSettings(stage.Hub.Layout.Root, stage.Server.Port, patients, 1, ClientsAtOnce, 0), stage.Time, _one < 0 ? null : _one);

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
            $"hospital-ankara posted one patient's transaction over mutual TLS and read its {compared} resources back",
            "every value is the same byte for byte, decimals keep their zeros; only ids, meta and references into the Bundle were set by the hub");
    }

    /// <summary>The resources of a Bundle, entry by entry; null where an entry has none.</summary>
    private static List<JsonElement>? Resources(ReadOnlyMemory<byte> bundle)
    {
        using var document = JsonDocument.Parse(bundle);
        var resources = new List<JsonElement>();
        if (document.RootElement.TryGetProperty("entry", out var entries))
        {
            foreach (var entry in entries.EnumerateArray())
            {
                if (!entry.TryGetProperty("resource", out var resource))
                {
                    return null;
                }

                resources.Add(resource.Clone());
            }
        }

        return resources;
    }

    private static bool IsPatient(JsonElement resource) => resource.GetProperty("resourceType").GetString() == "Patient";

    private static bool IsOpenEncounter(JsonElement resource) =>
        resource.GetProperty("resourceType").GetString() == "Encounter" && resource.TryGetProperty("status", out var status) && OpenStatus.Contains(status.GetString());
}
