using System.Collections.Immutable;
using EHealthHub.Access.Labels;

namespace EHealthHub.Access.Policy;

/// <summary>Which traits a view looks at besides type, id, submitter and labels: whoever makes traits for many candidates leaves out the others.</summary>
[Flags]
public enum TraitNeeds
{
    /// <summary>No others.</summary>
    None = 0,

    /// <summary><see cref="ResourceTraits.CareFrom"/> and <see cref="ResourceTraits.CareUntil"/>.</summary>
    Dates = 1,

    /// <summary><see cref="ResourceTraits.Codes"/>.</summary>
    Codes = 2,

    /// <summary><see cref="ResourceTraits.Authors"/>.</summary>
    Authors = 4,

    /// <summary><see cref="ResourceTraits.Related"/>.</summary>
    Related = 8,
}

/// <summary>What decides about one resource beyond the patient it belongs to; from its sealed facts, before its body is opened. What is left out counts as not known, and what is not known is not granted.</summary>
public readonly struct ResourceTraits
{
    /// <summary>Resource type.</summary>
    public required string Type { get; init; }

    /// <summary>Logical id.</summary>
    public required string Id { get; init; }

    /// <summary>Registered id of the institution that submitted the current version; null when it is not known.</summary>
    public string? Submitter { get; init; }

    /// <summary>Labels of the current version (<c>meta.security</c>).</summary>
    public ResourceLabels Labels { get; init; }

    /// <summary>The caller's scopes with a query that the resource satisfies (<see cref="Scopes.SmartScope.Satisfied"/>): what is left out satisfies none.</summary>
    public ulong FinerScopes { get; init; }

    /// <summary>When the care it tells of began, inclusive: the beginning of what the resource's date says (<c>effective</c>, <c>period</c>, <c>onset</c>, <c>authoredOn</c> ...). Null when it is not known.</summary>
    public DateTimeOffset? CareFrom { get; init; }

    /// <summary>When that care ended, exclusive: <c>2022-06</c> ends with the month. Null when it is not known or goes on.</summary>
    public DateTimeOffset? CareUntil { get; init; }

    /// <summary>What it is, for consents by content: code, type and category, each as <c>system|code</c>.</summary>
    public ImmutableArray<string> Codes { get; init; }

    /// <summary>Who wrote it, as literal references (<c>Practitioner/1</c>), in the order of the resource.</summary>
    public ImmutableArray<string> Authors { get; init; }

    /// <summary>Encounters, care plans and episodes that it belongs to, as literal references (<c>Encounter/1</c>).</summary>
    public ImmutableArray<string> Related { get; init; }
}
