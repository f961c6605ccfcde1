using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange;
using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Writing;
using EHealthHub.Trust;

namespace EHealthHub.Gateway.Pipeline;

/// <summary>What the pipeline learns of a request before an endpoint runs; kept as a feature of the request.</summary>
public sealed class HubRequest
{
    private const int RequestIdMax = 128;

    private HubRequest(string requestId, bool requestIdGiven, string source, string language)
    {
        RequestId = requestId;
        RequestIdGiven = requestIdGiven;
        Source = source;
        Language = language;
    }

    /// <summary>X-Request-Id when it is 1 to 128 visible ASCII characters, else one that the hub gives.</summary>
    public string RequestId { get; }

    /// <summary>True when the caller gave it.</summary>
    public bool RequestIdGiven { get; }

    /// <summary>Remote address prefix: /24 or /48.</summary>
    public string Source { get; }

    /// <summary>tr or en.</summary>
    public string Language { get; }

    /// <summary>The form of the answer; JSON until it was negotiated.</summary>
    public ResponseFormat Format { get; set; } = ResponseFormat.Json;

    /// <summary>True when the answer is for people to read (<c>_pretty</c>).</summary>
    public bool Pretty { get; set; }

    /// <summary>The part of a resource that a read asks for (<c>_summary</c>, <c>_elements</c>).</summary>
    public Subset Subset { get; set; } = Subset.Whole;

    /// <summary>Who, once proven; null on open endpoints.</summary>
    public Caller? Caller { get; set; }

    /// <summary>Receipt of the entry that stands for this request; set before anything is sent.</summary>
    public LogPosition? Receipt { get; set; }

    /// <summary>When to come again, for an answer that says so.</summary>
    public int RetryAfterSeconds { get; set; } = 1;

    /// <summary>Bytes of bodies received and sent for this request, for the quota of its institution.</summary>
    public long BodyBytes { get; set; }

    /// <summary>The request that the error boundary put there, first of all.</summary>
    public static HubRequest Of(HttpContext context) => context.Features.Get<HubRequest>() ?? throw new InvalidOperationException("The error boundary did not run.");

    /// <summary>Reads the request's own marks.</summary>
    public static HubRequest From(HttpContext context, TimeProvider time)
    {
        string? id = context.Request.Headers["X-Request-Id"];
        var given = id is { Length: > 0 and <= RequestIdMax } && id.All(c => c is > ' ' and < '\u007f');
        return new HubRequest(
            given ? id! : Guid.CreateVersion7(time.GetUtcNow()).ToString(), given, Prefix(context.Connection.RemoteIpAddress), LanguageOf(context.Request.Headers.AcceptLanguage.ToString()));
    }

    /// <summary>A copy for work that outlives the request.</summary>
    public HubRequest Copy() => (HubRequest)MemberwiseClone();

    /// <summary>The context of an act; <paramref name="retryHash"/> ties a caller's request id to what it asked for.</summary>
    public ActContext Act(string? retryHash = null) => new(
        Caller ?? throw new InvalidOperationException("An act needs a proven caller."),
        RequestId,
        Source,
        RequestIdGiven && retryHash is not null ? $"{Caller.Institution}|{Caller.Person}|{RequestId}|{retryHash}" : null) { Language = Language };

    private static string Prefix(IPAddress? address)
    {
        if (address is null)
        {
            return "unknown";
        }

        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        return bytes.Length == 4
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes[0]}.{bytes[1]}.{bytes[2]}.0/24")
            : string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(bytes.AsSpan(0, 6))}::/48");
    }

    private static string LanguageOf(string accept) => accept.TrimStart().StartsWith("tr", StringComparison.OrdinalIgnoreCase) ? "tr" : "en";
}
