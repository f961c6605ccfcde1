namespace EHealthHub.Fhir.Writing;

/// <summary>
/// Finds the values of href and src attributes in the XHTML of a narrative: as it stands in JSON, so that everything around a rewritten link keeps its bytes; or, where other escapes stand in it than that of the quote, without JSON's escapes.
/// </summary>
/// <param name="xhtml">The text.</param>
/// <param name="quote">How the double quote is written.</param>
internal ref struct NarrativeLinks(ReadOnlySpan<byte> xhtml, ReadOnlySpan<byte> quote)
{
    private readonly ReadOnlySpan<byte> _quote = quote;
    private readonly ReadOnlySpan<byte> _xhtml = xhtml;
    private int _at;

    /// <summary>Offset of the value found.</summary>
    public int Start { get; private set; }

    /// <summary>Bytes of the value found.</summary>
    public int Length { get; private set; }

    /// <summary>Goes to the next value.</summary>
    public bool Next()
    {
        while (_at < _xhtml.Length)
        {
            var equals = _xhtml[_at..].IndexOf((byte)'=');
            if (equals < 0)
            {
                return false;
            }

            var name = _xhtml.Slice(_at, equals).TrimEnd((byte)' ');
            _at += equals + 1;
            if ((name.EndsWith("href"u8) || name.EndsWith("src"u8)) && Quoted())
            {
                return true;
            }
        }

        return false;
    }

    private bool Quoted()
    {
        var rest = _xhtml[_at..];
        var spaces = rest.IndexOfAnyExcept((byte)' ');
        rest = spaces < 0 ? default : rest[spaces..];
        ReadOnlySpan<byte> quote = rest.StartsWith(_quote) ? _quote : rest.StartsWith("'"u8) ? "'"u8 : default;
        var length = quote.IsEmpty ? -1 : rest[quote.Length..].IndexOf(quote);
        if (length < 0)
        {
            return false;
        }

        Start = _at + spaces + quote.Length;
        Length = length;
        _at = Start + length + quote.Length;
        return true;
    }
}
