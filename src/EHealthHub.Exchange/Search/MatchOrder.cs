using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Search;

/// <summary>The order of matches that are put in order in memory, with the place of each as bytes for the continuation.</summary>
internal sealed class MatchOrder(IReadOnlyList<SearchSort> keys) : IComparer<SearchSortKey>
{
    private readonly SearchSorter _sorter = new(keys);

    /// <summary>The place of a continuation; null for bytes that are none.</summary>
    public SearchSortKey? Read(byte[] place) => SearchSortKey.Read(place, keys.Count);

    public SearchSortKey KeyOf(SearchMatch match) => match.Contained is [var contained]
        ? _sorter.KeyOf(contained.Facts.Span, $"{match.Location.Id}/{match.Location.Type}#{contained.Id}")
        : _sorter.KeyOf(match.Facts.Span);

    public int Compare(SearchSortKey? x, SearchSortKey? y) => _sorter.Compare(x, y);
}
