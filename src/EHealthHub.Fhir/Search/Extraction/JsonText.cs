using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Search.Packing;

namespace EHealthHub.Fhir.Search.Extraction;

/// <summary>Reads strings out of <see cref="JsonElement"/> without making a new string for what the hub knows by heart.</summary>
internal static class JsonText
{
    /// <summary>The text of a JSON string; null for any other value and for an empty string.</summary>
    internal static string? Of(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var raw = JsonMarshal.GetRawUtf8Value(element)[1..^1];
        if (raw.IsEmpty)
        {
            return null;
        }

        return raw.Contains((byte)'\\') ? Escaped(element, raw) : KnownStrings.Find(raw) ?? Encoding.UTF8.GetString(raw);
    }

    // A lone surrogate can be written with escapes alone. It is no text, and asking for it would throw.
    private static string? Escaped(JsonElement element, ReadOnlySpan<byte> raw)
    {
        var expectsLow = false;
        for (var i = 0; i < raw.Length; i++)
        {
            var unit = '\0';
            if (raw[i] == '\\' && raw[++i] == 'u' && Utf8Parser.TryParse(raw.Slice(i + 1, 4), out ushort hex, out _, 'x'))
            {
                unit = (char)hex;
                i += 4;
            }

            if (char.IsLowSurrogate(unit) != expectsLow)
            {
                return null;
            }

            expectsLow = char.IsHighSurrogate(unit);
        }

        return expectsLow ? null : element.GetString();
    }

    /// <summary>The text of a member, as <see cref="Of(JsonElement)"/>.</summary>
    internal static string? Of(JsonElement parent, ReadOnlySpan<byte> member) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(member, out var value) ? Of(value) : null;

    /// <summary>True when the member's name is the one given, however it is escaped.</summary>
    internal static bool NameIs(JsonProperty property, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> name) =>
        raw.SequenceEqual(name) || (raw.Contains((byte)'\\') && property.NameEquals(name));
}
