using System.Threading.RateLimiting;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Gateway.Composition;
using EHealthHub.Trust;

namespace EHealthHub.Gateway.Pipeline;

/// <summary>
/// Requests a second for each institution (its registered quota) or source prefix, and requests in flight. Over a rate is 429; no place in flight is 503. Both are counted in the log, both say when to come again.
/// </summary>
internal sealed class BoundRates : IDisposable
{
    private readonly RequestDelegate _next;
    private readonly HubParts _parts;
    private readonly GatewayMetrics _metrics;
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
        _rates = PartitionedRateLimiter.Create<HubRequest, string>(request => request.Caller switch
        {
            { Institution: { } institution } => RateLimitPartition.GetTokenBucketLimiter("i:" + institution, _ => Bucket(registry.Current.InstitutionById(institution)?.RequestsPerSecondMax ?? GatewayBounds.UnprovenPerSecondMax)),
            { Person: { } person } => RateLimitPartition.GetTokenBucketLimiter("p:" + person, _ => Bucket(GatewayBounds.UnprovenPerSecondMax)),
            _ => RateLimitPartition.GetTokenBucketLimiter("s:" + request.Source, _ => Bucket(GatewayBounds.UnprovenPerSecondMax)),
        });
    }

    public async Task InvokeAsync(HttpContext context)
    {
        var request = HubRequest.Of(context);
        using var rate = _rates.AttemptAcquire(request);
        if (!rate.IsAcquired)
        {
            await Refuse(context, request, Failure.Of(429, "throttled", "rate-exceeded", "More requests a second than your quota.")).ConfigureAwait(false);
            return;
        }

        using var place = await _inFlight.AcquireAsync(1, context.RequestAborted).ConfigureAwait(false);
        if (!place.IsAcquired)
        {
            await Refuse(context, request, Failure.Of(503, "throttled", "busy", "The hub works on as many requests as it can.")).ConfigureAwait(false);
            return;
        }

        await _next(context).ConfigureAwait(false);
    }

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
        request.Receipt = await _parts.Acts.Refusals.Count(EntryKind.Refusal, failure.Issues[0].Code, request.Source, "bound", failure.Status, context.RequestAborted).ConfigureAwait(false);
        await Responses.Send(context, request, failure).ConfigureAwait(false);
    }
}
