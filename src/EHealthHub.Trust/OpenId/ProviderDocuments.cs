using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using EHealthHub.Trust.Tokens;
using Microsoft.Extensions.Logging;

namespace EHealthHub.Trust.OpenId;

/// <summary>A provider's metadata and keys, as it published them.</summary>
/// <param name="Number">Counts what was fetched, so that others know when it is another.</param>
/// <param name="Metadata">OpenID Connect Discovery 1.0, 3.</param>
/// <param name="KeySet">JSON Web Key Set (RFC 7517, 5).</param>
/// <param name="Fetched">When.</param>
public sealed record ProviderDocument(long Number, string Metadata, string KeySet, DateTimeOffset Fetched);

/// <summary>
/// Fetches a provider's metadata and keys ahead and keeps them, so that no request waits for a network: every quarter of an hour, and when a token names a key that is not there, but for that at most once in half a minute (<see cref="OpenIdProvider.KeyPauseSeconds"/>),
/// whoever presents how many. What was fetched counts for a day; then, or before the first, the provider is unavailable.
/// </summary>
public sealed class ProviderDocuments : IAsyncDisposable
{
    /// <summary>Longest document taken, bytes.</summary>
    public const int BytesMax = 256 * 1024;

    private const int SigningKeysMax = 64;

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CountsFor = TimeSpan.FromHours(24);
    private static readonly TimeSpan FetchWithin = TimeSpan.FromSeconds(10);

    private readonly OpenIdProvider _provider;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wanted = new(0, 1);
    private readonly Lock _turn = new();
    private volatile ProviderDocument? _current;
    private DateTimeOffset _tried = DateTimeOffset.MinValue;
    private bool _isAsking;
    private Task _following = Task.CompletedTask;

    /// <summary>Fetches nothing yet.</summary>
    public ProviderDocuments(OpenIdProvider provider, TimeProvider time, ILogger log)
    {
        _provider = provider;
        _time = time;
        _log = log;
        _http = new HttpClient(Handler(provider)) { Timeout = FetchWithin, MaxResponseContentBufferSize = BytesMax };
    }

    /// <summary>Whose they are.</summary>
    public OpenIdProvider Provider => _provider;

    /// <summary>What counts now; null where there is nothing.</summary>
    public ProviderDocument? Current => _current is { } current && _time.GetUtcNow() - current.Fetched < CountsFor ? current : null;

    /// <summary>A handler that trusts the configured authority alone, where one is configured, and follows nobody elsewhere.</summary>
    public static SocketsHttpHandler Handler(OpenIdProvider provider)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = FetchWithin, PooledConnectionLifetime = Every };

        // Few connections, long apart: a resumed session saves nothing, and confuses a client where several ports of one host treat certificates differently.
        handler.SslOptions.AllowTlsResume = false;
        if (provider.CertificateAuthority.Length > 0)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
            policy.CustomTrustStore.ImportFromPemFile(provider.CertificateAuthority);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        return handler;
    }

    /// <summary>Begins to follow; returns when the first attempt ended, well or not, or after ten seconds: a provider that is down does not keep the hub from starting.</summary>
    public async Task Start()
    {
        var first = Fetch();
        _following = Follow(first);
        await Task.WhenAny(first, Task.Delay(FetchWithin, _time)).ConfigureAwait(false);
    }

    /// <summary>
    /// A key or the whole is missing. True when it is being asked for now, so that coming again is worth it; false when it was asked for a moment ago, and is not there.
    /// </summary>
    public bool Ask()
    {
        lock (_turn)
        {
            if (!_isAsking && _time.GetUtcNow() - _tried >= (Current is null ? PauseAfterFailure : TimeSpan.FromSeconds(_provider.KeyPauseSeconds)))
            {
                _isAsking = true;
                if (_wanted.CurrentCount == 0)
                {
                    _wanted.Release();
                }
            }

            return _isAsking;
        }
    }

    /// <summary>Fetches once; true when it succeeded. For <see cref="Start"/> and tests.</summary>
    public async Task<bool> Fetch()
    {
        lock (_turn)
        {
            _isAsking = true;
            _tried = _time.GetUtcNow();
        }

        try
        {
            var metadata = await Get(_provider.Metadata).ConfigureAwait(false);
            var (keys, fault) = KeysOf(metadata);
            var keySet = keys is null ? "" : await Get(keys).ConfigureAwait(false);
            fault ??= IsKeySet(keySet) ? null : "the keys are no JSON Web Key Set of at most 64 keys";
            if (fault is not null)
            {
                Log.ProviderRefused(_log, _provider.Issuer, fault);
                return false;
            }

            _current = new ProviderDocument((_current?.Number ?? 0) + 1, metadata, keySet, _time.GetUtcNow());
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            if (!_stop.IsCancellationRequested)
            {
                Log.ProviderUnreachable(_log, _provider.Issuer, e.GetType().Name);
            }

            return false;
        }
        finally
        {
            lock (_turn)
            {
                _isAsking = false;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(false);
        _http.Dispose();
        _stop.Dispose();
        _wanted.Dispose();
    }

    private async Task Follow(Task<bool> first)
    {
        var succeeded = await first.ConfigureAwait(false);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Wait(succeeded ? Every : PauseAfterFailure).ConfigureAwait(false);
                succeeded = await Fetch().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // Stopping.
            }
        }
    }

    /// <summary>Until the time is over, or somebody asks.</summary>
    private async Task Wait(TimeSpan pause)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await Task.WhenAny(_wanted.WaitAsync(both.Token), Task.Delay(pause, _time, both.Token)).ConfigureAwait(false);
        await both.CancelAsync().ConfigureAwait(false);
        _stop.Token.ThrowIfCancellationRequested();
    }

    private async Task<string> Get(Uri address)
    {
        using var response = await _http.GetAsync(address, _stop.Token).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        return Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(_stop.Token).ConfigureAwait(false));
    }

    /// <summary>The issuer in the metadata is the one that was configured (Discovery 1.0, 4.3), and everything a browser or this hub is sent to is https.</summary>
    private (Uri? Keys, string? Fault) KeysOf(string metadata)
    {
        using var document = CompactJws.ParseObject(Encoding.UTF8.GetBytes(metadata));
        if (document is null)
        {
            return (null, "its metadata are no JSON object");
        }

        var root = document.RootElement;
        if (root.GetString("issuer") is not { } issuer || !_provider.Issuers.Contains(issuer, StringComparer.Ordinal))
        {
            return (null, "its metadata name another issuer");
        }

        foreach (var name in (ReadOnlySpan<string>)["authorization_endpoint", "token_endpoint", "end_session_endpoint", "jwks_uri"])
        {
            if (root.GetString(name) is { } address && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps))
            {
                return (null, $"its {name} is no https address");
            }
        }

        return root.GetString("jwks_uri") is { } keys ? (new Uri(keys), null) : (null, "its metadata name no jwks_uri");
    }

    private static bool IsKeySet(string text)
    {
        using var document = CompactJws.ParseObject(Encoding.UTF8.GetBytes(text));
        return document is not null && document.RootElement.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array && keys.GetArrayLength() is > 0 and <= SigningKeysMax;
    }
}
