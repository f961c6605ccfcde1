using System.Globalization;

namespace EHealthHub.Fhir.Writing;

/// <summary>How the hub writes a point in time: UTC with exactly six fractional digits, so that the text sorts as the time does.</summary>
public static class Instant
{
    /// <summary>Bytes of every instant.</summary>
    public const int Length = 27;

    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>For example <c>2026-11-24T06:33:00.000000Z</c>.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Writes the <see cref="Length"/> bytes of the text.</summary>
    internal static void Write(DateTimeOffset time, Span<byte> output) => time.UtcDateTime.TryFormat(output, out _, Format, CultureInfo.InvariantCulture);
}
