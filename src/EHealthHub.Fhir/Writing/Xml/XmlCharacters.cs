namespace EHealthHub.Fhir.Writing.Xml;

/// <summary>What XML 1.0 counts as a character (its production 2).</summary>
internal static class XmlCharacters
{
    /// <summary>True when UTF-8 begins with a character that XML does not have; <paramref name="length"/> is its bytes, else 0.</summary>
    public static bool IsForbidden(ReadOnlySpan<byte> utf8, out int length)
    {
        length = utf8[0] < 0x20 && utf8[0] is not ((byte)'\t' or (byte)'\n' or (byte)'\r') ? 1
            : utf8.StartsWith("\uFFFE"u8) || utf8.StartsWith("\uFFFF"u8) ? 3
            : 0;
        return length > 0;
    }

    /// <summary>True when a numeric reference may name the code point.</summary>
    public static bool IsCharacter(uint code) => code is 0x9 or 0xA or 0xD or (>= 0x20 and <= 0xD7FF) or (>= 0xE000 and <= 0xFFFD) or (>= 0x10000 and <= 0x10FFFF);
}
