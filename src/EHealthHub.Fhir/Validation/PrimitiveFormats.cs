using System.Buffers;
using System.Buffers.Text;

namespace EHealthHub.Fhir.Validation;

/// <summary>The lexical forms of R4's primitive types (2.24.0.1), decided over UTF-8 without JSON escapes and without allocating. Dates are in <see cref="FhirTime"/>.</summary>
internal static class PrimitiveFormats
{
    /// <summary>Longest string and markdown in characters (R4: 1024*1024).</summary>
    public const int StringMax = 1024 * 1024;

    private const int DecimalLengthMax = 64;
    private static readonly SearchValues<byte> Whitespace = SearchValues.Create(" \t\r\n\f\v"u8);
    private static readonly SearchValues<byte> IdCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."u8);
    private static readonly SearchValues<byte> MimeCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&-^_.+*"u8);
    private static readonly SearchValues<byte> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    /// <summary>True when the text has the form of the string-valued type <paramref name="kind"/>.</summary>
    public static bool IsText(PrimitiveKind kind, ReadOnlySpan<byte> text) => kind switch
    {
        PrimitiveKind.Code => IsCode(text),
        PrimitiveKind.Id => IsId(text),
        PrimitiveKind.Uri or PrimitiveKind.Url or PrimitiveKind.Canonical => text.IndexOfAny(Whitespace) < 0,
        PrimitiveKind.Oid => IsOid(text),
        PrimitiveKind.Uuid => IsUuid(text),
        PrimitiveKind.Date => FhirTime.TryDate(text, out _),
        PrimitiveKind.DateTime => FhirTime.TryDateTime(text, out _),
        PrimitiveKind.Instant => FhirTime.TryInstant(text, out _),
        PrimitiveKind.Time => FhirTime.IsTime(text),
        PrimitiveKind.Base64Binary => IsBase64(text),
        _ => true,
    };

    /// <summary>A type and a subtype, with or without parameters (RFC 6838, RFC 2045).</summary>
    public static bool IsMime(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)';');
        var name = end < 0 ? text : text[..end].TrimEnd((byte)' ');
        var slash = name.IndexOf((byte)'/');
        return slash > 0 && slash < name.Length - 1 && name[..slash].IndexOfAnyExcept(MimeCharacters) < 0 && name[(slash + 1)..].IndexOfAnyExcept(MimeCharacters) < 0 && text.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0;
    }

    /// <summary>1 to 64 letters, digits, hyphens and dots.</summary>
    public static bool IsId(ReadOnlySpan<byte> text) => text.Length is >= 1 and <= 64 && text.IndexOfAnyExcept(IdCharacters) < 0;

    /// <summary>No whitespace but single spaces inside.</summary>
    public static bool IsCode(ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAny(Whitespace) < 0)
        {
            return true;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (Whitespace.Contains(text[i]) && (text[i] != (byte)' ' || i == 0 || i == text.Length - 1 || text[i - 1] == (byte)' '))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>An integer as JSON writes it, within 32 bits: no fraction, no exponent, no minus zero.</summary>
    public static bool TryInteger(ReadOnlySpan<byte> number, out int value) =>
        Utf8Parser.TryParse(number, out value, out var consumed) && consumed == number.Length && !number.SequenceEqual("-0"u8);

    /// <summary>A decimal whose size the hub can search by: within .NET's decimal. Its digits are kept as they came.</summary>
    public static bool IsDecimal(ReadOnlySpan<byte> number) =>
        number.Length <= DecimalLengthMax
        && Utf8Parser.TryParse(number, out decimal _, out var consumed, number.IndexOfAny((byte)'e', (byte)'E') >= 0 ? 'e' : default) && consumed == number.Length;

    private static bool IsOid(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("urn:oid:"u8) || text.Length < 11 || text[8] is < (byte)'0' or > (byte)'2' || text[9] != (byte)'.')
        {
            return false;
        }

        var arcs = text[10..];
        while (true)
        {
            var dot = arcs.IndexOf((byte)'.');
            var arc = dot < 0 ? arcs : arcs[..dot];
            if (arc.IsEmpty || arc.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0 || (arc[0] == (byte)'0' && arc.Length > 1))
            {
                return false;
            }

            if (dot < 0)
            {
                return true;
            }

            arcs = arcs[(dot + 1)..];
        }
    }

    private static bool IsUuid(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("urn:uuid:"u8) || text.Length != 45)
        {
            return false;
        }

        for (var i = 9; i < 45; i++)
        {
            var dash = i is 17 or 22 or 27 or 32;
            if (dash ? text[i] != (byte)'-' : text[i] is not (>= (byte)'0' and <= (byte)'9' or >= (byte)'a' and <= (byte)'f'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Groups of four, padded at the end; whitespace anywhere, as R4's pattern and many senders have it.</summary>
    private static bool IsBase64(ReadOnlySpan<byte> text)
    {
        var digits = 0L;
        var padding = 0;
        while (!text.IsEmpty)
        {
            var run = text.IndexOfAnyExcept(Base64);
            if (run != 0 && padding > 0)
            {
                return false;
            }

            digits += run < 0 ? text.Length : run;
            if (run < 0)
            {
                break;
            }

            if (text[run] == (byte)'=')
            {
                padding++;
            }
            else if (!Whitespace.Contains(text[run]))
            {
                return false;
            }

            text = text[(run + 1)..];
        }

        return digits > 0 && padding <= 2 && (digits + padding) % 4 == 0;
    }
}
