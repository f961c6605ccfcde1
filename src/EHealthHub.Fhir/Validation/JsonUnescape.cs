using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Validation;

/// <summary>Undoes the escapes of a JSON string that the reader accepted.</summary>
internal static class JsonUnescape
{
    /// <summary>The text of a JSON string: its own bytes where it has no escapes, else a copy.</summary>
    public static ReadOnlySpan<byte> Text(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        return raw.Contains((byte)'\\') ? Into(raw, new byte[raw.Length]) : raw;
    }

    /// <summary>The text of <paramref name="raw"/> in <paramref name="output"/>, which is at least as long.</summary>
    public static ReadOnlySpan<byte> Into(ReadOnlySpan<byte> raw, Span<byte> output)
    {
        var written = 0;
        while (true)
        {
            var at = raw.IndexOf((byte)'\\');
            var plain = at < 0 ? raw : raw[..at];
            plain.CopyTo(output[written..]);
            written += plain.Length;
            if (at < 0)
            {
                return output[..written];
            }

            raw = raw[(at + 1)..];
            if (raw[0] != (byte)'u')
            {
                output[written++] = Short(raw[0]);
                raw = raw[1..];
                continue;
            }

            var unit = JsonEscapes.Unit(raw[1..]);
            raw = raw[5..];
            var rune = char.IsHighSurrogate(unit) ? new Rune(unit, JsonEscapes.Unit(raw[2..])) : new Rune(unit);
            raw = char.IsHighSurrogate(unit) ? raw[6..] : raw;
            written += rune.EncodeToUtf8(output[written..]);
        }
    }

    private static byte Short(byte escape) => escape switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => escape,
    };
}
