using System.Collections.Frozen;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Writing;

/// <summary>Which part of a resource is wanted.</summary>
public enum SubsetKind
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary><c>_summary=true</c>: what the definitions mark as summary.</summary>
    Summary,

    /// <summary><c>_summary=text</c>: text, id, meta and what is mandatory at the top.</summary>
    Text,

    /// <summary><c>_summary=data</c>: all but the text.</summary>
    Data,

    /// <summary><c>_summary=count</c>: no resources, only how many.</summary>
    Count,

    /// <summary><c>_elements</c>: the elements named, with id, meta, and what is mandatory or modifies.</summary>
    Elements,
}

/// <summary>What <c>_summary</c> and <c>_elements</c> ask for (R4, 3.1.1.5.8 and .9). Immutable.</summary>
public sealed class Subset
{
    private const int LengthMax = 4_096;
    private const int ElementsMax = 64;
    private static readonly string[] Always = ["id", "meta"];
    private readonly FrozenSet<string> _names;

    private Subset(SubsetKind kind, FrozenSet<string> names)
    {
        Kind = kind;
        _names = names;
    }

    /// <summary>Everything.</summary>
    public static Subset Whole { get; } = new(SubsetKind.Whole, []);

    /// <summary>What is asked for.</summary>
    public SubsetKind Kind { get; }

    /// <summary>
    /// Reads the two parameters; <paramref name="type"/> is the type that is read or searched, null for all types. 400 for both at once, for an unknown summary, and for an element that is none of the type's own: only its top-level names serve, alone or as <c>Type.name</c>.
    /// </summary>
    public static Result<Subset> Parse(string? summary, string? elements, string? type)
    {
        if (!string.IsNullOrEmpty(elements))
        {
            return summary is null or "" or "false" ? OfElements(elements, type) : Invalid("_summary and _elements exclude each other.", "_elements");
        }

        SubsetKind? kind = summary switch
        {
            null or "" or "false" => SubsetKind.Whole,
            "true" => SubsetKind.Summary,
            "text" => SubsetKind.Text,
            "data" => SubsetKind.Data,
            "count" => SubsetKind.Count,
            _ => null,
        };
        return kind is { } known ? new Subset(known, []) : Invalid("_summary is true, text, data, count or false.", "_summary");
    }

    /// <summary>The bits of the top-level elements that are kept of a resource.</summary>
    internal ulong Mask(TypeTable type) => Kind switch
    {
        SubsetKind.Summary => type.Summary | type.Modifiers,
        SubsetKind.Text => type.Required | Bits(type, n => n == "text" || Always.Contains(n)),
        SubsetKind.Data => ~Bits(type, n => n == "text"),
        SubsetKind.Elements => type.Required | type.Modifiers | Bits(type, n => Always.Contains(n) || _names.Contains(n) || _names.Contains($"{type.Name}.{n}")),
        _ => ulong.MaxValue,
    };

    private static Result<Subset> OfElements(string elements, string? type)
    {
        var names = elements.Length > LengthMax ? [] : elements.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length is 0 or > ElementsMax)
        {
            return Invalid($"_elements names 1 to {ElementsMax} elements.", "_elements");
        }

        foreach (var name in names)
        {
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            var owner = dot < 0 ? type : name[..dot];
            var element = name[(dot + 1)..];
            if (owner is null ? !element.All(char.IsAsciiLetter) : !ResourceTypes.IsKnown(owner) || !SchemaCatalog.Resource(owner).Elements.Contains(element))
            {
                return Invalid($"_elements names top-level elements of the type; '{JsonFrame.Printable(System.Text.Encoding.UTF8.GetBytes(name))}' is none.", "_elements");
            }
        }

        return new Subset(SubsetKind.Elements, names.ToFrozenSet(StringComparer.Ordinal));
    }

    private static ulong Bits(TypeTable type, Func<string, bool> isMeant)
    {
        var bits = 0UL;
        for (var i = 0; i < type.Elements.Count; i++)
        {
            bits |= isMeant(type.Elements[i]) ? 1UL << i : 0;
        }

        return bits;
    }

    private static Failure Invalid(string diagnostics, string parameter) => Failure.Of(400, "invalid", "parameter-invalid", diagnostics, parameter);
}
