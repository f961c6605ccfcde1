namespace EHealthHub.Fhir.Search;

/// <summary>What of a search cannot be decided by the facts of single candidates alone. Who runs searches says which of these it serves, and refuses the rest by name (<see cref="SearchQuery.Unserved"/>).</summary>
[Flags]
public enum SearchNeeds
{
    /// <summary>Facts are enough.</summary>
    None = 0,

    /// <summary>Chains: <see cref="ChainLookup"/>.</summary>
    Chains = 1,

    /// <summary>Reverse chains: <see cref="HasLookup"/>.</summary>
    Has = 2,

    /// <summary><c>_list</c>: <see cref="ListLookup"/>.</summary>
    Lists = 4,

    /// <summary><c>:in</c>, <c>:not-in</c>: <see cref="ValueSetLookup"/>.</summary>
    ValueSets = 8,

    /// <summary><c>:above</c>, <c>:below</c> at tokens: <see cref="HierarchyLookup"/>.</summary>
    Hierarchies = 16,

    /// <summary><c>_text</c>, <c>_content</c>: <see cref="SearchMatcher.MatchesBody"/>.</summary>
    Bodies = 32,

    /// <summary><c>_sort</c>: <see cref="SearchSorter"/>.</summary>
    Sorting = 64,

    /// <summary><c>_include</c>, <c>_revinclude</c>: <see cref="SearchReferences"/>.</summary>
    Includes = 128,

    /// <summary><c>_summary</c> (but for <c>count</c>), <c>_elements</c>.</summary>
    Subsets = 256,

    /// <summary><c>_contained</c>: <see cref="SearchMatcher.MatchesContained"/>.</summary>
    Contained = 512,
}
