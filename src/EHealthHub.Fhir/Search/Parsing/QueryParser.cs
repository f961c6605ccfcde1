using System.Globalization;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search.Expressions;
using EHealthHub.Fhir.Search.Matching;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>Reads name-value pairs into a <see cref="SearchQuery"/>. Ends at the first pair that cannot be served; nothing is guessed and nothing is dropped in silence but what R4 says may be.</summary>
internal sealed class QueryParser
{
    // The characters of all values of one pair together, before they are split.
    private const int PairLengthMax = 65_536;

    private readonly TypeParameters _parameters;
    private readonly bool _strict;
    private readonly SearchSettings _settings;
    private readonly List<SearchCriterion> _criteria = [];
    private readonly List<KeyValuePair<string, string>> _used = [];
    private int _values;
    private int? _count;
    private string? _cursor;
    private string? _total;
    private string? _summary;

    private QueryParser(TypeParameters parameters, bool strict, SearchSettings settings)
    {
        _parameters = parameters;
        _strict = strict;
        _settings = settings;
    }

    internal static Result<SearchQuery> Parse(string type, IReadOnlyList<KeyValuePair<string, string>> pairs, bool strict, SearchSettings settings)
    {
        if (TypeParameters.Of(type) is not { } parameters)
        {
            return QueryFailures.UnknownType();
        }

        if (pairs.Count > SearchQuery.ParametersMax)
        {
            return QueryFailures.TooLarge("100 parameters");
        }

        var parser = new QueryParser(parameters, strict, settings);
        foreach (var (name, value) in pairs)
        {
            if (parser.Pair(name, value) is { } failure)
            {
                return failure;
            }
        }

        return parser.Query();
    }

    private SearchQuery Query() => new()
    {
        Type = _parameters.Type,
        PatientId = CriterionFacts.Patient(_parameters.Type, _criteria),
        Criteria = _criteria,
        Identifiers = CriterionFacts.Identifiers(_parameters.Type, _criteria),
        Count = _summary == "count" ? 0 : _count ?? 50,
        Total = _total,
        Cursor = _cursor,
        Used = _used,
    };

    private Failure? Pair(string name, string value)
    {
        if (value.Length > PairLengthMax)
        {
            return QueryFailures.TooLarge("2,048 characters in a value");
        }

        // A parameter without a value says nothing (R4 3.1.1.3).
        if (value.Length == 0)
        {
            return null;
        }

        if (value.Any(char.IsControl) || HasLoneSurrogate(value))
        {
            return QueryFailures.Value(name, "it holds what is no text");
        }

        var failure = name switch
        {
            "_count" => Count(value),
            "_cursor" => Once(name, ref _cursor, value, value.Length <= SearchQuery.ValueLengthMax),
            "_total" => Once(name, ref _total, value, value is "none" or "estimate" or "accurate"),
            "_summary" => Summary(value),
            "_format" or "_pretty" => null,
            _ when NotServed(name) is { } what => QueryFailures.NotSupported(name, what),
            _ => Criterion(name, value),
        };
        if (failure is null && IsControl(name))
        {
            _used.Add(new(name, value));
        }

        return failure;
    }

    private static bool IsControl(string name) => name is "_count" or "_total" or "_summary" or "_format" or "_pretty";

    private static string? NotServed(string name) => name.Split(':')[0] switch
    {
        "_include" or "_revinclude" => "including further resources is",
        "_sort" => "sorting is",
        "_elements" => "choosing elements is",
        "_contained" or "_containedType" => "searching contained resources is",
        "_has" => "reverse chaining is",
        "_text" or "_content" => "searching full text is",
        "_filter" or "_query" => "filter expressions and named queries are",
        "_list" => "searching a list's members is",
        "_type" => "searching several types is",
        _ when name.Contains('.', StringComparison.Ordinal) => "a chained parameter is",
        _ => null,
    };

    private Failure? Count(string value)
    {
        if (_count is not null)
        {
            return QueryFailures.Repeated("_count");
        }

        if (!uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return QueryFailures.Value("_count", "a whole number from 0 is expected");
        }

        _count = (int)Math.Min(count, SearchQuery.CountMax);
        return null;
    }

    private Failure? Summary(string value) => value is "count" or "false"
        ? Once("_summary", ref _summary, value, true)
        : QueryFailures.NotSupported("_summary", "summaries other than count are");

    private static Failure? Once(string name, ref string? field, string value, bool isValid)
    {
        if (field is not null)
        {
            return QueryFailures.Repeated(name);
        }

        field = value;
        return isValid ? null : QueryFailures.Value(name, "it is none of those defined");
    }

    private Failure? Criterion(string name, string value)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var code = colon < 0 ? name : name[..colon];
        var modifier = colon < 0 ? null : name[(colon + 1)..];
        if (_parameters.Find(code) is not { } parameter)
        {
            return _strict ? QueryFailures.Unknown(code) : null;
        }

        if (parameter.Kind is not { } kind)
        {
            return QueryFailures.NotSupported(code, $"a parameter of type {parameter.TypeCode} of this kind is");
        }

        if (modifier is not null && !IsServed(parameter, kind, modifier))
        {
            return QueryFailures.Modifier(code, modifier);
        }

        var parts = Escapes.Split(value, ',');
        parts.RemoveAll(p => p.Length == 0);
        _values += parts.Count;
        if (_values > SearchQuery.ValuesMax || parts.Exists(p => p.Length > SearchQuery.ValueLengthMax))
        {
            return QueryFailures.TooLarge("200 values, each of at most 2,048 characters");
        }

        var values = new List<SearchValue>(parts.Count);
        foreach (var part in parts)
        {
            if (ValueParser.Parse(parameter, kind, modifier, part, _parameters, _settings, out var expected) is not { } parsed)
            {
                return QueryFailures.Value(code, expected!);
            }

            values.Add(parsed);
        }

        if (modifier == Modifiers.Missing && values.Count > 1)
        {
            return QueryFailures.Value(code, "true or false is expected");
        }

        if (values.Count > 0)
        {
            _criteria.Add(new SearchCriterion(code, modifier, values));
            _used.Add(new(name, value));
        }

        return null;
    }

    private static bool IsServed(SearchParameter parameter, FactKind kind, string modifier)
    {
        if (parameter.Code is CommonParameters.Id or CommonParameters.LastUpdated)
        {
            return modifier == Modifiers.Not && kind == FactKind.Token;
        }

        return Modifiers.IsServed(kind, modifier) || (kind == FactKind.Reference && parameter.Targets.Contains(modifier));
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[++i])))
            {
                return true;
            }
        }

        return false;
    }
}
