using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Validation;

/// <summary>What R4 says about one JSON member of one type. A choice such as <c>value[x]</c> has one rule for each type, all with the same <see cref="Index"/>; a primitive has a second rule for its companion <c>_name</c>.</summary>
internal sealed class ElementRule
{
    private TypeTable? _type;

    /// <summary>The member's name in JSON, for example <c>valueQuantity</c> or <c>_birthDate</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The element's name in its definition, for example <c>value</c>.</summary>
    public required string Element { get; init; }

    /// <summary>Number of the element within its type, 0 to 63: its bit in the mask of what was seen.</summary>
    public required int Index { get; init; }

    /// <summary>The primitive type, or none for a complex one. A companion has the kind of its primitive.</summary>
    public required PrimitiveKind Primitive { get; init; }

    /// <summary>True where R4 allows more than one.</summary>
    public required bool IsArray { get; init; }

    /// <summary>True for <c>_name</c>: the id and extensions of a primitive.</summary>
    public bool IsCompanion { get; init; }

    /// <summary>True for one of the types of a choice.</summary>
    public bool IsChoice { get; init; }

    /// <summary>True where any resource may stand (contained, Bundle.entry.resource, Parameters.parameter.resource).</summary>
    public bool IsResource { get; init; }

    /// <summary>The name of the companion for a primitive, and of the primitive for a companion; null for complex types, and for id and url, which have none.</summary>
    public string? Partner { get; init; }

    /// <summary>The codes of a required binding, for a code or, by code alone, for the codings of a concept; null where any code will do.</summary>
    public Utf8Table<string>? Codes { get; init; }

    /// <summary>The canonical URL of the value set of <see cref="Codes"/>; null where there is none or it is not known.</summary>
    public string? CodesUrl { get; init; }

    /// <summary>True where the value is a MIME type.</summary>
    public bool IsMime { get; init; }

    /// <summary>R4's name of the type, for example <c>HumanName</c> or <c>code</c>; of a backbone element its path; <c>Resource</c> where any may stand.</summary>
    public required string TypeName { get; init; }

    /// <summary>The resource types that a Reference may name; null for any.</summary>
    public Utf8Table<string>? Targets { get; init; }

    /// <summary>The SDK's class of the complex type; null for primitives and resources.</summary>
    public Type? Native { get; init; }

    /// <summary>The table of the complex type, compiled when first asked for.</summary>
    public TypeTable Type => _type ??= SchemaCatalog.Of(Native!);
}
