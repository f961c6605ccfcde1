using System.Collections.Immutable;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Exchange.Search;

/// <summary>A search as it was asked: on one type, on several, within a compartment (R4 3.1.0.9, 3.1.1.2), or by an operation that is one.</summary>
/// <param name="Interaction">R4's code, or an operation with its dollar sign.</param>
/// <param name="Path">Address below the base, for the self link.</param>
/// <param name="Queries">One for each type; at least one.</param>
/// <param name="Home">A resource that the address names and whose compartment is searched; null elsewhere.</param>
internal sealed record SearchForm(string Interaction, string Path, IReadOnlyList<SearchQuery> Queries, (string Type, string Id)? Home = null)
{
    private readonly IReadOnlyList<KeyValuePair<string, string>>? _used;
    private readonly IReadOnlyList<SearchInclude>? _includes;

    /// <summary>What all of them share: page size, continuation, what was used.</summary>
    public SearchQuery First => Queries[0];

    /// <summary>The type, for the log; empty for several.</summary>
    public string Type => Queries.Count == 1 ? First.Type : "";

    /// <summary>What a continuation is bound to beside the criteria.</summary>
    public string Bound => Interaction + " " + Path;

    /// <summary>Parameters for the self link.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Used
    {
        get => _used ?? First.Used;
        init => _used = value;
    }

    /// <summary>What comes along.</summary>
    public IReadOnlyList<SearchInclude> Includes
    {
        get => _includes ?? First.Includes;
        init => _includes = value;
    }

    /// <summary>Types that do not come along, since they are matches of this page or another.</summary>
    public ImmutableHashSet<string> NotIncluded { get; init; } = [];

    /// <summary>Most matches with the same code, the newest first; null for all.</summary>
    public int? LastOfCode { get; init; }

    /// <summary>True where a refusal is the answer for what does not exist, as for a read.</summary>
    public bool NamesInstance { get; init; }
}
