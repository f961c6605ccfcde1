using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search.Expressions;

namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>Searches over several types at once (R4 3.1.1.1.3): the same parameters, read once for each type.</summary>
internal static class SystemQuery
{
    internal static Result<SystemSearch> Parse(IReadOnlyList<KeyValuePair<string, string>> pairs, bool strict, SearchSettings settings)
    {
        var asked = pairs.Where(p => p.Key == "_type").ToList();
        if (asked.Count > 1)
        {
            return QueryFailures.Repeated("_type");
        }

        var types = asked.Count == 0 ? [] : asked[0].Value.Split(',', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToArray();
        if (Array.Exists(types, t => !TypeParameters.Types.Contains(t)))
        {
            return QueryFailures.Value("_type", "resource types are expected");
        }

        var others = pairs.Where(p => p.Key != "_type").ToList();
        var queries = new List<SearchQuery>();
        foreach (var type in types.Length == 0 ? [.. TypeParameters.Types.Order(StringComparer.Ordinal)] : types)
        {
            if (!SearchQuery.Parse(type, others, strict, settings).Try(out var query, out var failure))
            {
                return failure;
            }

            queries.Add(asked.Count == 0 ? query : query with { Used = [asked[0], .. query.Used] });
        }

        return new SystemSearch(queries);
    }
}
