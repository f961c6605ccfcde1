using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search.Expressions;
using EHealthHub.Fhir.Search.Matching;

namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>Reads name-value pairs into a <see cref="SearchQuery"/>. Ends at the first pair that cannot be served; nothing is guessed and nothing is dropped in silence but what R4 says may be.</summary>
internal sealed class QueryParser
{
    // The characters of all values of one pair together, before they are split.
    private const int PairLengthMax = 65_536;

    private readonly TypeParameters _type;
    private readonly ParseContext _context;
    private readonly ConditionParser _conditionParser;
    private readonly ResultParser _results;
    private readonly List<SearchCriterion> _criteria = [];
    private readonly List<SearchCondition> _conditions = [];
    private readonly List<TextCriterion> _texts = [];
    private readonly List<KeyValuePair<string, string>> _used = [];

    private QueryParser(TypeParameters type, ParseContext context)
    {
        _type = type;
        _context = context;
        _conditionParser = new ConditionParser(context, type, 0);
        _results = new ResultParser(type, context);
    }

    internal static Result<SearchQuery> Parse(string type, IReadOnlyList<KeyValuePair<string, string>> pairs, bool strict, SearchSettings settings)
    {
        if (settings.Tables.Of(type) is not { } parameters)
        {
            return QueryFailures.UnknownType();
        }

        if (pairs.Count > SearchQuery.ParametersMax)
        {
            return QueryFailures.TooLarge("100 parameters");
        }

        var parser = new QueryParser(parameters, new ParseContext(strict, settings));
        foreach (var (name, value) in pairs)
        {
            if (parser.Pair(name, value) is { } failure)
            {
                return failure;
            }
        }

        return parser._results.Contradiction(parser._texts.Count > 0) is { } contradiction ? contradiction : parser.Query();
    }

    /// <summary>
    /// True for a criterion that an index may narrow: the kinds and modifiers that say the same as the value itself. Everything else is a condition, so that who drives a search by criteria cannot take one for what it is not.
    /// </summary>
    internal static bool IsPlain(TypeParameters type, SearchCondition condition) =>
        condition is CriterionCondition { Criterion: { Modifier: not (Modifiers.OfType or Modifiers.Filter) } criterion }
        && type.Find(criterion.Parameter) is { Kind: not FactKind.Composite, IsNear: false, IsPhonetic: false };

    private SearchQuery Query() => new()
    {
        Type = _type.Type,
        PatientId = CriterionFacts.Patient(_type.Type, _criteria),
        Criteria = _criteria,
        Conditions = _conditions,
        Lookups = _conditionParser.Lookups,
        Texts = _texts,
        Identifiers = CriterionFacts.Identifiers(_type.Type, _criteria),
        Count = _results.Summary == SearchSummary.Count ? 0 : _results.Count ?? 50,
        Total = _results.Total,
        Cursor = _results.Cursor,
        Sort = _results.Sort,
        Includes = _results.Includes,
        Contained = _results.Contained,
        ReturnsContained = _results.ReturnsContained,
        Summary = _results.Summary,
        Elements = _results.Elements,
        Tables = _context.Tables,
        Used = _used,
    };

    private Failure? Pair(string name, string value)
    {
        if (value.Length > PairLengthMax)
        {
            return QueryFailures.TooLarge(name, "2,048 characters in a value");
        }

        if (name.Length > SearchQuery.ValueLengthMax)
        {
            return QueryFailures.TooLarge(name, "2,048 characters in a name");
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

        if (_results.Read(name, value, out var isRead) is { } failure)
        {
            return failure;
        }

        if (isRead)
        {
            // The cursor belongs to the page and not to the search.
            if (name != "_cursor")
            {
                _used.Add(new(name, value));
            }

            return null;
        }

        return name switch
        {
            _ when NotServed(name) is { } what => QueryFailures.NotSupported(name, what),
            "_text" or "_content" => Text(name, value),
            "_filter" => Filter(value),
            _ => Condition(name, value),
        };
    }

    private static string? NotServed(string name) => name.Split(':')[0] switch
    {
        "_query" => "no named queries are defined here, and this one is",
        "_type" => "searching several types is",
        "_score" => "a score is",
        _ => null,
    };

    private Failure? Condition(string name, string value)
    {
        if (_conditionParser.Read(name, value, out var condition) is { } failure)
        {
            return failure;
        }

        if (condition is null)
        {
            return null;
        }

        if (IsPlain(_type, condition))
        {
            _criteria.Add(((CriterionCondition)condition).Criterion);
        }
        else
        {
            _conditions.Add(condition);
        }

        _used.Add(new(name, value));
        return null;
    }

    private Failure? Filter(string value)
    {
        if (FilterParser.Parse(_conditionParser, value, out var condition) is { } failure)
        {
            return failure;
        }

        _conditions.Add(condition);
        _used.Add(new("_filter", value));
        return null;
    }

    private Failure? Text(string name, string value)
    {
        if (_context.Values(name, [value]) is { } failure)
        {
            return failure;
        }

        if (TextExpression.Parse(value) is null)
        {
            return QueryFailures.Value(name, "words, phrases in quotation marks, AND, OR, NOT and parentheses are expected");
        }

        _texts.Add(new TextCriterion(name == "_text", value));
        _used.Add(new(name, value));
        return null;
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
