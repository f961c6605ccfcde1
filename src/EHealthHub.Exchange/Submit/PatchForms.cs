using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Patching;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Exchange.Submit;

/// <summary>Makes an edit of a patch, whichever form it has (R4 3.1.0.6): a JSON Patch, an XML Patch, or the Parameters of a FHIRPath Patch.</summary>
public static class PatchForms
{
    /// <summary>Media type of a JSON Patch.</summary>
    public const string JsonPatchType = "application/json-patch+json";

    /// <summary>Media type of an XML Patch.</summary>
    public const string XmlPatchType = "application/xml-patch+xml";

    private static readonly PatchLimits Bounds = new();

    /// <summary>A JSON Patch; its bytes must live as long as the edit is used.</summary>
    public static Func<FhirResource, Result<FhirResource>> Json(ReadOnlyMemory<byte> patch, FhirLimits limits) => current => JsonPatch.Apply(current, patch, limits, Bounds);

    /// <summary>An XML Patch; its bytes must live as long as the edit is used.</summary>
    public static Func<FhirResource, Result<FhirResource>> Xml(ReadOnlyMemory<byte> patch, FhirLimits limits) => current => XmlPatch.Apply(current, patch, limits, Bounds);

    /// <summary>A FHIRPath Patch.</summary>
    public static Func<FhirResource, Result<FhirResource>> FhirPath(FhirResource parameters, FhirLimits limits) => current => FhirPathPatch.Apply(current, parameters, limits, Bounds);

    /// <summary>An entry of a Bundle with its edit; any other entry as it is.</summary>
    internal static Result<PlannedEntry> WithEdit(PlannedEntry entry, FhirLimits limits)
    {
        if (entry is not { Action: EntryAction.Patch, Failure: null, Resource: { } document })
        {
            return entry;
        }

        if (document.Type == "Parameters")
        {
            return entry with { Edit = FhirPath(document, limits) };
        }

        var named = document.Root.TryGetProperty("contentType"u8, out var type) ? type.GetString()?.Split(';')[0].Trim().ToLowerInvariant() : null;
        return named is JsonPatchType or XmlPatchType && document.Root.TryGetProperty("data"u8, out var data) && data.TryGetBytesFromBase64(out var patch)
            ? entry with { Edit = named == JsonPatchType ? Json(patch, limits) : Xml(patch, limits) }
            : Failure.Of(422, "not-supported", "patch-not-supported", $"A Binary brings a JSON Patch as {JsonPatchType} or an XML Patch as {XmlPatchType}; a FHIRPath Patch comes as Parameters.", WriteStep.PlaceOf(entry) + ".resource");
    }
}
