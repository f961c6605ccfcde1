using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

/// <summary>Queries as a test writes them: <c>a=b&amp;c=d</c>, nothing percent-encoded.</summary>
internal static class Ask
{
    internal static readonly SearchSettings Settings = new() { BaseUrl = "https://hub.example/fhir" };

    internal static List<KeyValuePair<string, string>> Pairs(string query) =>
        [.. query.Split('&').Select(p => KeyValuePair.Create(p[..p.IndexOf('=', StringComparison.Ordinal)], p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..]))];

    internal static SearchQuery Parsed(string type, string query, bool strict = true, SearchSettings? settings = null)
    {
        Assert.True(SearchQuery.Parse(type, Pairs(query), strict, settings ?? Settings).Try(out var parsed, out var failure), failure?.Issues[0].Diagnostics);
        return parsed;
    }

    internal static Failure Refused(string type, string query, bool strict = true, SearchSettings? settings = null)
    {
        Assert.False(SearchQuery.Parse(type, Pairs(query), strict, settings ?? Settings).Try(out _, out var failure), "It was taken.");
        return failure;
    }

    /// <summary>Whether a resource is found; the same on bytes and on objects.</summary>
    internal static bool Finds(string type, string query, string json, SearchSettings? settings = null)
    {
        var parsed = Parsed(type, query, true, settings);
        var facts = Some.Facts(json, null, settings ?? Settings);
        var found = SearchMatcher.Matches(parsed, Some.Encoded(facts));
        Assert.Equal(found, SearchMatcher.Matches(parsed, facts));
        return found;
    }
}
