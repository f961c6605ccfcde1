using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search.Matching;
using EHealthHub.Fhir.Search.Parsing;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Fhir.Search;

/// <summary>One criterion: parameter, modifier and the OR-ed values.</summary>
/// <param name="Parameter">Code of the search parameter.</param>
/// <param name="Modifier">R4 modifier without the colon (missing, not, text, exact, contains, identifier, below, above, or the type of a reference's target), or null.</param>
/// <param name="Values">OR-ed values, unescaped; at least one. With <c>missing</c>: one token, <c>true</c> or <c>false</c>.</param>
public sealed record SearchCriterion(string Parameter, string? Modifier, IReadOnlyList<SearchValue> Values);

/// <summary>One value of a criterion, parsed by the parameter's type.</summary>
/// <param name="Kind">The type of the parameter; what the modifier makes of it where there is one (<c>text</c>: string, <c>identifier</c>: token).</param>
/// <param name="Prefix">eq, ne, gt, lt, ge, le, sa, eb or ap; eq where none is written.</param>
/// <param name="System">Token: system; empty for <c>|code</c>; null for any system (also where the system named is the one that the parameter's codes imply). Quantity: system or null. Reference: target type or null.</param>
/// <param name="Text">Token: code, or null for <c>system|</c>. String, uri: the text. Quantity: unit or null. Reference: id, <c>id/_history/version</c>, or absolute URL.</param>
/// <param name="From">Date: first microsecond of the range that the value denotes.</param>
/// <param name="To">Date: last microsecond of the range.</param>
/// <param name="Number">Number and quantity.</param>
/// <param name="Low">Number and quantity: low end of the range that its digits leave open, inclusive; null for the number alone.</param>
/// <param name="High">Number and quantity: high end of that range, exclusive.</param>
public sealed record SearchValue(
    FactKind Kind, string Prefix, string? System, string? Text, long From = 0, long To = 0, decimal? Number = null, decimal? Low = null, decimal? High = null);

/// <summary>A parsed search on one type (R4 3.1.1).</summary>
public sealed class SearchQuery
{
    /// <summary>Most parameters of one search.</summary>
    public const int ParametersMax = 100;

    /// <summary>Most OR-ed values of one search, all parameters together.</summary>
    public const int ValuesMax = 200;

    /// <summary>Longest single value, in UTF-16 units.</summary>
    public const int ValueLengthMax = 2_048;

    /// <summary>Most matches on a page; who asks for more gets pages of this size (R4 3.1.1.5.7).</summary>
    public const int CountMax = 1_000;

    private QueryPlan? _plan;

    /// <summary>The resource type.</summary>
    public required string Type { get; init; }

    /// <summary>
    /// The patient, when the criteria name exactly one by logical id (<c>patient</c>, <c>subject=Patient/…</c>, or <c>_id</c> on Patient) and the type lies in patients' compartments; null otherwise. The criterion stays in <see cref="Criteria"/>.
    /// </summary>
    public string? PatientId { get; init; }

    /// <summary>AND-ed.</summary>
    public required IReadOnlyList<SearchCriterion> Criteria { get; init; }

    /// <summary>
    /// The exact identifiers (<c>identifier=system|value</c>, <c>|value</c> with an empty system) of which a match must bear one, from the first criterion that names such; empty where there is none. What national tokens can drive.
    /// </summary>
    public IReadOnlyList<IdentifierCondition> Identifiers { get; init; } = [];

    /// <summary>Matches on a page, 0 (count only) to 1,000; 50 where not asked.</summary>
    public int Count { get; init; } = 50;

    /// <summary><c>none</c>, <c>estimate</c> or <c>accurate</c> as asked by <c>_total</c>; null where not asked.</summary>
    public string? Total { get; init; }

    /// <summary>The opaque continuation, as the caller sent it; null on the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>The parameters actually used, in the order of the request, for the self link (R4 3.1.1.6); without the cursor.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Used { get; init; }

    // Made when the first candidate comes. Two threads may both make one: they are the same.
    internal QueryPlan Plan => _plan ??= new QueryPlan(this);

    /// <summary>
    /// Parses decoded name-value pairs. 400 with the parameter named in the expression-free diagnostics for a bad value, an unsupported modifier, or (strict) an unknown parameter; 404 for a type that R4 does not have.
    /// <paramref name="strict"/> false ignores unknown parameters (R4 3.1.1.3); what the hub knows and does not serve (chains, _include, _sort, composites …) is refused by name either way.
    /// <paramref name="settings"/>: zone and base URL, <see cref="SearchSettings.Default"/> where null.
    /// </summary>
    public static Result<SearchQuery> Parse(string type, IReadOnlyList<KeyValuePair<string, string>> parameters, bool strict, SearchSettings? settings = null) =>
        QueryParser.Parse(type, parameters, strict, settings ?? SearchSettings.Default);
}
