using System.Buffers;
using System.Text;
using System.Xml;

namespace EHealthHub.Fhir.Reading.Xml;

/// <summary>Text of XML nodes as the inside of a JSON string: chunk by chunk, so that a long value is never a string of its own.</summary>
internal sealed class XmlText(XmlReader xml) : IDisposable
{
    private const int Chunk = 4_096;
    private static readonly SearchValues<char> Json = SearchValues.Create(Controls + "\"\\");
    private static readonly SearchValues<char> Markup = SearchValues.Create(Controls + "\"\\&<>");
    private char[] _chunk = ArrayPool<char>.Shared.Rent(Chunk);

    private const string Controls =
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000A\u000B\u000C\u000D\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F";

    /// <summary>The value of the current node, escaped for JSON.</summary>
    public void Value(PooledBuffer json) => Copy(json, Json, isAttribute: false);

    /// <summary>The current text node or attribute of a narrative, escaped for XHTML and that for JSON.</summary>
    public void Xhtml(PooledBuffer json, bool isAttribute) => Copy(json, Markup, isAttribute);

    /// <summary>True when the current text is only whitespace: the XML reader takes a very long run of it for text.</summary>
    public bool IsBlank()
    {
        int count;
        while ((count = xml.ReadValueChunk(_chunk, 0, Chunk)) > 0)
        {
            if (_chunk.AsSpan(0, count).IndexOfAnyExcept(" \t\r\n") >= 0)
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_chunk, clearArray: true);
        _chunk = [];
    }

    private void Copy(PooledBuffer json, SearchValues<char> special, bool isAttribute)
    {
        var kept = 0;
        int count;
        while ((count = xml.ReadValueChunk(_chunk, kept, Chunk - kept)) > 0)
        {
            var length = kept + count;

            // Half a character waits for its other half.
            kept = char.IsHighSurrogate(_chunk[length - 1]) ? 1 : 0;
            Escape(json, _chunk.AsSpan(0, length - kept), special, isAttribute);
            _chunk[0] = _chunk[length - 1];
        }
    }

    private static void Escape(PooledBuffer json, ReadOnlySpan<char> text, SearchValues<char> special, bool isAttribute)
    {
        while (true)
        {
            var at = text.IndexOfAny(special);
            var plain = at < 0 ? text : text[..at];
            json.Advance(Encoding.UTF8.GetBytes(plain, json.GetSpan(plain.Length * 3)));
            if (at < 0)
            {
                return;
            }

            json.Add(Escaped(text[at], ReferenceEquals(special, Markup), isAttribute));
            text = text[(at + 1)..];
        }
    }

    private static ReadOnlySpan<byte> Escaped(char special, bool isMarkup, bool isAttribute) => special switch
    {
        '&' => "&amp;"u8,
        '<' => "&lt;"u8,
        '>' => isAttribute ? ">"u8 : "&gt;"u8,
        '"' => isMarkup && isAttribute ? "&quot;"u8 : "\\\""u8,
        '\\' => "\\\\"u8,
        '\n' => isMarkup && isAttribute ? "&#10;"u8 : "\\n"u8,
        '\t' => isMarkup && isAttribute ? "&#9;"u8 : "\\t"u8,
        '\r' => isMarkup ? "&#13;"u8 : "\\r"u8,

        // XML has no other control characters, so none arrives here.
        _ => "\\uFFFD"u8,
    };
}
