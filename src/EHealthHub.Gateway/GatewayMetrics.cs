using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using EHealthHub.Trust;

namespace EHealthHub.Gateway;

/// <summary>Counters of the process, in the Prometheus text format (version 0.0.4). No label carries anything of a patient or a caller.</summary>
public sealed class GatewayMetrics
{
    private static readonly double[] BoundsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<int, long> _responses = new();
    private readonly ConcurrentDictionary<TrustReason, long> _refusals = new();
    private readonly long[] _buckets = new long[BoundsSeconds.Length + 1];
    private long _microseconds;
    private long _throttled;
    private long _forwardedDropped;

    /// <summary>A response was sent.</summary>
    public void Answered(int status, TimeSpan took)
    {
        _responses.AddOrUpdate(status, 1, static (_, n) => n + 1);
        var at = Array.FindIndex(BoundsSeconds, b => took.TotalSeconds <= b);
        Interlocked.Increment(ref _buckets[at < 0 ? BoundsSeconds.Length : at]);
        Interlocked.Add(ref _microseconds, (long)took.TotalMicroseconds);
    }

    /// <summary>A caller was not proven.</summary>
    public void Refused(TrustReason reason) => _refusals.AddOrUpdate(reason, 1, static (_, n) => n + 1);

    /// <summary>A request was over a bound.</summary>
    public void Throttled() => Interlocked.Increment(ref _throttled);

    /// <summary>A header that claims to forward a certificate was taken off a request.</summary>
    public void ForwardedHeaderDropped() => Interlocked.Increment(ref _forwardedDropped);

    /// <summary>The text; <paramref name="gauges"/> are read at the time of the call.</summary>
    public string Write(IReadOnlyList<(string Name, string Help, double Value)> gauges)
    {
        var text = new StringBuilder();
        Head(text, "ehealthhub_responses_total", "counter", "Responses by HTTP status.");
        foreach (var (status, n) in _responses.OrderBy(r => r.Key))
        {
            text.Append(CultureInfo.InvariantCulture, $"ehealthhub_responses_total{{status=\"{status}\"}} {n}\n");
        }

        Head(text, "ehealthhub_identity_refusals_total", "counter", "Callers not proven, by reason.");
        foreach (var (reason, n) in _refusals.OrderBy(r => r.Key))
        {
            text.Append(CultureInfo.InvariantCulture, $"ehealthhub_identity_refusals_total{{reason=\"{TrustReasons.PublicCode(reason)}\"}} {n}\n");
        }

        Head(text, "ehealthhub_throttled_total", "counter", "Requests over a bound.");
        text.Append(CultureInfo.InvariantCulture, $"ehealthhub_throttled_total {Interlocked.Read(ref _throttled)}\n");
        Head(text, "ehealthhub_forwarded_headers_dropped_total", "counter", "Headers that claimed to forward a client certificate and were not heard.");
        text.Append(CultureInfo.InvariantCulture, $"ehealthhub_forwarded_headers_dropped_total {Interlocked.Read(ref _forwardedDropped)}\n");
        Histogram(text);
        foreach (var (name, help, value) in gauges)
        {
            Head(text, name, "gauge", help);
            text.Append(CultureInfo.InvariantCulture, $"{name} {(double.IsPositiveInfinity(value) ? "+Inf" : value.ToString(CultureInfo.InvariantCulture))}\n");
        }

        return text.ToString();
    }

    private void Histogram(StringBuilder text)
    {
        const string name = "ehealthhub_response_seconds";
        Head(text, name, "histogram", "Time from the first to the last byte of a response.");
        long sum = 0;
        for (var i = 0; i < _buckets.Length; i++)
        {
            sum += Interlocked.Read(ref _buckets[i]);
            var bound = i < BoundsSeconds.Length ? BoundsSeconds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"{bound}\"}} {sum}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{name}_sum {Interlocked.Read(ref _microseconds) / 1e6}\n{name}_count {sum}\n");
    }

    private static void Head(StringBuilder text, string name, string kind, string help) => text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {kind}\n");
}
