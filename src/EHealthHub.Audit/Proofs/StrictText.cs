using System.Globalization;
using System.Text;

namespace EHealthHub.Audit.Proofs;

/// <summary>Reading of numbers, base64 and UTF-8 that accepts exactly one spelling of every value, so that no changed byte goes unnoticed.</summary>
internal static class StrictText
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>UTF-8 without control characters other than newline; null for anything else.</summary>
    public static string? FromUtf8(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            if (b < 0x20 && b != (byte)'\n')
            {
                return null;
            }
        }

        try
        {
            return s_utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>A decimal without sign, spaces or leading zeros.</summary>
    public static bool TryDecimal(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && (text.Length == 1 || text[0] != '0');

    /// <summary>Standard base64 with padding, whose unused bits are zero; null for anything else.</summary>
    public static byte[]? FromBase64(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length / 4 * 3];
        if (text.Length % 4 != 0 || !Convert.TryFromBase64Chars(text, bytes, out var written))
        {
            return null;
        }

        bytes = bytes[..written];
        return text.SequenceEqual(Convert.ToBase64String(bytes)) ? bytes : null;
    }
}
