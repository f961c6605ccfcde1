using System.Threading.RateLimiting;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Gateway.Composition;
using EHealthHub.Trust;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Gateway.Pipeline;

/// <summary>
/// What each institution may ask, by the quota that the registry gives it now (requests a second and a minute, at once, bytes a minute); requests a second of everybody else, by person or source prefix; and requests in flight. Over a
/// quota is 429; no place in flight is 503. Both are counted in the log, both say when to come again.
/// </summary>
internal sealed class BoundRates : IDisposable
{
    private readonly RequestDelegate _next;
    private readonly HubParts _parts;
    private readonly GatewayMetrics _metrics;
    private readonly IRegistry _registry;
    private readonly QuotaMeters _quotas;
    private readonly PartitionedRateLimiter<HubRequest> _rates;
    private readonly ConcurrencyLimiter _inFlight = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = GatewayBounds.InFlightMax,
        QueueLimit = GatewayBounds.InFlightMax,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    public BoundRates(RequestDelegate next, HubParts parts, IRegistry registry, GatewayMetrics metrics)
    {
        _next = next;
        _parts = parts;
        _metrics = metrics;
        _registry = registry;
        _quotas = new QuotaMeters(parts.Time);
        _rates = PartitionedRateLimiter.Create<HubRequest, string>(request => RateLimitPartition.GetTokenBucketLimiter(
            request.Caller?.Person is { } person ? "p:" + person : "s:" + request.Source, _ => Bucket(GatewayBounds.UnprovenPerSecondMax)));
    }

    public Task InvokeAsync(HttpContext context)
    {
        var request = HubRequest.Of(context);
        return request.Caller?.Institution is { } id && _registry.Current.InstitutionById(id) is { } institution ? OfInstitution(context, request, institution) : OfOther(context, request);
    }

    private async Task OfInstitution(HttpContext context, HubRequest request, Institution institution)
    {
        var bound = _quotas.Begin(institution, out var retryAfter);
        if (bound != QuotaBound.None)
        {
            request.RetryAfterSeconds = (int)Math.Clamp(Math.Ceiling(retryAfter.TotalSeconds), 1, 3_600);
            await Refuse(context, request, OverQuota(bound)).ConfigureAwait(false);
            return;
        }

        try
        {
            await InFlight(context, request).ConfigureAwait(false);
        }
        finally
        {
            _quotas.End(institution, request.BodyBytes);
        }
    }

    private async Task OfOther(HttpContext context, HubRequest request)
    {
        using var rate = _rates.AttemptAcquire(request);
        if (!rate.IsAcquired)
        {
            await Refuse(context, request, OverQuota(QuotaBound.RequestsPerSecond)).ConfigureAwait(false);
            return;
        }

        await InFlight(context, request).ConfigureAwait(false);
    }

    private async Task InFlight(HttpContext context, HubRequest request)
    {
        using var place = await _inFlight.AcquireAsync(1, context.RequestAborted).ConfigureAwait(false);
        if (!place.IsAcquired)
        {
            await Refuse(context, request, Failure.Of(503, "throttled", "busy", "The hub works on as many requests as it can.")).ConfigureAwait(false);
            return;
        }

        await _next(context).ConfigureAwait(false);
    }

    private static Failure OverQuota(QuotaBound bound) => bound switch
    {
        QuotaBound.RequestsPerMinute => Failure.Of(429, "throttled", "quota-requests", "More requests a minute than your quota."),
        QuotaBound.Concurrent => Failure.Of(429, "throttled", "quota-concurrent", "More requests at once than your quota."),
        QuotaBound.BytesPerMinute => Failure.Of(429, "throttled", "quota-bytes", "More bytes a minute than your quota."),
        _ => Failure.Of(429, "throttled", "rate-exceeded", "More requests a second than your quota."),
    };

    public void Dispose()
    {
        _rates.Dispose();
        _inFlight.Dispose();
    }

    private static TokenBucketRateLimiterOptions Bucket(int perSecond) => new()
    {
        TokenLimit = perSecond,
        TokensPerPeriod = Math.Max(1, perSecond / 10),
        ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
        QueueLimit = 0,
        AutoReplenishment = true,
    };

    private async Task Refuse(HttpContext context, HubRequest request, Failure failure)
    {
        _metrics.Throttled();
        request.Receipt = await _parts.Acts.Refusals.Count(EntryKind.Refusal, failure.Issues[0].Code, request.Source, "bound", failure.Status, context.RequestAborted, request.Caller?.Institution ?? "").ConfigureAwait(false);
        await Responses.Send(context, request, failure).ConfigureAwait(false);
    }
}
