using System.Diagnostics.CodeAnalysis;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Access.Scopes;

/// <summary>
/// The query of a finer-grained scope (SMART App Launch 2.2, <c>patient/Observation.rs?category=…</c>) as a predicate over one resource: its facts, before its body is opened. Only what facts answer by themselves is taken: parameters of the
/// kind token, without modifier or chain, of a type that lies in records. The directory is public within the hub, so that a query would bound nothing there.
/// </summary>
public sealed class ScopeQuery
{
    /// <summary>Most parameters; the values of one may be several, separated by commas.</summary>
    public const int ParametersMax = 4;

    /// <summary>Most values of all parameters together.</summary>
    public const int ValuesMax = 16;

    /// <summary>Longest query, in characters.</summary>
    public const int LengthMax = 512;

    private readonly SearchQuery _query;

    private ScopeQuery(SearchQuery query) => _query = query;

    /// <summary>True for a query that can be kept at every read, search and write.</summary>
    public static bool Keeps(string type, string query) => TryParse(type, query, out _);

    /// <summary>Reads the text after the question mark, literally: a percent sign makes it no query, since it would be a matter of taste what it means.</summary>
    public static bool TryParse(string type, string text, [NotNullWhen(true)] out ScopeQuery? query)
    {
        query = null;
        if (text.Length is 0 or > LengthMax || text.Contains('%', StringComparison.Ordinal) || CompartmentRule.IsDirectory(type))
        {
            return false;
        }

        var parameters = new List<KeyValuePair<string, string>>();
        var values = 0;
        foreach (var part in text.Split('&'))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at < 1 || at == part.Length - 1 || !IsToken(type, part[..at]))
            {
                return false;
            }

            parameters.Add(new(part[..at], part[(at + 1)..]));
            values += part.Split(',').Length;
        }

        if (parameters.Count > ParametersMax || values > ValuesMax || !SearchQuery.Parse(type, parameters, strict: true).Try(out var parsed, out _))
        {
            return false;
        }

        // Whatever needs more than the facts of the one resource is no predicate over it.
        if (parsed.Lookups.Count > 0 || parsed.Conditions.Count > 0 || parsed.Texts.Count > 0 || parsed.Criteria.Count != parameters.Count)
        {
            return false;
        }

        query = new ScopeQuery(parsed);
        return true;
    }

    /// <summary>True when the facts, as they are kept beside a version, satisfy the query.</summary>
    public bool Matches(ReadOnlySpan<byte> facts) => SearchMatcher.Matches(_query, facts);

    /// <summary>A modifier or chain is part of the name, so that no such name is found.</summary>
    private static bool IsToken(string type, string name) =>
        (name[0] != '_' || name is "_security" or "_tag") && SearchQuery.HasParameter(type, name, FactKind.Token);
}
