using System.Collections.Concurrent;
using EHealthHub.Fhir.Reading;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Specification;

namespace EHealthHub.Fhir.Validation;

/// <summary>Codes of required bindings (R4 4.1.5): of codes, as the SDK's enumerations list them; of concepts, by the table here. Of MIME types the form is checked; bindings to UCUM and LOINC answer lists are not lists and are not checked.</summary>
internal static class RequiredCodes
{
    private static readonly ConcurrentDictionary<Type, Utf8Table<string>> Enums = new();

    private static readonly Lazy<Utf8Table<string>> ResourceNames = new(() => new Utf8Table<string>(ResourceTypes.All.Concat(["Resource", "DomainResource"]).Select(n => KeyValuePair.Create(n, n))));

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

    /// <summary>The SDK shares some enumerations with R5. Of these value sets: the codes that R4 does not have.</summary>
    private static readonly Dictionary<string, string> Later = new(StringComparer.Ordinal)
    {
        ["quantity-comparator"] = "ad",
        ["bundle-type"] = "subscription-notification",
        ["filter-operator"] = "child-of descendent-leaf",
        ["discriminator-type"] = "position",
        ["issue-type"] = "success limited-filter",
        ["issue-severity"] = "success",
    };

    /// <summary>... and of these, of which R5 has many more, the codes that R4 has.</summary>
    private static readonly Dictionary<string, string> Kept = new(StringComparer.Ordinal)
    {
        ["related-artifact-type"] = "documentation justification citation predecessor successor derived-from depends-on composed-of",
        ["FHIR-version"] = "0.01 0.05 0.06 0.11 0.0.80 0.0.81 0.0.82 0.4.0 0.5.0 1.0.0 1.0.1 1.0.2 1.1.0 1.4.0 1.6.0 1.8.0 3.0.0 3.0.1 3.3.0 3.5.0 4.0.0 4.0.1",
    };

    /// <summary>Elements bound to MIME types (BCP 13): too many to list, so that their form is checked. Those of CapabilityStatement and TestScript are not here, since R4 itself writes <c>json</c> and <c>xml</c> in them.</summary>
    private static readonly HashSet<string> Mime = new(StringComparer.Ordinal)
    {
        "Attachment.contentType", "Binary.contentType", "ElementDefinition.mapping.language", "Endpoint.payloadMimeType", "Signature.sigFormat", "Signature.targetFormat", "Subscription.channel.payload",
    };

    /// <summary>True for an element that holds a MIME type.</summary>
    public static bool IsMime(string owner, PropertyMapping property) => Mime.Contains($"{owner}.{property.Name}");

    /// <summary>Paths of the concepts with a table.</summary>
    public static IEnumerable<string> ConceptPaths => Concepts.Keys;

    /// <summary>The codes that the element may have, or null where any will do. The values of the table are, for a concept, the code system.</summary>
    public static Utf8Table<string>? For(string owner, PropertyMapping property)
    {
        var native = property.ImplementingType;
        return native.IsGenericType && native.GenericTypeArguments is [{ IsEnum: true } codes]
            ? Enums.GetOrAdd(codes, OfEnum)
            : $"{owner}.{property.Name}" == "CapabilityStatement.rest.resource.type" ? ResourceNames.Value
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

    private static bool IsOfR4(string canonical, string code)
    {
        var name = canonical[(canonical.LastIndexOf('/') + 1)..].Split('|')[0];
        return Kept.TryGetValue(name, out var kept) ? kept.Split(' ').Contains(code) : !(Later.TryGetValue(name, out var later) && later.Split(' ').Contains(code));
    }

    private static Utf8Table<string> OfEnum(Type codes) =>
        EnumMapping.TryGetMappingForEnum(codes, FhirRelease.R4, out var mapping)
            ? new Utf8Table<string>(mapping.Members.Values.Select(m => m.Code).Distinct().Where(c => IsOfR4(mapping.Canonical ?? "", c)).Select(c => KeyValuePair.Create(c, c)))
            : throw new InvalidOperationException($"{codes} is no FHIR value set.");
}
