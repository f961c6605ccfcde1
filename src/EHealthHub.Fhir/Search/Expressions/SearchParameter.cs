using System.Collections.Immutable;

namespace EHealthHub.Fhir.Search.Expressions;

/// <summary>A search parameter of one resource type, as R4 defines it and as far as the hub serves it.</summary>
internal sealed record SearchParameter
{
    /// <summary>Its code, for example <c>birthdate</c>.</summary>
    internal required string Code { get; init; }

    /// <summary>R4's word for its type: number, date, string, token, reference, composite, quantity, uri or special.</summary>
    internal required string TypeCode { get; init; }

    /// <summary>How its values are compared; null when the hub does not serve it.</summary>
    internal required FactKind? Kind { get; init; }

    /// <summary>Canonical URL of its definition.</summary>
    internal required string Url { get; init; }

    /// <summary>Resource types that a reference may point to, sorted; empty for other types.</summary>
    internal ImmutableArray<string> Targets { get; init; } = [];

    /// <summary>Where its values are; empty for those that come from the version itself (<c>_id</c>, <c>_lastUpdated</c>).</summary>
    internal ImmutableArray<SearchPath> Paths { get; init; } = [];
}
