using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>What a search needs besides facts, and the name under which the caller asked for it.</summary>
internal static class QueryNeeds
{
    internal static SearchNeeds Of(SearchQuery query) => Asked(query).Aggregate(SearchNeeds.None, (all, one) => all | one.Need);

    internal static Failure? Unserved(SearchQuery query, SearchNeeds served)
    {
        foreach (var (need, name) in Asked(query))
        {
            if ((need & ~served) != 0)
            {
                return QueryFailures.NotSupported(name, What(need));
            }
        }

        return null;
    }

    private static IEnumerable<(SearchNeeds Need, string Name)> Asked(SearchQuery query)
    {
        foreach (var lookup in query.Lookups.Where(l => l is not TargetsLookup))
        {
            var (need, inner) = lookup switch
            {
                ChainLookup chain => (SearchNeeds.Chains, chain.Query),
                HasLookup has => (SearchNeeds.Has, has.Query),
                ListLookup => (SearchNeeds.Lists, null),
                ValueSetLookup => (SearchNeeds.ValueSets, null),
                HierarchyLookup => (SearchNeeds.Hierarchies, (SearchQuery?)null),
                _ => throw new InvalidOperationException($"{lookup.GetType()} is no lookup that is known."),
            };
            yield return (need, lookup.Name);
            foreach (var further in inner is null ? [] : Asked(inner))
            {
                yield return (further.Need, lookup.Name);
            }
        }

        if (query.Texts.Count > 0)
        {
            yield return (SearchNeeds.Bodies, query.Texts[0].IsNarrativeOnly ? "_text" : "_content");
        }

        if (query.Sort.Count > 0)
        {
            yield return (SearchNeeds.Sorting, "_sort");
        }

        foreach (var include in query.Includes)
        {
            yield return (SearchNeeds.Includes, include.IsReverse ? "_revinclude" : "_include");
        }

        if (query.Contained != ContainedSearch.No)
        {
            yield return (SearchNeeds.Contained, "_contained");
        }

        if (query.Elements.Count > 0)
        {
            yield return (SearchNeeds.Subsets, "_elements");
        }

        if (query.Summary is SearchSummary.True or SearchSummary.Text or SearchSummary.Data)
        {
            yield return (SearchNeeds.Subsets, "_summary");
        }
    }

    private static string What(SearchNeeds need) => need switch
    {
        SearchNeeds.Chains => "a chained parameter is",
        SearchNeeds.Has => "reverse chaining is",
        SearchNeeds.Lists => "searching a list's members is",
        SearchNeeds.ValueSets => "comparing with a value set is",
        SearchNeeds.Hierarchies => "comparing along a hierarchy of codes is",
        SearchNeeds.Bodies => "searching full text is",
        SearchNeeds.Sorting => "sorting is",
        SearchNeeds.Includes => "including further resources is",
        SearchNeeds.Contained => "searching contained resources is",
        _ => "choosing elements is",
    };
}
