using System.Collections.Immutable;
using EHealthHub.Trust.Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EHealthHub.Trust.Revocation;

/// <summary>How fresh what one source says is.</summary>
/// <param name="Issuer">Subject of the authority.</param>
/// <param name="Location">Where it comes from.</param>
/// <param name="Entries">Certificates on the list in force, or answers held.</param>
/// <param name="NextUpdate">By when the authority promised the next; null without a list or where a responder does not say.</param>
/// <param name="Remaining">Until nothing of this source (for a responder: the stalest answer) counts any more, grace included; zero when that is now.</param>
/// <param name="Fault">Why the newest was not taken; null when it was.</param>
public sealed record RevocationFreshness(string Issuer, string Location, int Entries, DateTimeOffset? NextUpdate, TimeSpan Remaining, string? Fault)
{
    /// <summary>List or OCSP.</summary>
    public RevocationKind Kind { get; init; } = RevocationKind.List;
}

/// <summary>One source that is kept fresh in the background.</summary>
internal interface IRevocationFollower : IDisposable
{
    RevocationSource Source { get; }

    /// <summary>Time between two looks.</summary>
    TimeSpan Pause { get; }

    /// <summary>Looks now. Throws for a cancellation alone: what cannot be had or does not verify shows in <see cref="Describe"/>.</summary>
    Task RefreshAsync(CancellationToken cancellation);

    RevocationFreshness Describe(DateTimeOffset now);
}

/// <summary>
/// Knows which certificates are revoked, from lists and OCSP answers fetched ahead in the background, so that no handshake waits for a network. What is fetched is verified before it counts, is never replaced by something older, and counts
/// until its own end plus a grace; after that, and for an authority without a source, the answer is unknown and the gate stays shut.
/// </summary>
public sealed class RevocationService : IAsyncDisposable
{
    private readonly RevocationOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HttpClient _http;
    private readonly HeldLists _lists;
    private readonly KeptAnswers? _kept;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _change = new();
    private volatile Followed _followed;
    private bool _started;
    private int _waiting;

    /// <summary>
    /// Loads nothing yet. <paramref name="handler"/> replaces the network, for tests and proxies; the service owns it. With <paramref name="authenticator"/>, OCSP answers are kept in <see cref="OcspOptions.AnswersFile"/> over a restart.
    /// Throws <see cref="ArgumentException"/> naming every fault of the options.
    /// </summary>
    public RevocationService(RevocationOptions options, TimeProvider time, ILogger<RevocationService>? log = null, HttpMessageHandler? handler = null, IRegistryAuthenticator? authenticator = null)
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
        _http = new HttpClient(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(options.FetchTimeoutSeconds) }) { Timeout = Timeout.InfiniteTimeSpan };
        _lists = new HeldLists(options.GraceSeconds);
        _kept = options.Ocsp.AnswersFile is { } path && authenticator is not null ? new KeptAnswers(path, authenticator) : null;
        _followed = new Followed([.. options.Sources.Select(Start)]);
    }

    /// <summary>Loads everything once, then keeps it fresh until disposed.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await RefreshAsync(cancellation).ConfigureAwait(false);
        var isKept = TakeKept();
        lock (_change)
        {
            _started = true;
            foreach (var running in _followed.All)
            {
                running.Loop = KeepFreshAsync(running, lookFirst: isKept && running.Follower is OcspFollower);
            }
        }
    }

    /// <summary>Answers from before a restart count until a responder has spoken, each examined again; now that the lists are there that vouch for responders.</summary>
    private bool TakeKept()
    {
        var responders = _followed.Responders;
        return _kept?.Read().Count(k => responders.TryGetValue(k.Id.Issuer, out var responder) && responder.TakeKept(k.Id, k.Answer)) > 0;
    }

    private void Keep()
    {
        if (_kept is { } kept)
        {
            lock (kept)
            {
                if (!kept.Write(_followed.Responders.Values.SelectMany(r => r.Answers())))
                {
                    Log.OcspAnswersNotKept(_log);
                }
            }
        }
    }

    /// <summary>Looks at every source now. What cannot be had or does not verify is logged and shows in <see cref="Freshness"/>; what was known stays in force.</summary>
    public Task RefreshAsync(CancellationToken cancellation) => Task.WhenAll(_followed.All.Select(f => f.Follower.RefreshAsync(cancellation)));

    /// <summary>
    /// From now on follows these sources and no others, while requests go on. One that stays keeps what it knows; a new one says nothing until it was asked, so that its authority's certificates wait for it.
    /// Throws <see cref="ArgumentException"/> for sources that cannot be followed.
    /// </summary>
    public void Follow(ImmutableArray<RevocationSource> sources)
    {
        var faults = (_options with { Sources = sources }).Faults();
        if (!faults.IsEmpty)
        {
            throw new ArgumentException(string.Join(' ', faults), nameof(sources));
        }

        lock (_change)
        {
            var before = _followed.All.ToDictionary(r => r.Follower.Source.Key, StringComparer.Ordinal);
            var after = sources.DistinctBy(s => s.Key).Select(s => before.Remove(s.Key, out var kept) ? kept : Start(s)).ToImmutableArray();
            _followed = new Followed(after);
            _lists.Keep(after.Select(r => r.Follower).OfType<ListFollower>().Select(f => f.Issuer).ToHashSet());
            foreach (var gone in before.Values)
            {
                gone.Stop.Cancel();
            }

            foreach (var running in after.Where(r => _started && r.Loop is null))
            {
                running.Loop = KeepFreshAsync(running, lookFirst: true);
            }
        }
    }

    /// <summary>One line per source, for metrics and readiness.</summary>
    public ImmutableArray<RevocationFreshness> Freshness()
    {
        var now = _time.GetUtcNow();
        return [.. _followed.All.Select(f => f.Follower.Describe(now))];
    }

    /// <summary>What is known at <paramref name="now"/> (UTC ticks): revoked by one source is revoked; not revoked needs one source that says so and is fresh.</summary>
    internal TrustReason Check(in CertificateId id, long now)
    {
        var listed = _lists.Check(id, now);
        if (listed == TrustReason.Revoked || !_followed.Responders.TryGetValue(id.Issuer, out var responder))
        {
            return listed;
        }

        var answered = responder.Check(id, now);
        return answered == TrustReason.RevocationUnknown ? listed : answered;
    }

    /// <summary>What <see cref="Check"/> relies on where it says that a certificate is not revoked; null where it does not.</summary>
    internal RevocationStanding? Standing(in CertificateId id, long now) =>
        Check(id, now) != TrustReason.None ? null
        : (_followed.Responders.TryGetValue(id.Issuer, out var responder) ? responder.Standing(id, now) : null) ?? _lists.Standing(id.Issuer);

    /// <summary>
    /// After <see cref="TrustReason.RevocationUnknown"/>: waits for the first answers about these certificates that are under way, bounded in time and in the number of those who wait. True when there was something to wait for,
    /// and looking again may help.
    /// </summary>
    internal async ValueTask<bool> WaitForFirstAnswers(ImmutableArray<CertificateId> ids, CancellationToken cancellation)
    {
        var pending = ids.Select(PendingOf).OfType<Task>().ToList();
        if (pending.Count == 0 || _options.Ocsp.FirstAnswerMilliseconds == 0)
        {
            return false;
        }

        if (Interlocked.Increment(ref _waiting) > _options.Ocsp.WaitingMax)
        {
            Interlocked.Decrement(ref _waiting);
            return false;
        }

        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var late = Task.Delay(TimeSpan.FromMilliseconds(_options.Ocsp.FirstAnswerMilliseconds), limit.Token);
            await Task.WhenAny(Task.WhenAll(pending), late).ConfigureAwait(false);
            await limit.CancelAsync().ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Asks ahead about registered certificates, and goes on asking; those told earlier are registered no more. Completes when all were asked once.</summary>
    internal Task Prefetch(IReadOnlyCollection<CertificateId> registered)
    {
        var responders = _followed.Responders;
        foreach (var responder in responders.Values)
        {
            responder.ForgetRegistered();
        }

        return Task.WhenAll(registered.Select(id => responders.TryGetValue(id.Issuer, out var responder) ? responder.Prefetch(id) : Task.CompletedTask));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        var running = _followed.All;
        try
        {
            await Task.WhenAll(running.Select(r => r.Loop ?? Task.CompletedTask)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The stop that was asked for.
        }

        Keep();
        foreach (var one in running)
        {
            one.Follower.Dispose();
            one.Stop.Dispose();
        }

        _http.Dispose();
        _stop.Dispose();
    }

    private Task? PendingOf(CertificateId id) => _followed.Responders.TryGetValue(id.Issuer, out var responder) ? responder.Pending(id) : null;

    private Running Start(RevocationSource source) => new(
        source.Kind == RevocationKind.Ocsp ? new OcspFollower(source, _options, _lists, _http, _time, _log) : new ListFollower(source, _options, _lists, _http, _time, _log),
        CancellationTokenSource.CreateLinkedTokenSource(_stop.Token));

    private async Task KeepFreshAsync(Running running, bool lookFirst = false)
    {
        await Task.Yield();
        var stop = running.Stop.Token;
        try
        {
            using var timer = new PeriodicTimer(running.Follower.Pause, _time);
            while (lookFirst || await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                lookFirst = false;
                await running.Follower.RefreshAsync(stop).ConfigureAwait(false);
                if (running.Follower is OcspFollower)
                {
                    Keep();
                }
            }
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            // Not followed any more: nobody else looks at it, so it ends here.
            running.Follower.Dispose();
        }
    }

    private sealed class Running(IRevocationFollower follower, CancellationTokenSource stop)
    {
        internal IRevocationFollower Follower { get; } = follower;

        internal CancellationTokenSource Stop { get; } = stop;

        internal Task? Loop { get; set; }
    }

    private sealed class Followed(ImmutableArray<Running> all)
    {
        internal ImmutableArray<Running> All { get; } = all;

        /// <summary>The responder of an authority; of several the first, as X-Road's order has it.</summary>
        internal Dictionary<Hash256, OcspFollower> Responders { get; } =
            all.Select(r => r.Follower).OfType<OcspFollower>().DistinctBy(f => f.Issuer).ToDictionary(f => f.Issuer);
    }
}
