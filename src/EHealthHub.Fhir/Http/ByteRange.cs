using System.Globalization;

namespace EHealthHub.Fhir.Http;

/// <summary>One range of bytes (RFC 9110, 14.1.2).</summary>
/// <param name="From">First byte.</param>
/// <param name="Count">How many, at least 1; 0 for a range that lies beyond the end (416).</param>
public readonly record struct ByteRange(long From, long Count)
{
    /// <summary>
    /// Reads a Range header over content of <paramref name="length"/> bytes. Null where the whole is to be sent: no header, another unit, several ranges, or what is not understood, all of which a server may ignore.
    /// </summary>
    public static ByteRange? Parse(string? header, long length)
    {
        const string unit = "bytes=";
        if (header is null || !header.StartsWith(unit, StringComparison.OrdinalIgnoreCase) || header.Contains(',', StringComparison.Ordinal))
        {
            return null;
        }

        var range = header.AsSpan(unit.Length).Trim();
        var dash = range.IndexOf('-');
        if (dash < 0)
        {
            return null;
        }

        var first = range[..dash];
        var second = range[(dash + 1)..];
        if (first.IsEmpty)
        {
            return !TryRead(second, out var last) ? null : last == 0 || length == 0 ? new ByteRange(0, 0) : new ByteRange(Math.Max(0, length - last), Math.Min(last, length));
        }

        if (!TryRead(first, out var from))
        {
            return null;
        }

        var to = long.MaxValue;
        if (!second.IsEmpty && (!TryRead(second, out to) || to < from))
        {
            return null;
        }

        return from >= length ? new ByteRange(0, 0) : new ByteRange(from, Math.Min(to, length - 1) - from + 1);
    }

    private static bool TryRead(ReadOnlySpan<char> text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
