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

    /// <summary>Its FHIRPath expression, as written.</summary>
    internal string Expression { get; init; } = "";

    /// <summary>Components of a composite parameter, at most three; empty for others.</summary>
    internal ImmutableArray<SearchComponent> Components { get; init; } = [];

    /// <summary>True for names compared by their sound.</summary>
    internal bool IsPhonetic => TypeCode == "string" && Code == "phonetic";

    /// <summary>True for <c>Location.near</c>.</summary>
    internal bool IsNear => TypeCode == "special" && Code == "near";

    /// <summary>Resource types that a reference may point to, sorted; empty for other types.</summary>
    internal ImmutableArray<string> Targets { get; init; } = [];

    /// <summary>Where its values are; empty for those that come from the version itself (<c>_id</c>, <c>_lastUpdated</c>).</summary>
    internal ImmutableArray<SearchPath> Paths { get; init; } = [];
}

/// <summary>One component of a composite parameter.</summary>
/// <param name="Parameter">The parameter of the same type whose values it takes: its kind, targets and systems hold here too.</param>
/// <param name="Expression">Its FHIRPath expression, as written.</param>
/// <param name="Paths">Where its values are, from the repetition on; from the resource on with <paramref name="FromResource"/>.</param>
/// <param name="FromResource">True for an expression that begins with <c>%resource</c>.</param>
internal sealed record SearchComponent(SearchParameter Parameter, string Expression, ImmutableArray<SearchPath> Paths, bool FromResource);
