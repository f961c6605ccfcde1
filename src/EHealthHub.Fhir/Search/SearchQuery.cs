using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search.Matching;
using EHealthHub.Fhir.Search.Parsing;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Fhir.Search;

/// <summary>A search over several types.</summary>
/// <param name="Queries">One for each type, in the order asked; each with the same page size, sorting and inclusions.</param>
public sealed record SystemSearch(IReadOnlyList<SearchQuery> Queries);

/// <summary>A parsed search on one type (R4 3.1.1).</summary>
public sealed record SearchQuery
{
    /// <summary>Most parameters of one search.</summary>
    public const int ParametersMax = 100;

    /// <summary>Most OR-ed values of one search, all parameters together.</summary>
    public const int ValuesMax = 200;

    /// <summary>Longest single value, in UTF-16 units.</summary>
    public const int ValueLengthMax = 2_048;

    /// <summary>Most matches on a page; who asks for more gets pages of this size (R4 3.1.1.5.7).</summary>
    public const int CountMax = 1_000;

    /// <summary>Most parts of all condition trees of one search, with those of its chains.</summary>
    public const int ConditionsMax = 500;

    /// <summary>Most lookups of one search, with those of its chains.</summary>
    public const int LookupsMax = 16;

    /// <summary>Links of a chain, reverse or not, one inside the other.</summary>
    public const int ChainsMax = 4;

    /// <summary>Parentheses of <c>_filter</c>, one inside the other.</summary>
    public const int DepthMax = 16;

    /// <summary>Most <c>_include</c> and <c>_revinclude</c> of one search, together.</summary>
    public const int IncludesMax = 20;

    /// <summary>Most keys of <c>_sort</c>.</summary>
    public const int SortMax = 8;

    /// <summary>Most names in <c>_elements</c>.</summary>
    public const int ElementsMax = 100;

    private QueryPlan? _plan;

    /// <summary>The resource type.</summary>
    public required string Type { get; init; }

    /// <summary>
    /// The patient, when the criteria name exactly one by logical id (<c>patient</c>, <c>subject=Patient/…</c>, or <c>_id</c> on Patient) and the type lies in patients' compartments; null otherwise. The criterion stays in <see cref="Criteria"/>.
    /// </summary>
    public string? PatientId { get; init; }

    /// <summary>AND-ed. Criteria of the kinds and modifiers that an index may narrow; all others are in <see cref="Conditions"/>.</summary>
    public required IReadOnlyList<SearchCriterion> Criteria { get; init; }

    /// <summary>AND-ed with the criteria and with each other: composites, <c>near</c>, chains, <c>_filter</c> and the like.</summary>
    public IReadOnlyList<SearchCondition> Conditions { get; init; } = [];

    /// <summary>What has to be answered before candidates can be decided.</summary>
    public IReadOnlyList<SearchLookup> Lookups { get; init; } = [];

    /// <summary>The answers, one for each lookup; empty while there are none.</summary>
    public IReadOnlyList<LookupAnswer> Answers { get; internal init; } = [];

    /// <summary><c>_text</c> and <c>_content</c>, AND-ed: decided by <see cref="SearchMatcher.MatchesBody"/> after the facts.</summary>
    public IReadOnlyList<TextCriterion> Texts { get; init; } = [];

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

    /// <summary>Keys of <c>_sort</c>, the first one first; empty where not asked.</summary>
    public IReadOnlyList<SearchSort> Sort { get; init; } = [];

    /// <summary><c>_include</c> and <c>_revinclude</c>, in the order of the request.</summary>
    public IReadOnlyList<SearchInclude> Includes { get; init; } = [];

    /// <summary><c>_contained</c>.</summary>
    public ContainedSearch Contained { get; init; }

    /// <summary><c>_containedType=contained</c>: contained resources are answered by themselves, and not those that contain them.</summary>
    public bool ReturnsContained { get; init; }

    /// <summary><c>_summary</c>.</summary>
    public SearchSummary Summary { get; init; }

    /// <summary>Names of elements that <c>_elements</c> asks for; empty where not asked.</summary>
    public IReadOnlyList<string> Elements { get; init; } = [];

    /// <summary>The parameters actually used, in the order of the request, for the self link (R4 3.1.1.6); without the cursor.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Used { get; init; }

    /// <summary>What the search needs besides the facts of single candidates, with what the searches inside its chains need.</summary>
    public SearchNeeds Needs => QueryNeeds.Of(this);

    /// <summary>True when it names a parameter of the hub's own, and so holds for facts of <see cref="Generation"/> alone.</summary>
    public bool UsesOwn { get; init; }

    /// <summary>The generation of the tables that it was parsed with (<see cref="SearchTables.Generation"/>).</summary>
    public int Generation => Tables.Generation;

    internal SearchTables Tables { get; init; } = SearchTables.Base;

    // Made when the first candidate comes. Two threads may both make one: they are the same. A copy made by `with` brings its original's along, which is not its own.
    internal QueryPlan Plan => _plan is { } plan && ReferenceEquals(plan.Query, this) ? plan : _plan = new QueryPlan(this);

    /// <summary>
    /// Parses decoded name-value pairs. 400 with the parameter named in the expression-free diagnostics for a bad value, an unsupported modifier, or (strict) an unknown parameter; 404 for a type that R4 does not have.
    /// <paramref name="strict"/> false ignores unknown parameters (R4 3.1.1.3); what the hub knows and does not serve (<c>_query</c>) is refused by name either way.
    /// <paramref name="settings"/>: zone, base URL and tables, <see cref="SearchSettings.Default"/> where null.
    /// </summary>
    public static Result<SearchQuery> Parse(string type, IReadOnlyList<KeyValuePair<string, string>> parameters, bool strict, SearchSettings? settings = null) =>
        IsPlain(ref settings) ? QueryParser.Parse(type, parameters, strict, settings) : Watched(settings, (type, parameters, strict), static (a, s) => QueryParser.Parse(a.type, a.parameters, a.strict, s));

    /// <summary>
    /// As <see cref="Parse"/>, for <c>[compartment]/[id]/[type]</c> (R4 3.1.1.2): a match also refers to the compartment's resource by one of the parameters that R4's definition of the compartment names. 404 for a compartment that R4
    /// does not have and for a type that lies in none of them.
    /// </summary>
    public static Result<SearchQuery> ParseInCompartment(
        string compartment, string id, string type, IReadOnlyList<KeyValuePair<string, string>> parameters, bool strict, SearchSettings? settings = null) =>
        IsPlain(ref settings) ? CompartmentQuery.Parse(compartment, id, type, parameters, strict, settings) : Watched(settings, (compartment, id, type, parameters, strict), static (a, s) => CompartmentQuery.Parse(a.compartment, a.id, a.type, a.parameters, a.strict, s));

    /// <summary>
    /// As <see cref="Parse"/>, for a search over several types at once (<c>[base]?_type=…</c>): one search for each type that <c>_type</c> names, each with the parameters that all of these types know. Without <c>_type</c> every type of R4.
    /// </summary>
    public static Result<SystemSearch> ParseSystem(IReadOnlyList<KeyValuePair<string, string>> parameters, bool strict, SearchSettings? settings = null)
    {
        if (IsPlain(ref settings))
        {
            return SystemQuery.Parse(parameters, strict, settings);
        }

        var parsed = SystemQuery.Parse(parameters, strict, settings with { Tables = settings.Tables.Watched(out var watch) });
        return watch.Refusal(parsed.Try(out var search, out _) ? search.Queries[0] : null) is { } refusal ? refusal
            : search is null ? parsed
            : new SystemSearch([.. search.Queries.Select(q => q with { UsesOwn = watch.UsesOwn })]);
    }

    /// <summary>True where there are R4's parameters alone, and nothing has to be watched.</summary>
    private static bool IsPlain([System.Diagnostics.CodeAnalysis.NotNull] ref SearchSettings? settings) => !(settings ??= SearchSettings.Default).Tables.HasOwn;

    private static Result<SearchQuery> Watched<TAsked>(SearchSettings settings, TAsked asked, Func<TAsked, SearchSettings, Result<SearchQuery>> parse)
    {
        var parsed = parse(asked, settings with { Tables = settings.Tables.Watched(out var watch) });
        return watch.Refusal(parsed.Try(out var query, out _) ? query : null) is { } refusal ? refusal
            : query is null ? parsed
            : query with { UsesOwn = watch.UsesOwn };
    }

    /// <summary>Whether a type has a search parameter of this code and kind.</summary>
    public static bool HasParameter(string type, string code, FactKind kind, SearchSettings? settings = null) =>
        (settings ?? SearchSettings.Default).Tables.Of(type)?.All.Any(p => p.Code == code && p.Kind == kind) == true;

    /// <summary>The refusal (400, the parameter named) of what the search needs and the caller does not serve; null where there is nothing.</summary>
    public Failure? Unserved(SearchNeeds served) => QueryNeeds.Unserved(this, served);

    /// <summary>The search with its lookups answered, ready to decide candidates.</summary>
    /// <exception cref="ArgumentException">Not one answer for each lookup.</exception>
    public SearchQuery WithAnswers(IReadOnlyList<LookupAnswer> answers) => answers.Count == Lookups.Count
        ? this with { Answers = answers }
        : throw new ArgumentException($"{Lookups.Count} lookups have {answers.Count} answers.", nameof(answers));

    /// <summary>SHA-256 over everything that decides what is found and in which order: what a receipt for the search can be bound to.</summary>
    public byte[] Digest() => QueryDigest.Of(this);

    /// <summary>Equal when they are the same search object: two are compared by <see cref="Digest"/>.</summary>
    public bool Equals(SearchQuery? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
