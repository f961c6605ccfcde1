using System.Buffers;

namespace EHealthHub.Fhir.Validation;

/// <summary>
/// Reads the XHTML of a narrative (R4 2.4.0, invariants txt-1 and txt-2): one div, well-formed, with only the elements and attributes of basic formatting, and something to see. No script, event handler, form, frame, style sheet or active link gets
/// through. A parser of just this subset: no DTD, no processing instruction, no CDATA, so nothing can expand or be fetched.
/// </summary>
internal ref struct NarrativeCheck
{
    private const int DepthMax = 100;
    private const int AttributesMax = 32;
    private const string Malformed = "narrative-malformed";
    private const string Unsafe = "narrative-unsafe";

    private readonly ReadOnlySpan<byte> _text;
    private readonly Span<(int Start, int Length)> _open;
    private int _at;
    private int _depth;
    private bool _visible;

    private NarrativeCheck(ReadOnlySpan<byte> text, Span<(int Start, int Length)> open)
    {
        _text = text;
        _open = open;
    }

    /// <summary>Null for a good narrative; else the code and a sentence.</summary>
    public static (string Code, string Text)? Run(ReadOnlySpan<byte> xhtml) =>
        new NarrativeCheck(xhtml.Trim(" \t\r\n"u8), stackalloc (int, int)[DepthMax]).Read();

    private (string Code, string Text)? Read()
    {
        if (!_text.StartsWith("<div"u8))
        {
            return (Malformed, "The narrative is not one div element.");
        }

        do
        {
            if (Step() is { } problem)
            {
                return problem;
            }
        }
        while (_depth > 0);

        return _at < _text.Length ? (Malformed, "Something follows the div of the narrative.")
            : !_visible ? ("txt-2", "The narrative has nothing to see.")
            : null;
    }

    /// <summary>One tag, comment, or run of text.</summary>
    private (string Code, string Text)? Step()
    {
        var rest = _text[_at..];
        if (rest.IsEmpty)
        {
            return (Malformed, "An element of the narrative is not closed.");
        }

        if (rest[0] != (byte)'<')
        {
            return Characters(rest);
        }

        if (rest.StartsWith("<!--"u8))
        {
            var end = rest[4..].IndexOf("--"u8);
            if (end < 0 || !rest[(end + 6)..].StartsWith(">"u8))
            {
                return (Malformed, "A comment in the narrative is not closed.");
            }

            _at += end + 7;
            return null;
        }

        return rest.StartsWith("</"u8) ? Close(rest) : Open(rest);
    }

    private (string Code, string Text)? Characters(ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'<');
        var run = end < 0 ? rest : rest[..end];
        _at += run.Length;
        _visible |= run.IndexOfAnyExcept(" \t\r\n"u8) >= 0;
        return run.IndexOf("]]>"u8) >= 0 || !NarrativeVocabulary.HasGoodReferences(run) ? (Malformed, "The narrative has an ampersand that begins no known character reference.") : null;
    }

    private (string Code, string Text)? Close(ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'>');
        if (end < 0)
        {
            return (Malformed, "A tag of the narrative is not closed.");
        }

        var (start, length) = _open[--_depth];
        _at += end + 1;
        return rest[2..end].TrimEnd(" \t\r\n"u8).SequenceEqual(_text.Slice(start, length)) ? null : (Malformed, "The tags of the narrative do not match.");
    }

    private (string Code, string Text)? Open(ReadOnlySpan<byte> rest)
    {
        var length = rest[1..].IndexOfAnyExcept(NarrativeVocabulary.NameCharacters);
        if (length <= 0)
        {
            return (Malformed, "A tag of the narrative has no name.");
        }

        var name = rest.Slice(1, length);
        if (!NarrativeVocabulary.IsElement(name))
        {
            return (Unsafe, $"The element '{Reading.JsonFrame.Printable(name)}' is not allowed in a narrative.");
        }

        if (_depth == DepthMax)
        {
            return (Malformed, $"The narrative is nested deeper than {DepthMax} elements.");
        }

        _open[_depth++] = (_at + 1, length);
        _visible |= name.SequenceEqual("img"u8);
        _at += 1 + length;
        return Attributes(name);
    }

    private (string Code, string Text)? Attributes(ReadOnlySpan<byte> element)
    {
        var isNamed = _depth > 1;
        Span<(int Start, int Length)> names = stackalloc (int, int)[AttributesMax];
        var count = 0;
        while (true)
        {
            var rest = _text[_at..];
            var spaces = rest.IndexOfAnyExcept(" \t\r\n"u8);
            rest = spaces < 0 ? default : rest[spaces..];
            _at += Math.Max(0, spaces);
            if (rest.StartsWith(">"u8) || rest.StartsWith("/>"u8))
            {
                _depth -= rest[0] == (byte)'/' ? 1 : 0;
                _at += rest[0] == (byte)'/' ? 2 : 1;
                return isNamed ? null : (Malformed, "The div of the narrative is not in the namespace http://www.w3.org/1999/xhtml.");
            }

            if (spaces <= 0 || !TryAttribute(rest, out var name, out var value))
            {
                return (Malformed, "A tag of the narrative is not well-formed.");
            }

            if (NarrativeVocabulary.Problem(element, name, value) is { } problem)
            {
                return (Unsafe, problem);
            }

            // Twice the same is not well-formed, and could not be written as XML.
            foreach (var (start, length) in names[..count])
            {
                if (_text.Slice(start, length).SequenceEqual(name))
                {
                    return (Malformed, "A tag of the narrative has the same attribute twice.");
                }
            }

            if (count == AttributesMax)
            {
                return (Malformed, $"A tag of the narrative has more than {AttributesMax} attributes.");
            }

            names[count++] = (_text.Length - rest.Length, name.Length);
            isNamed |= name.SequenceEqual("xmlns"u8);
        }
    }

    private bool TryAttribute(ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        var length = rest.IndexOfAnyExcept(NarrativeVocabulary.NameCharacters);
        name = length > 0 ? rest[..length] : default;
        var after = length > 0 ? rest[length..].TrimStart(" \t\r\n"u8) : default;
        if (!after.StartsWith("="u8))
        {
            return false;
        }

        after = after[1..].TrimStart(" \t\r\n"u8);
        if (after.IsEmpty || after[0] is not ((byte)'"' or (byte)'\''))
        {
            return false;
        }

        var end = after[1..].IndexOf(after[0]);
        if (end < 0)
        {
            return false;
        }

        value = after.Slice(1, end);
        _at += rest.Length - after.Length + end + 2;
        return !value.Contains((byte)'<') && NarrativeVocabulary.HasGoodReferences(value);
    }
}
