using System.Collections.Frozen;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Validation;

/// <summary>The members that one R4 type may have (a resource, a data type, or a backbone element), compiled once. Immutable.</summary>
internal sealed class TypeTable
{
    /// <summary>Most elements of one type: as many as the mask of what was seen has bits. R4's largest type has 54.</summary>
    public const int ElementsMax = 64;

    /// <summary>R4's name, for example <c>Patient</c>, <c>HumanName</c> or <c>Patient.contact</c>.</summary>
    public required string Name { get; init; }

    /// <summary>True for a resource, which may carry a resourceType and need not have any other member.</summary>
    public required bool IsResource { get; init; }

    /// <summary>The members by their JSON names.</summary>
    public required Utf8Table<ElementRule> Members { get; init; }

    /// <summary>The rules of an element by its name, one for each type of a choice, without companions.</summary>
    public FrozenDictionary<string, ElementRule[]> ByElement { get; init; } = FrozenDictionary<string, ElementRule[]>.Empty;

    /// <summary>Names of the elements by their index.</summary>
    public required IReadOnlyList<string> Elements { get; init; }

    /// <summary>The bits of the elements that must be there.</summary>
    public required ulong Required { get; init; }

    /// <summary>The bits of the elements that stand in a summary (R4, 3.1.1.5.8).</summary>
    public ulong Summary { get; init; }

    /// <summary>The bits of the elements that change what others mean, and are never left out.</summary>
    public ulong Modifiers { get; init; }

    /// <summary>Rules on which elements may or must stand together.</summary>
    public required IReadOnlyList<PresenceRule> Presence { get; init; }

    /// <summary>What else is looked at once all members of an object were seen; null where nothing.</summary>
    public required ValueRule? Values { get; init; }

    /// <summary>True for Reference, whose text names a resource.</summary>
    public bool IsReference { get; init; }
}
