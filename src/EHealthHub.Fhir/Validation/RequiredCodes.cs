using System.Collections.Concurrent;
using EHealthHub.Fhir.Reading;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Specification;

namespace EHealthHub.Fhir.Validation;

/// <summary>Codes of required bindings (R4 4.1.5): of codes, as the SDK's enumerations list them; of concepts, by the table here. Bindings to UCUM, MIME types and LOINC answer lists are not lists and are not checked.</summary>
internal static class RequiredCodes
{
    private static readonly ConcurrentDictionary<Type, Utf8Table<string>> Enums = new();

    private static readonly Dictionary<string, string> Concepts = new(StringComparer.Ordinal)
    {
        ["AdverseEvent.outcome"] = "resolved recovering ongoing resolvedWithSequelae fatal unknown",
        ["AdverseEvent.severity"] = "mild moderate severe",
        ["AllergyIntolerance.clinicalStatus"] = "active inactive resolved",
        ["AllergyIntolerance.verificationStatus"] = "unconfirmed confirmed refuted entered-in-error",
        ["Condition.clinicalStatus"] = "active recurrence relapse inactive remission resolved",
        ["Condition.verificationStatus"] = "unconfirmed provisional differential confirmed refuted entered-in-error",
        ["InsurancePlan.plan.specificCost.benefit.cost.applicability"] = "in-network out-of-network other",
        ["Measure.improvementNotation"] = "increase decrease",
        ["MeasureReport.improvementNotation"] = "increase decrease",
        ["SupplyDelivery.type"] = "medication device",
    };

    /// <summary>Paths of the concepts with a table.</summary>
    public static IEnumerable<string> ConceptPaths => Concepts.Keys;

    /// <summary>The codes that the element may have, or null where any will do.</summary>
    public static Utf8Table<string>? For(string owner, PropertyMapping property)
    {
        var native = property.ImplementingType;
        return native.IsGenericType && native.GenericTypeArguments is [{ IsEnum: true } codes]
            ? Enums.GetOrAdd(codes, OfEnum)
            : Concepts.TryGetValue($"{owner}.{property.Name}", out var words)
                ? new Utf8Table<string>(words.Split(' ').Select(w => KeyValuePair.Create(w, w)))
                : null;
    }

    private static Utf8Table<string> OfEnum(Type codes) =>
        EnumMapping.TryGetMappingForEnum(codes, FhirRelease.R4, out var mapping)
            ? new Utf8Table<string>(mapping.Members.Values.Select(m => m.Code).Distinct().Select(c => KeyValuePair.Create(c, c)))
            : throw new InvalidOperationException($"{codes} is no FHIR value set.");
}
