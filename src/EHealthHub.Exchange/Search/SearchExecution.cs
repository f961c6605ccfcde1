using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Search;

/// <summary>What a search found, decided from facts: the bodies are still sealed.</summary>
/// <param name="Matches">On this page, in order.</param>
/// <param name="Included">With them, each once, none of them a match of this page.</param>
/// <param name="Total">All matches; null where they were not all decided.</param>
/// <param name="Next">Where the next page begins; null on the last one.</param>
internal sealed record FoundPage(IReadOnlyList<SearchMatch> Matches, IReadOnlyList<SearchMatch> Included, int? Total, byte[]? Next);

/// <summary>
/// The steps of one search: lookups first (chains, reverse chains, lists, code sets), then the matches in the order that was asked, then what is included. Everything is looked at within the session's scope, and a type that the caller may not
/// search is neither asked nor included, so that no criterion tells what an answer would not.
/// </summary>
internal sealed class SearchExecution(SearchSession session, Func<string, bool> mayLook, ICodeSets codes, SearchSettings settings)
{
    /// <summary>Most resources that a link of a chain may give.</summary>
    public const int LinkMax = 5_000;

    /// <summary>Most matches that are put in order.</summary>
    public const int SortedMax = 5_000;

    /// <summary>Most matches of the facts whose bodies are opened to look for words.</summary>
    public const int WordsMax = 500;

    /// <summary>Most resources that are looked for to know whether ids without a type are of one resource alone.</summary>
    private const int PossibleTypesMax = 4_096;

    /// <summary>The page at a place, <paramref name="place"/> being null for the first. <paramref name="withWords"/>: leaves of matches by facts those whose bodies bear the words asked for; null where none are.</summary>
    public async ValueTask<Result<FoundPage>> Run(SearchForm form, byte[]? place, Func<IReadOnlyList<SearchMatch>, ValueTask<IReadOnlyList<SearchMatch>>>? withWords)
    {
        var answered = new List<SearchQuery>(form.Queries.Count);
        foreach (var query in form.Queries)
        {
            if (!Answer(query).Try(out var ready, out var failure))
            {
                return failure;
            }

            answered.Add(ready);
        }

        var page = withWords is null && answered[0] is { Sort.Count: 0, Contained: ContainedSearch.No }
            ? new StoreOrder(session, answered).Page(place)
            : await InMemory(answered, form.LastOfCode, place, withWords).ConfigureAwait(false);
        return page.Try(out var found, out var refusal) ? Include(form, found) : refusal;
    }

    /// <summary>The query with its lookups answered, the innermost first.</summary>
    public Result<SearchQuery> Answer(SearchQuery query)
    {
        if (Ambiguous(query) is { } ambiguous)
        {
            return ambiguous;
        }

        if (query.Lookups.Count == 0)
        {
            return query;
        }

        var answers = new List<LookupAnswer>(query.Lookups.Count);
        foreach (var lookup in query.Lookups)
        {
            if (!Answer(lookup).Try(out var answer, out var failure))
            {
                return failure;
            }

            answers.Add(answer);
        }

        return query.WithAnswers(answers);
    }

    /// <summary>
    /// An id without a type that is the id of several resources (R4 3.1.1.4.12). Only those count that this search may find, so that the refusal tells of no other.
    /// </summary>
    private Failure? Ambiguous(SearchQuery query)
    {
        var untyped = SearchReferences.Untyped(query);
        if (untyped.Sum(r => r.Types.Count) > PossibleTypesMax)
        {
            return Failure.Of(400, "too-long", "search-too-large", "Too many ids without a type, which may be of many types; name the types, as in subject:Patient=23.", untyped[0].Parameter);
        }

        foreach (var reference in untyped)
        {
            if (reference.Types.Where(t => mayLook(t) && session.Locate(t, reference.Id) is not null).Take(2).ToList() is [var one, var other])
            {
                return Failure.Of(400, "multiple-matches", "search-id-ambiguous", $"The id is that of a {one} and of a {other}; name the type, as in {reference.Parameter}:{one}=…", reference.Parameter);
            }
        }

        return null;
    }

    private Result<LookupAnswer> Answer(SearchLookup lookup) => lookup switch
    {
        ChainLookup chain => Linked(chain.Name, chain.Query, found => [.. found.Select(m => (m.Location.Type, m.Location.Id))], LookupAnswer.Of),
        HasLookup has => Linked(has.Name, has.Query, found => [.. found.SelectMany(m => SearchReferences.Of(m.Facts.Span, has.Parameter, null)).Select(t => (t.Type, t.Id)).Distinct()], (found, _) => LookupAnswer.Of(found)),
        ListLookup list => Members(list),
        ValueSetLookup set => codes.InValueSet(set.ValueSet, set.Name),
        HierarchyLookup hierarchy => codes.InHierarchy(hierarchy.System, hierarchy.Code, hierarchy.IsAbove, hierarchy.Name),
        _ => throw new InvalidOperationException($"{lookup.GetType()} is no lookup that is known."),
    };

    /// <summary>A link of a chain: a search of its own, on a type that the caller must be allowed to search.</summary>
    private Result<LookupAnswer> Linked(string name, SearchQuery query, Func<IReadOnlyList<SearchMatch>, IReadOnlyList<(string Type, string Id)>> targets, Func<IReadOnlyList<(string Type, string Id)>, SearchQuery, LookupAnswer> answer)
    {
        if (!mayLook(query.Type))
        {
            return Refusals.Denied(query.Type);
        }

        if (!Answer(query).Try(out var ready, out var failure))
        {
            return failure;
        }

        var step = session.Find(ready, 0, LinkMax);
        if (step.TooCostly || step.NextPosition != 0)
        {
            return Costly(name);
        }

        var found = targets(step.Matches);
        return found.Count <= LookupAnswer.SizeMax ? answer(found, ready) : Costly(name);
    }

    private Result<LookupAnswer> Members(ListLookup lookup) => !mayLook("List")
        ? Refusals.Denied("List")
        : LookupAnswer.Of(session.Locate("List", lookup.ListId) is { } list ? [.. SearchReferences.Of(list.Facts.Span, "item", null).Select(t => (t.Type, t.Id)).Distinct()] : []);

    /// <summary>All matches, sifted by words and put in order; the page continues after the place that the last one ended with, whatever was written meanwhile.</summary>
    private async ValueTask<Result<FoundPage>> InMemory(List<SearchQuery> queries, int? lastOfCode, byte[]? place, Func<IReadOnlyList<SearchMatch>, ValueTask<IReadOnlyList<SearchMatch>>>? withWords)
    {
        var max = withWords is null ? SortedMax : WordsMax;
        IReadOnlyList<SearchMatch> all = [];
        foreach (var query in queries)
        {
            var step = query.Contained == ContainedSearch.Only ? new SearchStep([], 0, 0, false) : session.Find(query, 0, max);
            var inside = query.Contained == ContainedSearch.No || step.TooCostly ? new SearchStep([], 0, 0, false) : session.FindContained(query, max);
            all = [.. all, .. step.Matches, .. inside.Matches.Where(m => mayLook(m.Location.Type)).SelectMany(m => m.Contained.Select(c => m with { Contained = [c] }))];
            if (step.TooCostly || step.NextPosition != 0 || inside.TooCostly || inside.NextPosition != 0 || all.Count > max)
            {
                return Costly(withWords is not null ? "_text" : query.Contained == ContainedSearch.No ? "_sort" : "_contained");
            }
        }

        if (withWords is not null)
        {
            all = await withWords(all).ConfigureAwait(false);
        }

        return Page(all, new MatchOrder(queries[0].Sort), lastOfCode, queries[0], place);
    }

    private static Result<FoundPage> Page(IReadOnlyList<SearchMatch> all, MatchOrder order, int? lastOfCode, SearchQuery query, byte[]? place)
    {
        var ordered = all.Select(m => (Key: order.KeyOf(m), Match: m)).OrderBy(m => m.Key, order).ToList();
        ordered = lastOfCode is { } most ? LastOfCode.Cut(ordered, most) : ordered;
        if (query is { Contained: not ContainedSearch.No, ReturnsContained: false })
        {
            // Several in one container: it is answered once, at the place of the first.
            ordered = [.. ordered.DistinctBy(m => (m.Match.Location.Type, m.Match.Location.Id)).Select(m => (m.Key, m.Match with { Contained = [] }))];
        }

        var last = place is null ? null : order.Read(place);
        if (place is not null && last is null)
        {
            return SearchRecords.BadCursor();
        }

        var begin = last is null ? 0 : ordered.FindIndex(m => order.Compare(m.Key, last) > 0);
        var page = begin < 0 ? [] : ordered.Skip(begin).Take(query.Count).ToList();
        var more = page.Count > 0 && begin + page.Count < ordered.Count;
        return new FoundPage([.. page.Select(m => m.Match)], [], ordered.Count, more ? page[^1].Key.Write() : null);
    }

    private Result<FoundPage> Include(SearchForm form, FoundPage page)
    {
        if (form.Includes.Count == 0 || page.Matches.Count == 0)
        {
            return page;
        }

        return new Inclusion(session, type => mayLook(type) && !form.NotIncluded.Contains(type), settings).Run(form.Includes, page.Matches).Try(out var included, out var failure) ? page with { Included = included } : failure;
    }

    internal static Failure Costly(string what) => Failure.Of(403, "too-costly", "too-costly", "Nothing in these criteria narrows the search enough. Name a patient, an exact identifier, a code or a period.", what);
}
