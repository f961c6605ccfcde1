using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Exchange.Submit;

/// <summary>Makes an edit of a patch, whichever form it has (R4 3.1.0.6).</summary>
internal static class PatchForms
{
    /// <summary>The entry with its edit; any other entry as it is.</summary>
    public static Result<PlannedEntry> WithEdit(PlannedEntry entry, FhirLimits limits) => entry is not { Action: EntryAction.Patch, Failure: null }
        ? entry
        : Failure.Of(422, "not-supported", "patch-not-supported", $"A patch of at most {limits.BytesMax} bytes by this kind of document is not served.", WriteStep.PlaceOf(entry) + ".resource");
}
