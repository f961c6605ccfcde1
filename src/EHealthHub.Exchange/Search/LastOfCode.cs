using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Search;

/// <summary>
/// The newest of each code (R4 Observation-lastn). Observations that share a code are about the same, and so are those that share one with these: a translation joins two codes into one group. Those at the very time of the last one that is
/// kept are kept too.
/// </summary>
internal static class LastOfCode
{
    /// <summary>Of matches with the newest first, the first <paramref name="most"/> of each group, in the same order.</summary>
    public static List<(SearchSortKey Key, SearchMatch Match)> Cut(IReadOnlyList<(SearchSortKey Key, SearchMatch Match)> ordered, int most)
    {
        var groups = new int[ordered.Count];
        var times = new (long From, long To)?[ordered.Count];
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < ordered.Count; i++)
        {
            groups[i] = i;
            var facts = SearchFacts.Decode(ordered[i].Match.Facts.Span);
            times[i] = facts.Of("date").Select(d => ((long, long)?)(d.From, d.To)).FirstOrDefault();
            foreach (var code in CodesOf(facts))
            {
                if (!first.TryAdd(code, i))
                {
                    groups[Of(groups, i)] = Of(groups, first[code]);
                }
            }
        }

        var kept = new List<(SearchSortKey, SearchMatch)>();
        var last = new Dictionary<int, (int Count, (long From, long To)? Time)>();
        for (var i = 0; i < ordered.Count; i++)
        {
            var group = Of(groups, i);
            var (count, time) = last.GetValueOrDefault(group);
            if (count < most || (times[i] is not null && times[i] == time))
            {
                last[group] = (count + 1, times[i]);
                kept.Add(ordered[i]);
            }
        }

        return kept;
    }

    /// <summary>The codes; the text where there are none.</summary>
    private static IEnumerable<string> CodesOf(SearchFacts facts)
    {
        var codes = facts.Of("code").Where(f => f.Text is not null).Select(f => $"{f.System}|{f.Text}").ToList();
        return codes.Count > 0 ? codes : facts.Of("code:text").Select(f => "text " + f.Text).DefaultIfEmpty("");
    }

    /// <summary>The first of a group; the way there is halved as it is gone.</summary>
    private static int Of(int[] groups, int at)
    {
        while (groups[at] != at)
        {
            groups[at] = groups[groups[at]];
            at = groups[at];
        }

        return at;
    }
}
