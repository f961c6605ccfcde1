namespace EHealthHub.Fhir.Search.Matching;

/// <summary>An expression over words, asked of a text that <see cref="BodyWords"/> has made ready.</summary>
internal abstract class TextExpression
{
    private const int DepthMax = 16;

    /// <summary>The expression; null for what is none.</summary>
    internal static TextExpression? Parse(string text)
    {
        var parser = new Parser(text);
        return parser.Any(0) is { } expression && parser.AtEnd ? expression : null;
    }

    /// <summary>True when the words hold it. <paramref name="words"/>: folded words with a space before, between and after them.</summary>
    internal abstract bool Holds(string words);

    private sealed class Phrase(string words) : TextExpression
    {
        internal override bool Holds(string other) => other.Contains(words, StringComparison.Ordinal);
    }

    private sealed class All(List<TextExpression> parts) : TextExpression
    {
        internal override bool Holds(string words) => parts.TrueForAll(p => p.Holds(words));
    }

    private sealed class AnyOne(List<TextExpression> parts) : TextExpression
    {
        internal override bool Holds(string words) => parts.Exists(p => p.Holds(words));
    }

    private sealed class Not(TextExpression part) : TextExpression
    {
        internal override bool Holds(string words) => !part.Holds(words);
    }

    private sealed class Parser(string text)
    {
        private int _at;

        internal bool AtEnd
        {
            get
            {
                SkipSpace();
                return _at == text.Length;
            }
        }

        internal TextExpression? Any(int depth)
        {
            var parts = new List<TextExpression>();
            do
            {
                if (depth > DepthMax || Every(depth) is not { } part)
                {
                    return null;
                }

                parts.Add(part);
            }
            while (Take("OR"));
            return parts.Count == 1 ? parts[0] : new AnyOne(parts);
        }

        private TextExpression? Every(int depth)
        {
            var parts = new List<TextExpression>();
            do
            {
                if (One(depth) is not { } part)
                {
                    return null;
                }

                parts.Add(part);
            }
            while (Take("AND") || !(AtEnd || text[_at] == ')' || Peek("OR")));
            return parts.Count == 1 ? parts[0] : new All(parts);
        }

        private TextExpression? One(int depth)
        {
            if (Take("NOT"))
            {
                return depth < DepthMax && One(depth + 1) is { } negated ? new Not(negated) : null;
            }

            if (AtEnd || text[_at] == ')' || Peek("OR") || Peek("AND"))
            {
                return null;
            }

            if (text[_at] == '(')
            {
                _at++;
                var inner = Any(depth + 1);
                return inner is not null && !AtEnd && text[_at++] == ')' ? inner : null;
            }

            return text[_at] == '"' ? Quoted() : Word();
        }

        private Phrase? Quoted()
        {
            var end = text.IndexOf('"', _at + 1);
            if (end < 0)
            {
                return null;
            }

            var words = BodyWords.Fold(text[(_at + 1)..end]);
            _at = end + 1;
            return words.Length > 1 ? new Phrase(words) : null;
        }

        private Phrase? Word()
        {
            var start = _at;
            while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && text[_at] is not ('(' or ')' or '"'))
            {
                _at++;
            }

            var word = text[start.._at];
            var words = BodyWords.Fold(word);
            return words.Length > 1 ? new Phrase(word.EndsWith('*') ? words[..^1] : words) : null;
        }

        private bool Take(string word)
        {
            if (!Peek(word))
            {
                return false;
            }

            _at += word.Length;
            return true;
        }

        private bool Peek(string word)
        {
            SkipSpace();
            var end = _at + word.Length;
            return string.CompareOrdinal(text, _at, word, 0, word.Length) == 0 && (end == text.Length || char.IsWhiteSpace(text[end]) || text[end] is '(' or ')' or '"');
        }

        private void SkipSpace()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }
        }
    }
}
