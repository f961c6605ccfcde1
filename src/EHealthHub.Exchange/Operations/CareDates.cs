using System.Collections.Frozen;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Exchange.Operations;

/// <summary>By which search parameter each type of a patient's record tells when care took place: what start and end of <c>$everything</c> are about.</summary>
internal static class CareDates
{
    /// <summary>Types whose parameter is not called <c>date</c>, or whose <c>date</c> tells something else.</summary>
    private static readonly FrozenDictionary<string, string> Others = new Dictionary<string, string>
    {
        ["Account"] = "period",
        ["Basic"] = "created",
        ["ChargeItem"] = "occurrence",
        ["Claim"] = "created",
        ["ClaimResponse"] = "created",
        ["Communication"] = "sent",
        ["CommunicationRequest"] = "authored",
        ["Condition"] = "onset-date",
        ["CoverageEligibilityRequest"] = "created",
        ["CoverageEligibilityResponse"] = "created",
        ["DetectedIssue"] = "identified",
        ["DeviceRequest"] = "authored-on",
        ["DocumentManifest"] = "created",
        ["ExplanationOfBenefit"] = "created",
        ["Goal"] = "start-date",
        ["ImagingStudy"] = "started",
        ["Media"] = "created",
        ["MedicationAdministration"] = "effective-time",
        ["MedicationDispense"] = "whenhandedover",
        ["MedicationRequest"] = "authoredon",
        ["MedicationStatement"] = "effective",
        ["NutritionOrder"] = "datetime",
        ["Provenance"] = "recorded",
        ["QuestionnaireResponse"] = "authored",
        ["RequestGroup"] = "authored",
        ["ServiceRequest"] = "authored",
        ["Specimen"] = "collected",
        ["VisionPrescription"] = "datewritten",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The parameter; null for a type that tells no time of care.</summary>
    public static string? Of(string type) => Others.GetValueOrDefault(type) ?? (SearchQuery.HasParameter(type, "date", FactKind.Date) ? "date" : null);
}
