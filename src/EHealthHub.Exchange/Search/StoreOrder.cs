using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Search;

/// <summary>
/// Pages in the order of the store: type by type. The first page counts the matches of all types, unless nobody wants to know (<c>_total=none</c>); every further one begins where the one before it ended, looks no further than to know whether
/// another page follows, and tells the number of the first.
/// </summary>
internal sealed class StoreOrder(SearchSession session, IReadOnlyList<SearchQuery> queries)
{
    private readonly List<SearchMatch> _matches = [];
    private StoreMark? _next;
    private int? _total;

    /// <summary>The page at a place; null for the first.</summary>
    public Result<FoundPage> Page(byte[]? place)
    {
        var count = queries[0].Count;
        var counts = place is null && (queries[0].Total != "none" || count == 0);
        var begin = place is null ? new StoreMark(0, 0, counts ? 0 : null) : StoreMark.Read(place);
        if (begin is not { } mark || mark.Query >= queries.Count)
        {
            return SearchRecords.BadCursor();
        }

        _total = mark.Total;
        for (var i = mark.Query; i < queries.Count && (counts || _next is null); i++)
        {
            if (!Step(i, i == mark.Query ? mark.Position : 0, _next is null ? count - _matches.Count : 0, counts))
            {
                return SearchExecution.Costly(queries[i].Type);
            }
        }

        return new FoundPage(_matches, [], _total, _next is { } next && count > 0 ? (next with { Total = _total }).Write() : null);
    }

    /// <summary>One type; false when it would cost too much.</summary>
    private bool Step(int query, long after, int wanted, bool counts)
    {
        // A page that is full already still has to know whether a match follows: where it does not count, the first one is enough.
        var looks = wanted == 0 && _next is null && !counts;
        var step = session.Find(queries[query], after, looks ? 1 : wanted, counts);
        if (step.TooCostly)
        {
            return false;
        }

        _total += counts ? step.Total : 0;
        if (wanted > 0)
        {
            _matches.AddRange(step.Matches);
        }

        if (_next is null && (wanted > 0 ? step.NextPosition != 0 : looks ? step.Matches.Count > 0 : step.Total is not 0))
        {
            _next = new StoreMark(query, wanted > 0 ? step.NextPosition : 0, null);
        }

        return true;
    }
}
