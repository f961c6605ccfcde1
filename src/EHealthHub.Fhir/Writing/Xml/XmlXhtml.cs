using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Writing.Xml;

/// <summary>The string of a narrative as the XHTML element that it is. The validator saw to it that it is well-formed; here only what XML alone would not know is replaced: HTML's named entities, and characters that XML does not have.</summary>
internal static class XmlXhtml
{
    private static readonly SearchValues<byte> Special =
        SearchValues.Create([0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, (byte)'&', 0xEF]);

    private static readonly SearchValues<byte> ReferenceCharacters = SearchValues.Create("#0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    public static void Write(ref XmlSink xml, JsonElement div)
    {
        var text = JsonUnescape.Text(div).Trim(" \t\r\n"u8);
        while (true)
        {
            var at = text.IndexOfAny(Special);
            xml.Add(at < 0 ? text : text[..at]);
            if (at < 0)
            {
                return;
            }

            text = text[at..];
            // Only in a comment does an ampersand begin nothing, and stays what it is.
            var end = text[0] == (byte)'&' ? text[1..].IndexOfAnyExcept(ReferenceCharacters) + 1 : 0;
            if (end > 1 && text[end] == (byte)';')
            {
                Reference(ref xml, text[..(end + 1)]);
                text = text[(end + 1)..];
                continue;
            }

            var isForbidden = XmlCharacters.IsForbidden(text, out var length);
            xml.Add(isForbidden ? "\uFFFD"u8 : text[..1]);
            text = text[Math.Max(1, length)..];
        }
    }

    private static void Reference(ref XmlSink xml, ReadOnlySpan<byte> reference)
    {
        if (reference.StartsWith("&#"u8))
        {
            xml.Add(IsCharacter(reference[2..^1]) ? reference : "\uFFFD"u8);
        }
        else if (reference.SequenceEqual("&amp;"u8) || reference.SequenceEqual("&lt;"u8) || reference.SequenceEqual("&gt;"u8) || reference.SequenceEqual("&quot;"u8) || reference.SequenceEqual("&apos;"u8))
        {
            xml.Add(reference);
        }
        else
        {
            xml.Add(Encoding.UTF8.GetBytes(WebUtility.HtmlDecode(Encoding.UTF8.GetString(reference))));
        }
    }

    private static bool IsCharacter(ReadOnlySpan<byte> digits)
    {
        var isHex = digits.StartsWith("x"u8);
        return uint.TryParse(isHex ? digits[1..] : digits, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var code) && XmlCharacters.IsCharacter(code);
    }
}
