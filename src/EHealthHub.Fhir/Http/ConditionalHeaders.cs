using System.Globalization;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Http;

/// <summary>The conditions of a request that are no version tags.</summary>
public static class ConditionalHeaders
{
    private const int QueryMax = 2_048;

    /// <summary>The three forms of a date in HTTP (RFC 9110, 5.6.7), the last two of which are only read.</summary>
    private static readonly string[] DateForms = ["ddd, dd MMM yyyy HH:mm:ss 'GMT'", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy"];

    /// <summary>If-Modified-Since. Null for what is no date, which HTTP asks to ignore (RFC 9110, 13.1.3).</summary>
    public static DateTimeOffset? IfModifiedSince(string? header) =>
        DateTimeOffset.TryParseExact(header?.Trim(), DateForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowInnerWhite, out var time) ? time : null;

    /// <summary>True when a resource that was last changed at <paramref name="lastUpdated"/> counts as unchanged since; HTTP's dates have no fractions of a second.</summary>
    public static bool IsUnchangedSince(DateTimeOffset lastUpdated, DateTimeOffset since) => lastUpdated.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds();

    /// <summary>The search that If-None-Exist holds: the part of the URL behind the question mark, which may be sent along (R4, 3.1.0.8.1). 400 when it is empty, too long, or an address.</summary>
    public static Result<string> IfNoneExist(string header)
    {
        var query = header.Trim();
        query = query.StartsWith('?') ? query[1..] : query;
        return query.Length is 0 or > QueryMax || !query.Contains('=', StringComparison.Ordinal) || query.AsSpan().IndexOfAnyInRange('\u0000', ' ') >= 0 || query.AsSpan(0, query.IndexOf('=', StringComparison.Ordinal)).IndexOfAny('/', '?') >= 0
            ? Failure.Of(400, "invalid", "header-invalid", $"If-None-Exist holds only the search parameters, for example identifier=urn:oid:1.2|3, at most {QueryMax} characters.", "If-None-Exist")
            : query;
    }
}
