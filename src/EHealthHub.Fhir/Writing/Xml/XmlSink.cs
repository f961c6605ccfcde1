using System.Buffers;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Writing.Xml;

/// <summary>Bytes of XML into an output, with few calls to it.</summary>
internal ref struct XmlSink(IBufferWriter<byte> output)
{
    private const int Chunk = 4_096;
    private static readonly SearchValues<byte> Special =
        SearchValues.Create([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, (byte)'"', (byte)'&', (byte)'<', (byte)'>', 0xEF]);

    private Span<byte> _span = output.GetSpan(Chunk);
    private int _used;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.TryCopyTo(_span[_used..]))
        {
            Flush(bytes.Length);
            bytes.CopyTo(_span);
        }

        _used += bytes.Length;
    }

    /// <summary>Names of R4, which are ASCII.</summary>
    public void Add(string name)
    {
        if (_span.Length - _used < name.Length)
        {
            Flush(name.Length);
        }

        _used += Encoding.ASCII.GetBytes(name, _span[_used..]);
    }

    /// <summary>Hands everything over.</summary>
    public void Flush(int next = 0)
    {
        output.Advance(_used);
        _used = 0;
        _span = output.GetSpan(Math.Max(next, Chunk));
    }

    /// <summary>The inside of an attribute's value: a JSON value with its escapes undone and XML's put in.</summary>
    public void Attribute(ReadOnlySpan<byte> raw)
    {
        if (!raw.StartsWith("\""u8))
        {
            Add(raw);
            return;
        }

        raw = raw[1..^1];
        if (!raw.Contains((byte)'\\'))
        {
            Escape(raw);
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(raw.Length);
        Escape(JsonUnescape.Into(raw, buffer));
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
    }

    private void Escape(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var at = text.IndexOfAny(Special);
            Add(at < 0 ? text : text[..at]);
            if (at < 0)
            {
                return;
            }

            text = text[at..];
            var length = XmlCharacters.IsForbidden(text, out var forbidden) ? forbidden : 1;
            Add(length > 1 || forbidden == 1 ? "\uFFFD"u8 : Escaped(text[..1]));
            text = text[length..];
        }
    }

    private static ReadOnlySpan<byte> Escaped(ReadOnlySpan<byte> special) => special[0] switch
    {
        (byte)'&' => "&amp;"u8,
        (byte)'<' => "&lt;"u8,
        (byte)'>' => "&gt;"u8,
        (byte)'"' => "&quot;"u8,
        (byte)'\t' => "&#9;"u8,
        (byte)'\n' => "&#10;"u8,
        (byte)'\r' => "&#13;"u8,
        _ => special,
    };
}
