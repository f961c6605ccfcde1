using System.Collections.Concurrent;
using System.Collections.Immutable;
using EHealthHub.Fhir.Search.Expressions;

namespace EHealthHub.Fhir.Search;

/// <summary>
/// The search parameters that a hub knows: R4's, and its own beside them. A snapshot: it never changes, and a new set is a new object that takes the old one's place. Facts are extracted and queries parsed with the same tables
/// (<see cref="SearchSettings.Tables"/>); facts of an older <see cref="Generation"/> lack the values of newer parameters until they are extracted again.
/// </summary>
public sealed class SearchTables
{
    /// <summary>The generation of R4's parameters alone.</summary>
    public const int FirstGeneration = 1;

    private readonly ILookup<string, SearchParameter> _own;
    private readonly ConcurrentDictionary<string, TypeParameters> _types = new(StringComparer.Ordinal);

    private readonly ImmutableArray<CustomSearchParameter> _pending;
    private readonly (SearchTables Of, SearchWatch Watch)? _watched;

    private SearchTables(int generation, ImmutableArray<CustomSearchParameter> custom, ImmutableArray<CustomSearchParameter> pending)
    {
        Generation = generation;
        Custom = custom;
        _pending = pending;
        _own = custom.SelectMany(c => c.Parameters).ToLookup(p => p.Type, p => p.Parameter, StringComparer.Ordinal);
    }

    private SearchTables(SearchTables of, SearchWatch watch)
    {
        (Generation, Custom, _pending, _own, _watched) = (of.Generation, of.Custom, of._pending, of._own, (of, watch));
    }

    /// <summary>R4's parameters alone.</summary>
    public static SearchTables Base { get; } = new(FirstGeneration, [], []);

    /// <summary>The number under which facts extracted by these tables are kept. It says nothing of their order in time but what the caller makes of it.</summary>
    public int Generation { get; }

    /// <summary>The hub's own parameters.</summary>
    public IReadOnlyList<CustomSearchParameter> Custom { get; }

    /// <summary>
    /// R4's parameters with these beside them, whatever own ones there were before. Of two with the same code for a type the later one counts; none can take the place of R4's (<see cref="CustomSearchParameter.Compile"/> refuses it).
    /// </summary>
    public SearchTables With(IReadOnlyCollection<CustomSearchParameter> parameters, int generation) => With(parameters, [], generation);

    /// <summary>The same, for queries while facts are being extracted again: whoever asks by one of <paramref name="pending"/> is refused (503), for not every resource would be decided by it.</summary>
    public SearchTables With(IReadOnlyCollection<CustomSearchParameter> parameters, IReadOnlyCollection<CustomSearchParameter> pending, int generation) => new(generation, [.. parameters], [.. pending]);

    /// <summary>These tables for one query: <paramref name="watch"/> notes what of the hub's own it names.</summary>
    internal SearchTables Watched(out SearchWatch watch) => new(this, watch = new SearchWatch(Custom, _pending));

    /// <summary>True where a query can name anything but R4's parameters.</summary>
    internal bool HasOwn => Custom.Count > 0 || _pending.Length > 0;

    /// <summary>The parameters of a type, or null for what is no resource type of R4.</summary>
    internal TypeParameters? Of(string type)
    {
        if (_watched is { } watched)
        {
            return watched.Of.Of(type) is { } plain ? _types.GetOrAdd(type, static (_, on) => on.Plain.WatchedBy(on.Watch), (Plain: plain, watched.Watch)) : null;
        }

        if (TypeParameters.Of(type) is not { } known || !_own.Contains(type))
        {
            return TypeParameters.Of(type);
        }

        return _types.GetOrAdd(type, static (_, own) => own.Known.With(own.Own), (Known: known, Own: _own[type]));
    }
}
