using EHealthHub.Fhir.Search;

namespace EHealthHub.Records.Index;

/// <summary>What of a query narrows the candidates: each driver is a parameter with the values of which a match must bear one.</summary>
/// <param name="Parameter">Code of the parameter; empty for the type alone.</param>
/// <param name="Values">As in the index.</param>
internal sealed record Driver(string Parameter, IReadOnlyList<string> Values);

/// <summary>Reads drivers out of a query.</summary>
internal static class Drivers
{
    private const int ValuesMax = 50;

    // Facts keep the first 512 units of a text; what may have been cut drives nothing.
    private const int TextMax = 500;

    /// <summary>All drivers; the last resort, the type alone, only where there is no other.</summary>
    public static List<Driver> Of(SearchQuery query, bool directory)
    {
        var drivers = new List<Driver>();
        foreach (var criterion in query.Criteria)
        {
            if (FromValues(query.Type, criterion, directory) is { } driver)
            {
                drivers.Add(driver);
            }
        }

        drivers.AddRange(FromDates(query, directory));
        if (drivers.Count == 0)
        {
            drivers.Add(new Driver("", [""]));
        }

        return drivers;
    }

    /// <summary>The exact identifiers, system given, of which a match must bear one; null when the query names none so.</summary>
    public static IReadOnlyList<SearchValue>? Identifiers(SearchQuery query) =>
        query.Criteria.FirstOrDefault(c => c.Parameter == "identifier" && c.Modifier is null && c.Values.Count <= ValuesMax && c.Values.All(v => v is { Kind: FactKind.Token, System: not null, Text: not null }))?.Values;

    /// <summary>The logical ids of which a match must have one; null when the query names none.</summary>
    public static IReadOnlyList<SearchValue>? Ids(SearchQuery query) =>
        query.Criteria.FirstOrDefault(c => c.Parameter == "_id" && c.Modifier is null && c.Values.Count <= ValuesMax && c.Values.All(v => v.Text is not null))?.Values;

    private static Driver? FromValues(string type, SearchCriterion criterion, bool directory)
    {
        if (criterion.Modifier is not null || criterion.Values.Count > ValuesMax || criterion.Values.Any(v => v.Prefix != "eq" || !TokenRules.IsIndexed(type, criterion.Parameter, v.Kind, directory)))
        {
            return null;
        }

        var values = new List<string>();
        foreach (var value in criterion.Values)
        {
            var written = value.Kind switch
            {
                FactKind.Token when value.Text is { Length: <= TextMax } code => SearchText.Fold(code),
                FactKind.Reference when value.Text is { Length: > 0 } id && !id.Contains('/', StringComparison.Ordinal) && !id.Contains(':', StringComparison.Ordinal) => id,
                FactKind.Uri when value.Text is { Length: <= TextMax } uri => TokenRules.WithoutVersion(uri),
                FactKind.String when value.Text is { } text && TokenRules.Prefix(text).Length == TokenRules.PrefixLength => TokenRules.Prefix(text),
                _ => null,
            };
            if (written is null)
            {
                return null;
            }

            values.Add(written);
        }

        values.Add(TokenRules.Many);
        return new Driver(criterion.Parameter, values);
    }

    /// <summary>Several criteria on one date parameter (<c>ge</c> and <c>le</c>) bound one range together.</summary>
    private static IEnumerable<Driver> FromDates(SearchQuery query, bool directory)
    {
        var dates = query.Criteria.Where(c => c.Modifier is null && c.Values.Count == 1 && c.Values[0].Kind == FactKind.Date && TokenRules.IsIndexed(query.Type, c.Parameter, FactKind.Date, directory));
        foreach (var parameter in dates.GroupBy(c => c.Parameter, StringComparer.Ordinal))
        {
            var (from, to) = (long.MinValue, long.MaxValue);
            foreach (var value in parameter.Select(c => c.Values[0]))
            {
                var (lower, upper) = value.Prefix switch
                {
                    "eq" => (value.From, value.To),
                    "ge" or "gt" => (value.From, long.MaxValue),
                    "sa" => (value.To, long.MaxValue),
                    "le" or "lt" => (long.MinValue, value.To),
                    "eb" => (long.MinValue, value.From),
                    _ => (long.MinValue, long.MaxValue),
                };
                from = Math.Max(from, lower);
                to = Math.Min(to, upper);
            }

            if (TokenRules.Months(from, to, TokenRules.QueryMonthsMax) is { } months)
            {
                yield return new Driver(parameter.Key, [.. months, TokenRules.Many]);
            }
        }
    }
}
