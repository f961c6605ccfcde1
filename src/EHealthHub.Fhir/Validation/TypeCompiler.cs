using System.Collections.Frozen;
using System.Reflection;
using EHealthHub.Fhir.Reading;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Specification;

namespace EHealthHub.Fhir.Validation;

/// <summary>Turns the SDK's metadata of one class into a <see cref="TypeTable"/>.</summary>
internal static class TypeCompiler
{
    /// <summary>The 50 types of an open choice such as Extension.value[x] (R4 2.24.0.2).</summary>
    private static readonly string[] OpenTypes =
    [
        "base64Binary", "boolean", "canonical", "code", "date", "dateTime", "decimal", "id", "instant", "integer", "markdown", "oid", "positiveInt", "string", "time", "unsignedInt", "uri", "url", "uuid",
        "Address", "Age", "Annotation", "Attachment", "CodeableConcept", "Coding", "ContactPoint", "Count", "Distance", "Duration", "HumanName", "Identifier", "Money", "Period", "Quantity", "Range", "Ratio",
        "Reference", "SampledData", "Signature", "Timing", "ContactDetail", "Contributor", "DataRequirement", "Expression", "ParameterDefinition", "RelatedArtifact", "TriggerDefinition", "UsageContext", "Dosage", "Meta",
    ];

    public static TypeTable Compile(ClassMapping mapping)
    {
        var properties = mapping.PropertyMappings.Where(p => !p.RepresentsValueElement).OrderBy(p => p.Order).ToList();
        if (properties.Count > TypeTable.ElementsMax)
        {
            throw new InvalidOperationException($"{mapping.Name} has more than {TypeTable.ElementsMax} elements.");
        }

        var elements = properties.ConvertAll(p => p.Name);
        var members = new List<KeyValuePair<string, ElementRule>>();
        var required = 0UL;
        for (var index = 0; index < properties.Count; index++)
        {
            required |= IsRequired(mapping, properties[index]) ? 1UL << index : 0;
            members.AddRange(Rules(mapping, properties[index], index).Select(r => KeyValuePair.Create(r.Name, r)));
        }

        return new TypeTable
        {
            Name = mapping.Name,
            IsResource = mapping.IsResource,
            Members = new Utf8Table<ElementRule>(members),
            Elements = elements,
            ByElement = members.Select(m => m.Value).Where(r => !r.IsCompanion).GroupBy(r => r.Element).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal),
            Required = required,
            Summary = Bits(properties, p => p.InSummary),
            Modifiers = Bits(properties, p => p.IsModifier),
            Presence = PresenceRules.For(mapping.Name, elements),
            Values = ValueRules.For(mapping.Name),
            IsReference = mapping.Name == "Reference",
        };
    }

    private static ulong Bits(List<PropertyMapping> properties, Func<PropertyMapping, bool> isMeant) =>
        properties.Select((p, index) => isMeant(p) ? 1UL << index : 0).Aggregate(0UL, (all, bit) => all | bit);

    /// <summary>The SDK shares its Signature with R5, where nothing is required; R4 requires who signed what when (2.24.0.16).</summary>
    private static bool IsRequired(ClassMapping owner, PropertyMapping property) =>
        property.IsMandatoryElement || (owner.Name == "Signature" && property.Name is ("type" or "when" or "who"));

    private static IEnumerable<ElementRule> Rules(ClassMapping owner, PropertyMapping property, int index)
    {
        if (property.Choice == ChoiceType.ResourceChoice)
        {
            return [new ElementRule { Name = property.Name, Element = property.Name, Index = index, Primitive = PrimitiveKind.None, IsArray = property.IsCollection, IsResource = true, TypeName = "Resource" }];
        }

        return property.Choice != ChoiceType.DatatypeChoice
            ? OfType(owner, property, index, property.FhirTypeMappings.Single().Name, property.FhirTypeMappings.Single().NativeType, isChoice: false)
            : property.FhirTypeMappings.Count == 0
                ? OpenTypes.SelectMany(name => OfType(owner, property, index, name, PrimitiveKinds.Of(name) == PrimitiveKind.None ? SchemaCatalog.Native(name) : null, isChoice: true))
                : property.FhirTypeMappings.SelectMany(type => OfType(owner, property, index, type.Name, type.NativeType, isChoice: true));
    }

    private static IEnumerable<ElementRule> OfType(ClassMapping owner, PropertyMapping property, int index, string type, Type? native, bool isChoice)
    {
        if (PrimitiveKinds.Of(type) is not { } primitive)
        {
            yield break;
        }

        var name = isChoice ? property.Name + char.ToUpperInvariant(type[0]) + type[1..] : property.Name;
        var hasCompanion = primitive is not (PrimitiveKind.None or PrimitiveKind.Xhtml) && !IsAttribute(owner, property);
        yield return new ElementRule
        {
            Name = name,
            Element = property.Name,
            Index = index,
            Primitive = primitive,
            IsArray = property.IsCollection,
            IsChoice = isChoice,
            Partner = hasCompanion ? "_" + name : null,
            TypeName = type,
            Codes = RequiredCodes.For(owner.Name, property),
            IsMime = RequiredCodes.IsMime(owner.Name, property),
            CodesUrl = RequiredCodes.UrlFor(owner.Name, property),
            Targets = type == "Reference" ? Targets(property) : null,
            Native = primitive == PrimitiveKind.None ? native : null,
        };
        if (hasCompanion)
        {
            yield return new ElementRule
            {
                Name = "_" + name,
                Element = property.Name,
                Index = index,
                Primitive = primitive,
                IsArray = property.IsCollection,
                IsCompanion = true,
                TypeName = type,
                IsChoice = isChoice,
                Partner = name,
            };
        }
    }

    /// <summary>Ids and Extension.url are attributes in XML and have no id or extensions of their own (R4 2.27.0 Element, 2.5 Extension).</summary>
    private static bool IsAttribute(ClassMapping owner, PropertyMapping property) =>
        property.Name == "id" || (owner.Name == "Extension" && property.Name == "url");

    private static Utf8Table<string>? Targets(PropertyMapping property)
    {
        var newest = property.NativeProperty?.GetCustomAttributes<ReferencesAttribute>().Where(a => a.Since <= FhirRelease.R4).MaxBy(a => a.Since);
        return newest is null || newest.Resources.Contains("Resource") ? null : new Utf8Table<string>(newest.Resources.Distinct().Select(n => KeyValuePair.Create(n, n)));
    }
}
