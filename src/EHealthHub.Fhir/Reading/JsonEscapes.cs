using System.Buffers;
using System.Globalization;

namespace EHealthHub.Fhir.Reading;

/// <summary>Escapes inside a JSON string whose form the JSON reader has checked already.</summary>
internal static class JsonEscapes
{
    /// <summary>True when a <c>\u</c> escape of a high surrogate is not followed by one of a low surrogate, or a low one comes alone: such a string has no meaning in UTF-8.</summary>
    public static bool HasLoneSurrogate(ReadOnlySpan<byte> raw)
    {
        while (true)
        {
            var at = raw.IndexOf((byte)'\\');
            if (at < 0)
            {
                return false;
            }

            if (raw[at + 1] != (byte)'u')
            {
                raw = raw[(at + 2)..];
                continue;
            }

            var unit = Unit(raw[(at + 2)..]);
            raw = raw[(at + 6)..];
            if (char.IsLowSurrogate(unit))
            {
                return true;
            }

            if (char.IsHighSurrogate(unit))
            {
                if (raw.Length < 6 || raw[0] != (byte)'\\' || raw[1] != (byte)'u' || !char.IsLowSurrogate(Unit(raw[2..])))
                {
                    return true;
                }

                raw = raw[6..];
            }
        }
    }

    /// <summary>The code unit of the four hexadecimal digits that begin <paramref name="digits"/>.</summary>
    public static char Unit(ReadOnlySpan<byte> digits) => (char)ushort.Parse(digits[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
