using System.Buffers;

namespace EHealthHub.Audit.Entries;

/// <summary>How a text is written: half of all texts of an entry are UUIDs or hex digests, which take half the bytes when they are written as what they are.</summary>
internal enum TextForm
{
    /// <summary>UTF-8.</summary>
    Utf8 = 0,

    /// <summary>A UUID in lower case with hyphens, as its 16 bytes in the order of the text.</summary>
    Uuid = 1,

    /// <summary>Lower-case hex, 32 to 512 characters, an even number, as bytes.</summary>
    Hex = 2,
}

internal static class PackedText
{
    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    public const int HexCharsMin = 32;
    public const int HexCharsMax = 512;

    /// <summary>The one form in which a text is written.</summary>
    public static TextForm FormOf(ReadOnlySpan<char> text)
    {
        if (text.Length == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-'
            && IsHex(text[..8]) && IsHex(text[9..13]) && IsHex(text[14..18]) && IsHex(text[19..23]) && IsHex(text[24..]))
        {
            return TextForm.Uuid;
        }

        return text.Length is >= HexCharsMin and <= HexCharsMax && text.Length % 2 == 0 && IsHex(text) ? TextForm.Hex : TextForm.Utf8;
    }

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(s_hex);
}
