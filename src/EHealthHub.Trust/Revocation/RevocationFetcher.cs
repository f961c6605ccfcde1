using System.Net;
using Polly;

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
        _resilience = RevocationResilience.Build(1, options.FetchRetriesMax, options.FetchTimeoutSeconds, time);
    }

    internal bool IsRemote => _address is not null;

    /// <summary>The bytes; null when nothing changed since the last call that was not forgotten. Throws <see cref="IOException"/> or <see cref="HttpRequestException"/> for what cannot be had.</summary>
    internal async ValueTask<byte[]?> FetchAsync(CancellationToken cancellation)
    {
        if (_address is null)
        {
            return await ReadFileAsync(cancellation).ConfigureAwait(false);
        }

        return await _resilience.AskAsync(static (self, token) => self.AskAsync(token), this, cancellation).ConfigureAwait(false);
    }

    /// <summary>Asks for the bytes again even if they have not changed.</summary>
    internal void Forget()
    {
        _seenFile = default;
        _seenTag = null;
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
        var bytes = await RevocationResilience.ReadBoundedAsync(response.Content, _bytesMax, cancellation).ConfigureAwait(false);
        _seenTag = response.Headers.ETag?.ToString();
        return bytes;
    }
}
