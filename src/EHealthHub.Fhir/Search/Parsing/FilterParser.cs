using System.Globalization;
using System.Text;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search.Expressions;
using EHealthHub.Fhir.Search.Matching;

namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>
/// Reads <c>_filter</c> (R4 3.1.3): comparisons joined by <c>and</c> and <c>or</c> from left to right without precedence, <c>not (…)</c>, parentheses, chained paths with filters in brackets. A path may name the type that its reference
/// leads to (<c>subject:Patient.name</c>); where it does not and there are several, it is asked of each that knows the rest of the path.
/// </summary>
internal sealed class FilterParser
{
    private const string Name = "_filter";

    private readonly string _text;
    private int _at;
    private int _depth;

    private FilterParser(string text) => _text = text;

    /// <summary>Null with the condition, else the refusal.</summary>
    internal static Failure? Parse(ConditionParser on, string text, out SearchCondition condition)
    {
        condition = null!;
        if (on.Context.Values(Name, [text]) is { } tooLong)
        {
            return tooLong;
        }

        var parser = new FilterParser(text);
        var failure = parser.Expression(on, out condition);
        parser.SkipSpace();
        return failure ?? (parser._at < text.Length ? parser.Expected("and, or, or the end") : null);
    }

    private Failure? Expression(ConditionParser on, out SearchCondition condition)
    {
        if (Term(on, out condition) is { } failure)
        {
            return failure;
        }

        var joined = new List<SearchCondition> { condition };
        bool? joinedByAnd = null;
        while (true)
        {
            var isAnd = TakeWord("and");
            if (!isAnd && !TakeWord("or"))
            {
                condition = Joined(joined, joinedByAnd);
                return null;
            }

            // From left to right: what stands before another word is one part of what follows.
            if (joinedByAnd is { } before && before != isAnd)
            {
                joined = [Joined(joined, joinedByAnd)];
            }

            joinedByAnd = isAnd;
            if (Term(on, out var next) is { } bad)
            {
                return bad;
            }

            joined.Add(next);
        }
    }

    private static SearchCondition Joined(List<SearchCondition> parts, bool? byAnd) => byAnd switch
    {
        null => parts[0],
        true => new AllOf(parts),
        false => new AnyOf(parts),
    };

    private Failure? Term(ConditionParser on, out SearchCondition condition)
    {
        condition = null!;
        if (++_depth > SearchQuery.DepthMax)
        {
            return QueryFailures.TooLarge(Name, "16 parentheses, one inside the other");
        }

        var failure = on.Context.Condition(Name) ?? TermWithin(on, out condition);
        _depth--;
        return failure;
    }

    private Failure? TermWithin(ConditionParser on, out SearchCondition condition)
    {
        condition = null!;
        var before = _at;
        var isNot = TakeWord("not");
        if (Take('('))
        {
            if (Expression(on, out condition) is { } failure)
            {
                return failure;
            }

            condition = isNot ? new NotOf(condition) : condition;
            return Take(')') ? null : Expected(")");
        }

        _at = before;
        return Comparison(on, out condition);
    }

    // path op value
    private Failure? Comparison(ConditionParser on, out SearchCondition condition)
    {
        condition = null!;
        if (!Word(out var code, out var target))
        {
            return Expected("the name of a search parameter");
        }

        SearchFilterStep? within = null;
        if (Take('['))
        {
            // Which type the brackets are about is known when the parameter is.
            within = new SearchFilterStep(_at);
            if (!SkipBrackets())
            {
                return Expected("]");
            }
        }

        if (Peek('.'))
        {
            return Chained(on, code, target, within, out condition);
        }

        if (within is not null || target is not null)
        {
            return Expected(". and a further parameter");
        }

        if (on.Type.Find(code) is not { } parameter && (code != "id" || (parameter = on.Type.Find(CommonParameters.Id)) is null))
        {
            return QueryFailures.Unknown(code);
        }

        if (!Operator(out var op))
        {
            return Expected("one of eq, ne, co, sw, ew, gt, lt, ge, le, ap, sa, eb, pr, po, ss, sb, in, ni, re");
        }

        if (Value(out var value) is { } bad)
        {
            return bad;
        }

        return on.Context.Values(Name, [value]) ?? FilterComparison.Read(on, parameter, op, value, out condition);
    }

    private Failure? Chained(ConditionParser on, string code, string? target, SearchFilterStep? within, out SearchCondition condition)
    {
        condition = null!;
        if (on.Type.Find(code) is not { } parameter)
        {
            return QueryFailures.Unknown(code);
        }

        if (parameter.Kind != FactKind.Reference)
        {
            return QueryFailures.NotSupported(Name, $"a path through {QueryFailures.Name(code)}, which is no reference, is");
        }

        if (target is not null && !parameter.Targets.Contains(target))
        {
            return QueryFailures.Modifier(code, target);
        }

        _at++;
        var rest = _at;
        var only = target ?? ConditionParser.OnlyTarget(parameter);
        var types = only is not null ? [only] : parameter.Targets.Where(t => Knows(on, t, rest)).ToArray();
        if (types.Length is 0 or > SearchQuery.ChainsMax)
        {
            return QueryFailures.TypeExpected(code);
        }

        var any = new List<SearchCondition>();
        foreach (var type in types)
        {
            _at = rest;
            if (Link(on, code, type, within, out var link) is { } failure)
            {
                return failure;
            }

            any.Add(link);
        }

        condition = any.Count == 1 ? any[0] : new AnyOf(any);
        return null;
    }

    private Failure? Link(ConditionParser on, string code, string type, SearchFilterStep? within, out SearchCondition condition)
    {
        condition = null!;
        if (on.Next(Name, type, out var next) is { } failure)
        {
            return failure;
        }

        SearchCondition? bracket = null;
        if (within is { Start: var start })
        {
            var after = _at;
            _at = start;
            if (Expression(next, out bracket) is { } bad)
            {
                return bad;
            }

            if (!Peek(']'))
            {
                return Expected("]");
            }

            _at = after;
        }

        if (++_depth > SearchQuery.DepthMax)
        {
            return QueryFailures.TooLarge(Name, "16 parentheses, one inside the other");
        }

        var fault = Comparison(next, out var rest) ?? on.Context.Condition(Name);
        _depth--;
        if (fault is not null)
        {
            return fault;
        }

        var query = next.Query(bracket is null ? rest : new AllOf([bracket, rest]));
        fault = on.Add(new ChainLookup(Name, code, query), out var added);
        condition = added!;
        return fault;
    }

    // Whether a type has the parameter that stands at a place of the text.
    private bool Knows(ConditionParser on, string type, int at)
    {
        var before = _at;
        _at = at;
        var knows = Word(out var code, out _) && on.Context.Tables.Of(type) is { } parameters && (code == "id" || parameters.Find(code) is not null);
        _at = before;
        return knows;
    }

    private bool Word(out string code, out string? target)
    {
        SkipSpace();
        target = null;
        code = NameAt();
        if (code.Length > 0 && _at < _text.Length && _text[_at] == ':')
        {
            _at++;
            target = NameAt();
            return target.Length > 0;
        }

        return code.Length > 0;
    }

    private string NameAt()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetter(_text[_at]) || _text[_at] == '_' || (_at > start && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '-'))))
        {
            _at++;
        }

        return _text[start.._at];
    }

    private bool Operator(out string op)
    {
        SkipSpace();
        op = NameAt();
        return op is "eq" or "ne" or "co" or "sw" or "ew" or "gt" or "lt" or "ge" or "le" or "ap" or "sa" or "eb" or "pr" or "po" or "ss" or "sb" or "in" or "ni" or "re";
    }

    private Failure? Value(out string value)
    {
        SkipSpace();
        if (_at < _text.Length && _text[_at] == '"')
        {
            return Quoted(out value) ? null : Expected("a string in quotation marks");
        }

        var start = _at;
        while (_at < _text.Length && !char.IsWhiteSpace(_text[_at]) && _text[_at] is not (')' or ']'))
        {
            _at++;
        }

        value = _text[start.._at];
        return value.Length > 0 ? null : Expected("a value");
    }

    // A JSON string.
    private bool Quoted(out string value)
    {
        var text = new StringBuilder();
        value = "";
        for (_at++; _at < _text.Length; _at++)
        {
            var c = _text[_at];
            if (c == '"')
            {
                _at++;
                value = text.ToString();
                return value.Length > 0;
            }

            if (c != '\\')
            {
                text.Append(c);
            }
            else if (++_at < _text.Length && "\"\\/bfnrt".IndexOf(_text[_at], StringComparison.Ordinal) is var escape and >= 0)
            {
                text.Append("\"\\/\b\f\n\r\t"[escape]);
            }
            else if (_at + 4 < _text.Length && _text[_at] == 'u' && ushort.TryParse(_text.AsSpan(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) && !char.IsSurrogate((char)unit))
            {
                text.Append((char)unit);
                _at += 4;
            }
            else
            {
                return false;
            }
        }

        return false;
    }

    // To behind the bracket that closes; strings may hold brackets.
    private bool SkipBrackets()
    {
        for (var open = 1; _at < _text.Length; _at++)
        {
            switch (_text[_at])
            {
                case '"' when !Quoted(out _):
                    return false;
                case '"':
                    _at--;
                    break;
                case '[':
                    open++;
                    break;
                case ']' when --open == 0:
                    _at++;
                    return true;
            }
        }

        return false;
    }

    private bool TakeWord(string word)
    {
        SkipSpace();
        var end = _at + word.Length;
        if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0 || (end < _text.Length && !char.IsWhiteSpace(_text[end]) && _text[end] != '('))
        {
            return false;
        }

        _at = end;
        return true;
    }

    private bool Take(char expected)
    {
        SkipSpace();
        if (!Peek(expected))
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool Peek(char expected) => _at < _text.Length && _text[_at] == expected;

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private Failure Expected(string what) => QueryFailures.Syntax(Name, what, _at);

    // Where a filter in brackets begins.
    private sealed record SearchFilterStep(int Start);
}
