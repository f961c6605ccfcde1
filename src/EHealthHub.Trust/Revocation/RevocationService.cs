using System.Collections.Immutable;
using EHealthHub.Trust.Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EHealthHub.Trust.Revocation;

/// <summary>How fresh one authority's revocation list is.</summary>
/// <param name="Issuer">Subject of the authority.</param>
/// <param name="Location">Where its list comes from.</param>
/// <param name="Entries">Certificates on the list in force.</param>
/// <param name="NextUpdate">By when the authority promised the next; null without a list.</param>
/// <param name="Remaining">Until nothing of this authority passes any more (nextUpdate plus grace); zero when that is now.</param>
/// <param name="Fault">Why the newest list was not taken; null when it was.</param>
public sealed record RevocationFreshness(string Issuer, string Location, int Entries, DateTimeOffset? NextUpdate, TimeSpan Remaining, string? Fault);

/// <summary>
/// Knows which certificates are revoked, from lists fetched ahead in the background, so that no handshake waits for a network. A list is verified before it counts, never replaced by an older one, and counts until its nextUpdate plus
/// a grace; after that, and for an authority without a list, the answer is unknown and the gate stays shut.
/// </summary>
public sealed class RevocationService : IAsyncDisposable
{
    private readonly RevocationOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HttpClient? _http;
    private readonly ImmutableArray<SourceState> _states;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _replace = new();
    private volatile Dictionary<Hash256, RevocationList> _lists = [];
    private Task _loops = Task.CompletedTask;

    /// <summary>Loads nothing yet. <paramref name="handler"/> replaces the network, for tests and proxies; the service owns it. Throws <see cref="ArgumentException"/> naming every fault of the options.</summary>
    public RevocationService(RevocationOptions options, TimeProvider time, ILogger<RevocationService>? log = null, HttpMessageHandler? handler = null)
    {
        var faults = options.Faults();
        if (!faults.IsEmpty)
        {
            handler?.Dispose();
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
        }

        _options = options;
        _time = time;
        _log = log ?? NullLogger<RevocationService>.Instance;
        _http = options.Sources.Any(s => s.Address is not null) ? new HttpClient(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan } : null;
        _states = [.. options.Sources.Select(s => new SourceState(s, new RevocationFetcher(s, options, _http, time)))];
    }

    /// <summary>Loads every list once, then keeps them fresh until disposed.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await RefreshAsync(cancellation).ConfigureAwait(false);
        _loops = Task.WhenAll(_states.Select(KeepFreshAsync));
    }

    /// <summary>Looks at every source now. What cannot be had or does not verify is logged and shows in <see cref="Freshness"/>; what was known stays in force.</summary>
    public Task RefreshAsync(CancellationToken cancellation) => Task.WhenAll(_states.Select(s => RefreshAsync(s, cancellation)));

    /// <summary>One line per source, for metrics and readiness.</summary>
    public ImmutableArray<RevocationFreshness> Freshness()
    {
        var now = _time.GetUtcNow();
        return [.. _states.Select(s => Describe(s, now))];
    }

    /// <summary>What is known at <paramref name="now"/> (UTC ticks). A certificate once on a list stays revoked when the list grows stale.</summary>
    internal TrustReason Check(in CertificateId id, long now)
    {
        if (!_lists.TryGetValue(id.Issuer, out var list))
        {
            return TrustReason.RevocationUnknown;
        }

        if (list.Contains(id.Serial))
        {
            return TrustReason.Revoked;
        }

        return now < GoodUntil(list).UtcTicks ? TrustReason.None : TrustReason.RevocationUnknown;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await _loops.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The stop that was asked for.
        }

        _http?.Dispose();
        _stop.Dispose();
        foreach (var state in _states)
        {
            state.Dispose();
        }
    }

    private async Task KeepFreshAsync(SourceState state)
    {
        var pause = state.Fetcher.IsRemote ? TimeSpan.FromSeconds(_options.AddressPollSeconds) : TimeSpan.FromMilliseconds(_options.FilePollMilliseconds);
        using var timer = new PeriodicTimer(pause, _time);
        while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
        {
            await RefreshAsync(state, _stop.Token).ConfigureAwait(false);
        }
    }

    private async Task RefreshAsync(SourceState state, CancellationToken cancellation)
    {
        await state.Turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (await state.Fetcher.FetchAsync(cancellation).ConfigureAwait(false) is { } bytes)
            {
                Take(state, bytes);
            }
            else if (state.Rejected is null)
            {
                // It can be had, and is the one in force.
                state.Fault = null;
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or UnauthorizedAccessException)
        {
            Fail(state, e.Message);
        }
        finally
        {
            state.Turn.Release();
        }
    }

    private void Take(SourceState state, byte[] bytes)
    {
        state.Rejected = Judge(state, bytes);
        if (state.Rejected is null)
        {
            state.Fault = null;
            return;
        }

        Fail(state, state.Rejected);
    }

    /// <summary>Puts the list in force, or says why not.</summary>
    private string? Judge(SourceState state, byte[] bytes)
    {
        if (!RevocationList.TryRead(bytes, state.Source.Issuer, _options.ListEntriesMax, out var list, out var fault))
        {
            return fault;
        }

        if (list.ThisUpdate > _time.GetUtcNow().AddSeconds(_options.ClockSkewSeconds))
        {
            // Time alone mends this one.
            state.Fetcher.Forget();
            return "from the future";
        }

        lock (_replace)
        {
            if (_lists.TryGetValue(list.Issuer, out var current) && list.IsOlderThan(current))
            {
                return "older than the list in force";
            }

            _lists = new Dictionary<Hash256, RevocationList>(_lists) { [list.Issuer] = list };
        }

        Log.RevocationListTaken(_log, state.Source.Issuer.Subject, state.Source.Location, list.Count, list.NextUpdate);
        return null;
    }

    private void Fail(SourceState state, string fault)
    {
        // Once per new fault, not once per look.
        if (state.Fault != fault)
        {
            Log.RevocationListRefused(_log, state.Source.Issuer.Subject, state.Source.Location, fault);
        }

        state.Fault = fault;
    }

    private RevocationFreshness Describe(SourceState state, DateTimeOffset now)
    {
        if (!_lists.TryGetValue(state.Issuer, out var list))
        {
            return new RevocationFreshness(state.Source.Issuer.Subject, state.Source.Location, 0, null, TimeSpan.Zero, state.Fault ?? "not loaded yet");
        }

        var remaining = GoodUntil(list) - now;
        return new RevocationFreshness(
            state.Source.Issuer.Subject, state.Source.Location, list.Count, list.NextUpdate, remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, state.Fault);
    }

    private DateTimeOffset GoodUntil(RevocationList list) => list.NextUpdate.AddSeconds(_options.GraceSeconds);

    private sealed class SourceState(RevocationSource source, RevocationFetcher fetcher) : IDisposable
    {
        internal RevocationSource Source { get; } = source;

        internal RevocationFetcher Fetcher { get; } = fetcher;

        internal Hash256 Issuer { get; } = CertificateId.IssuerOf(source.Issuer);

        /// <summary>One refresh of a source at a time.</summary>
        internal SemaphoreSlim Turn { get; } = new(1);

        /// <summary>Why the bytes seen last were not taken; null when they were.</summary>
        internal string? Rejected { get; set; }

        internal volatile string? Fault;

        public void Dispose() => Turn.Dispose();
    }
}
