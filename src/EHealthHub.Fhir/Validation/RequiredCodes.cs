using System.Collections.Concurrent;
using EHealthHub.Fhir.Reading;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Specification;

namespace EHealthHub.Fhir.Validation;

/// <summary>Codes of required bindings (R4 4.1.5): of codes, as the SDK's enumerations list them; of concepts, by the table here. Bindings to UCUM, MIME types and LOINC answer lists are not lists and are not checked.</summary>
internal static class RequiredCodes
{
    private static readonly ConcurrentDictionary<Type, Utf8Table<string>> Enums = new();

    private const string Terminology = "http://terminology.hl7.org/CodeSystem/";

    /// <summary>Of a concept: the code system and its codes.</summary>
    private static readonly Dictionary<string, string> Concepts = new(StringComparer.Ordinal)
    {
        ["AdverseEvent.outcome"] = "adverse-event-outcome resolved recovering ongoing resolvedWithSequelae fatal unknown",
        ["AdverseEvent.severity"] = "adverse-event-severity mild moderate severe",
        ["AllergyIntolerance.clinicalStatus"] = "allergyintolerance-clinical active inactive resolved",
        ["AllergyIntolerance.verificationStatus"] = "allergyintolerance-verification unconfirmed confirmed refuted entered-in-error",
        ["Condition.clinicalStatus"] = "condition-clinical active recurrence relapse inactive remission resolved",
        ["Condition.verificationStatus"] = "condition-ver-status unconfirmed provisional differential confirmed refuted entered-in-error",
        ["InsurancePlan.plan.specificCost.benefit.cost.applicability"] = "applicability in-network out-of-network other",
        ["Measure.improvementNotation"] = "measure-improvement-notation increase decrease",
        ["MeasureReport.improvementNotation"] = "measure-improvement-notation increase decrease",
        ["SupplyDelivery.type"] = "supply-item-type medication device",
    };

    /// <summary>Paths of the concepts with a table.</summary>
    public static IEnumerable<string> ConceptPaths => Concepts.Keys;

    /// <summary>The codes that the element may have, or null where any will do. The values of the table are, for a concept, the code system.</summary>
    public static Utf8Table<string>? For(string owner, PropertyMapping property)
    {
        var native = property.ImplementingType;
        return native.IsGenericType && native.GenericTypeArguments is [{ IsEnum: true } codes]
            ? Enums.GetOrAdd(codes, OfEnum)
            : Concepts.TryGetValue($"{owner}.{property.Name}", out var words)
                ? new Utf8Table<string>(words.Split(' ').Skip(1).Select(code => KeyValuePair.Create(code, Terminology + words.Split(' ')[0])))
                : null;
    }

    /// <summary>The canonical URL of the value set that <see cref="For"/> lists; null where it lists none.</summary>
    public static string? UrlFor(string owner, PropertyMapping property)
    {
        var native = property.ImplementingType;
        return native.IsGenericType && native.GenericTypeArguments is [{ IsEnum: true } codes]
            ? (EnumMapping.TryGetMappingForEnum(codes, FhirRelease.R4, out var mapping) ? mapping.Canonical : null)
            : Concepts.TryGetValue($"{owner}.{property.Name}", out var words) ? "http://hl7.org/fhir/ValueSet/" + words.Split(' ')[0] : null;
    }

    private static Utf8Table<string> OfEnum(Type codes) =>
        EnumMapping.TryGetMappingForEnum(codes, FhirRelease.R4, out var mapping)
            ? new Utf8Table<string>(mapping.Members.Values.Select(m => m.Code).Distinct().Select(c => KeyValuePair.Create(c, c)))
            : throw new InvalidOperationException($"{codes} is no FHIR value set.");
}
