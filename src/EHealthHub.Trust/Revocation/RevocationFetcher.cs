using System.Net;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace EHealthHub.Trust.Revocation;

/// <summary>Brings one list's bytes when they may have changed: from a file by its time and size, from an address by a conditional request with retries, a time limit and a circuit breaker.</summary>
internal sealed class RevocationFetcher
{
    private readonly RevocationSource _source;
    private readonly Uri? _address;
    private readonly int _bytesMax;
    private readonly HttpClient? _http;
    private readonly ResiliencePipeline<byte[]?> _resilience;
    private (DateTime WrittenUtc, long Length) _seenFile;
    private string? _seenTag;

    internal RevocationFetcher(RevocationSource source, RevocationOptions options, HttpClient? http, TimeProvider time)
    {
        _source = source;
        _address = source.Address;
        _bytesMax = options.ListBytesMax;
        _http = http;
        _resilience = Build(options, time);
    }

    internal bool IsRemote => _address is not null;

    /// <summary>The bytes; null when nothing changed since the last call that was not forgotten. Throws <see cref="IOException"/> or <see cref="HttpRequestException"/> for what cannot be had.</summary>
    internal async ValueTask<byte[]?> FetchAsync(CancellationToken cancellation)
    {
        if (_address is null)
        {
            return await ReadFileAsync(cancellation).ConfigureAwait(false);
        }

        try
        {
            return await _resilience.ExecuteAsync(static (self, token) => self.AskAsync(token), this, cancellation).ConfigureAwait(false);
        }
        catch (ExecutionRejectedException e)
        {
            throw new IOException(e is BrokenCircuitException ? "not asked again yet after repeated failures" : "no answer in time", e);
        }
    }

    /// <summary>Asks for the bytes again even if they have not changed.</summary>
    internal void Forget()
    {
        _seenFile = default;
        _seenTag = null;
    }

    private static ResiliencePipeline<byte[]?> Build(RevocationOptions options, TimeProvider time)
    {
        var builder = new ResiliencePipelineBuilder<byte[]?> { TimeProvider = time };
        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<byte[]?>
        {
            FailureRatio = 0.5,
            MinimumThroughput = 4,
            SamplingDuration = TimeSpan.FromMinutes(5),
            BreakDuration = TimeSpan.FromSeconds(30),
        });
        if (options.FetchRetriesMax > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<byte[]?>
            {
                MaxRetryAttempts = options.FetchRetriesMax,
                Delay = TimeSpan.FromMilliseconds(500),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            });
        }

        return builder.AddTimeout(TimeSpan.FromSeconds(options.FetchTimeoutSeconds)).Build();
    }

    private async ValueTask<byte[]?> ReadFileAsync(CancellationToken cancellation)
    {
        var file = new FileInfo(_source.Location);
        if (!file.Exists)
        {
            throw new FileNotFoundException("not there");
        }

        var seen = (file.LastWriteTimeUtc, file.Length);
        if (seen == _seenFile)
        {
            return null;
        }

        if (file.Length > _bytesMax)
        {
            throw new IOException("too large");
        }

        // A file replaced between the look and the read is read again at the next look.
        var bytes = await File.ReadAllBytesAsync(_source.Location, cancellation).ConfigureAwait(false);
        _seenFile = seen;
        return bytes;
    }

    private async ValueTask<byte[]?> AskAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _address);
        if (_seenTag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", _seenTag);
        }

        using var response = await _http!.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotModified)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            var bytes = await ReadBoundedAsync(body, cancellation).ConfigureAwait(false);
            _seenTag = response.Headers.ETag?.ToString();
            return bytes;
        }
    }

    private async ValueTask<byte[]> ReadBoundedAsync(Stream body, CancellationToken cancellation)
    {
        using var all = new MemoryStream();
        var buffer = new byte[81_920];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            if (all.Length + read > _bytesMax)
            {
                throw new IOException("too large");
            }

            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }
}
