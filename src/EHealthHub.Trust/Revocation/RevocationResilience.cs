using System.Threading.RateLimiting;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace EHealthHub.Trust.Revocation;

/// <summary>How every address is asked, outermost first: so many questions at once and no more, a circuit breaker that leaves a failing address alone for half a minute, retries, and a time limit for each attempt.</summary>
internal static class RevocationResilience
{
    private const int WaitingMax = 10_000;

    internal static ResiliencePipeline<byte[]?> Build(int atOnce, int retriesMax, int timeoutSeconds, TimeProvider time)
    {
        var builder = new ResiliencePipelineBuilder<byte[]?> { TimeProvider = time };
        builder.AddConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = atOnce, QueueLimit = WaitingMax, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<byte[]?>
        {
            FailureRatio = 0.5,
            MinimumThroughput = 4,
            SamplingDuration = TimeSpan.FromMinutes(5),
            BreakDuration = TimeSpan.FromSeconds(30),
        });
        if (retriesMax > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<byte[]?>
            {
                MaxRetryAttempts = retriesMax,
                Delay = TimeSpan.FromMilliseconds(500),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            });
        }

        return builder.AddTimeout(TimeSpan.FromSeconds(timeoutSeconds)).Build();
    }

    /// <summary>Runs and turns the pipeline's own refusals into <see cref="IOException"/>, in words for people.</summary>
    internal static async ValueTask<byte[]?> AskAsync<TState>(this ResiliencePipeline<byte[]?> pipeline, Func<TState, CancellationToken, ValueTask<byte[]?>> ask, TState state, CancellationToken cancellation)
    {
        try
        {
            return await pipeline.ExecuteAsync(ask, state, cancellation).ConfigureAwait(false);
        }
        catch (ExecutionRejectedException e)
        {
            throw new IOException(
                e switch
                {
                    BrokenCircuitException => "not asked again yet after repeated failures",
                    Polly.RateLimiting.RateLimiterRejectedException => "too many questions are waiting",
                    _ => "no answer in time",
                },
                e);
        }
    }

    /// <summary>Reads a body within a bound. Throws <see cref="IOException"/> beyond it.</summary>
    internal static async ValueTask<byte[]> ReadBoundedAsync(HttpContent content, int bytesMax, CancellationToken cancellation)
    {
        var body = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            using var all = new MemoryStream();
            var buffer = new byte[Math.Min(bytesMax, 81_920)];
            int read;
            while ((read = await body.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
            {
                if (all.Length + read > bytesMax)
                {
                    throw new IOException("too large");
                }

                all.Write(buffer, 0, read);
            }

            return all.ToArray();
        }
    }
}
