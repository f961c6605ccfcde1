namespace EHealthHub.Fhir.Search;

/// <summary>What a candidate must satisfy besides the plain criteria of a search: a tree, at most <see cref="SearchQuery.ConditionsMax"/> parts and <see cref="SearchQuery.DepthMax"/> deep.</summary>
public abstract record SearchCondition;

/// <summary>A criterion.</summary>
/// <param name="Criterion">As in <see cref="SearchQuery.Criteria"/>, with composites, <c>near</c>, <c>phonetic</c>, <c>:of-type</c> and the operators of <c>_filter</c> besides.</param>
public sealed record CriterionCondition(SearchCriterion Criterion) : SearchCondition;

/// <summary>Decided by what an executor has looked up.</summary>
/// <param name="Lookup">Position in <see cref="SearchQuery.Lookups"/>.</param>
public sealed record LookupCondition(int Lookup) : SearchCondition;

/// <summary>All of them hold.</summary>
/// <param name="Parts">One at least.</param>
public sealed record AllOf(IReadOnlyList<SearchCondition> Parts) : SearchCondition;

/// <summary>One of them holds.</summary>
/// <param name="Parts">One at least.</param>
public sealed record AnyOf(IReadOnlyList<SearchCondition> Parts) : SearchCondition;

/// <summary>It does not hold.</summary>
/// <param name="Part">What.</param>
public sealed record NotOf(SearchCondition Part) : SearchCondition;
