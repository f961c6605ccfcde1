using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace EHealthHub.Fhir.Search.Expressions;

/// <summary>
/// Reads the part of FHIRPath that R4's search parameters are written in: paths, unions, <c>as</c>, <c>as()</c>, <c>ofType()</c>, <c>[0]</c>, <c>where(child='literal')</c>,
/// <c>where(resolve() is Type)</c>, <c>extension('url')</c> and <c>X.exists() and X != false</c>. Whatever else it meets, it refuses with a reason instead of guessing.
/// </summary>
internal sealed class ExpressionParser
{
    private readonly string _text;
    private int _at;

    private ExpressionParser(string text) => _text = text;

    /// <summary>True with the alternatives in the order written; false with what was not understood.</summary>
    internal static bool TryParse(string expression, out ImmutableArray<SearchPath> paths, [NotNullWhen(false)] out string? reason)
    {
        var parser = new ExpressionParser(expression);
        var found = ImmutableArray.CreateBuilder<SearchPath>();
        if (!parser.Union(found))
        {
            paths = [];
            reason = $"not understood at character {parser._at}";
            return false;
        }

        parser.SkipSpace();
        paths = found.ToImmutable();
        reason = parser._at == expression.Length ? null : $"not understood at character {parser._at}";
        return reason is null;
    }

    private bool Union(ImmutableArray<SearchPath>.Builder found)
    {
        do
        {
            if (!Term(found))
            {
                return false;
            }
        }
        while (Take('|'));
        return true;
    }

    // term := postfix { "as" Type } [ "and" postfix "!= false" ]
    private bool Term(ImmutableArray<SearchPath>.Builder found)
    {
        var term = ImmutableArray.CreateBuilder<SearchPath>();
        if (!Postfix(term, out var exists))
        {
            return false;
        }

        if (exists)
        {
            return Presence(term, found);
        }

        while (TakeWord("as"))
        {
            if (!Name(out var type))
            {
                return false;
            }

            Append(term, new PathStep(StepKind.As, type));
        }

        found.AddRange(term);
        return true;
    }

    private bool Presence(ImmutableArray<SearchPath>.Builder present, ImmutableArray<SearchPath>.Builder found)
    {
        var compared = ImmutableArray.CreateBuilder<SearchPath>();
        if (!TakeWord("and") || !Postfix(compared, out var exists) || exists || !Take('!') || !Take('=') || !TakeWord("false")
            || present.Count != 1 || compared.Count != 1 || !present[0].SameWayAs(compared[0]))
        {
            return false;
        }

        found.Add(present[0] with { IsPresence = true });
        return true;
    }

    private bool Postfix(ImmutableArray<SearchPath>.Builder term, out bool exists)
    {
        exists = false;
        if (Take('('))
        {
            if (!Union(term) || !Take(')'))
            {
                return false;
            }
        }
        else if (Name(out var name))
        {
            term.Add(char.IsAsciiLetterUpper(name[0]) ? new SearchPath(name, []) : new SearchPath(null, [new PathStep(StepKind.Child, name)]));
        }
        else
        {
            return false;
        }

        while (true)
        {
            if (Take('['))
            {
                if (!Take('0') || !Take(']'))
                {
                    return false;
                }

                Append(term, new PathStep(StepKind.First, "0"));
            }
            else if (Take('.'))
            {
                if (!Name(out var name))
                {
                    return false;
                }

                if (!Take('('))
                {
                    Append(term, new PathStep(StepKind.Child, name));
                }
                else if (name == "extension")
                {
                    // extension('url') is short for extension.where(url='url').
                    if (!Literal(out var url) || !Take(')'))
                    {
                        return false;
                    }

                    Append(term, new PathStep(StepKind.Child, name));
                    Append(term, new PathStep(StepKind.WhereEquals, "url", url));
                }
                else if (name == "exists")
                {
                    exists = true;
                    return Take(')');
                }
                else if (!Function(name, out var step) || !Take(')'))
                {
                    return false;
                }
                else
                {
                    Append(term, step);
                }
            }
            else
            {
                return true;
            }
        }
    }

    // The bracket is open already; the caller closes it.
    private bool Function(string name, out PathStep step)
    {
        step = default;
        if (name is "as" or "ofType")
        {
            var known = Name(out var type);
            step = new PathStep(StepKind.As, type);
            return known;
        }

        if (name != "where" || !Name(out var child))
        {
            return false;
        }

        if (child == "resolve")
        {
            var target = "";
            var known = Take('(') && Take(')') && TakeWord("is") && Name(out target);
            step = new PathStep(StepKind.WhereResolves, target);
            return known;
        }

        var compared = Take('=') && Literal(out var literal) ? literal : null;
        step = new PathStep(StepKind.WhereEquals, child, compared ?? "");
        return compared is not null;
    }

    private bool Literal([NotNullWhen(true)] out string? literal)
    {
        literal = null;
        if (!Take('\''))
        {
            return false;
        }

        var end = _text.IndexOf('\'', _at);
        if (end < 0 || _text.AsSpan(_at, end - _at).Contains('\\'))
        {
            return false;
        }

        literal = _text[_at..end];
        _at = end + 1;
        return true;
    }

    private bool Name(out string name)
    {
        SkipSpace();
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'))
        {
            _at++;
        }

        name = _text[start.._at];
        return name.Length > 0 && !char.IsAsciiDigit(name[0]);
    }

    private bool TakeWord(string word)
    {
        SkipSpace();
        var before = _at;
        if (Name(out var name) && name == word)
        {
            return true;
        }

        _at = before;
        return false;
    }

    private bool Take(char expected)
    {
        SkipSpace();
        if (_at < _text.Length && _text[_at] == expected)
        {
            _at++;
            return true;
        }

        return false;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private static void Append(ImmutableArray<SearchPath>.Builder paths, PathStep step)
    {
        for (var i = 0; i < paths.Count; i++)
        {
            paths[i] = paths[i].Then(step);
        }
    }
}
