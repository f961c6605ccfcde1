using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Search;

/// <summary>One criterion: parameter, modifier and the OR-ed values.</summary>
/// <param name="Parameter">Code of the search parameter.</param>
/// <param name="Modifier">R4 modifier without the colon, or null.</param>
/// <param name="Values">OR-ed values, unescaped; at least one.</param>
public sealed record SearchCriterion(string Parameter, string? Modifier, IReadOnlyList<SearchValue> Values);

/// <summary>One value of a criterion, parsed by the parameter's type.</summary>
/// <param name="Kind">The type of the parameter.</param>
/// <param name="Prefix">eq, ne, gt, lt, ge, le, sa, eb or ap; eq where none is written.</param>
/// <param name="System">Token: system; empty for <c>|code</c>; null for any system. Reference: target type or null.</param>
/// <param name="Text">Token: code, or null for <c>system|</c>. String, uri: the text. Reference: id or absolute URL.</param>
/// <param name="From">Date: first microsecond of the range that the value denotes.</param>
/// <param name="To">Date: last microsecond of the range.</param>
/// <param name="Number">Number and quantity.</param>
public sealed record SearchValue(FactKind Kind, string Prefix, string? System, string? Text, long From = 0, long To = 0, decimal? Number = null);

/// <summary>A parsed search on one type (R4 3.1.1).</summary>
public sealed class SearchQuery
{
    /// <summary>The resource type.</summary>
    public required string Type { get; init; }

    /// <summary>The patient, when the criteria name exactly one by logical id (<c>patient</c>, <c>subject=Patient/…</c>, or <c>_id</c> on Patient); null otherwise. The criterion stays in <see cref="Criteria"/>.</summary>
    public string? PatientId { get; init; }

    /// <summary>AND-ed.</summary>
    public required IReadOnlyList<SearchCriterion> Criteria { get; init; }

    /// <summary>Matches on a page, 0 (count only) to 1,000; 50 where not asked.</summary>
    public int Count { get; init; } = 50;

    /// <summary>The opaque continuation, as the caller sent it; null on the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>The parameters actually used, in the order of the request, for the self link (R4 3.1.1.6); without the cursor.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Used { get; init; }

    /// <summary>
    /// Parses decoded name-value pairs. 400 with the parameter named in the expression-free diagnostics for a bad value, an unsupported modifier, or (strict) an unknown parameter.
    /// <paramref name="strict"/> false ignores unknown parameters (R4 3.1.1.3).
    /// </summary>
    public static Result<SearchQuery> Parse(string type, IReadOnlyList<KeyValuePair<string, string>> parameters, bool strict) => throw new NotSupportedException("under construction");
}

/// <summary>Decides a candidate. Pure: the whole semantics of search that the hub serves is here.</summary>
public static class SearchMatcher
{
    /// <summary>True when the facts satisfy every criterion.</summary>
    public static bool Matches(SearchQuery query, SearchFacts facts) => throw new NotSupportedException("under construction");
}
