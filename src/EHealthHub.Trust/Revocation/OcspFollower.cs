using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Http.Headers;
using EHealthHub.Trust.Certificates;
using Microsoft.Extensions.Logging;
using Polly;

namespace EHealthHub.Trust.Revocation;

/// <summary>
/// One responder, asked ahead about every certificate of its authority that is registered or was seen lately. What is asked for here is looked up, never waited for: a certificate that nobody has seen is asked about in the background, and
/// its first request may wait for that, bounded, through <see cref="Pending"/>.
/// </summary>
internal sealed class OcspFollower : IRevocationFollower
{
    // A failed first question is not repeated for each request that comes.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);
    private static readonly MediaTypeHeaderValue RequestType = new("application/ocsp-request");
    private const string ResponseType = "application/ocsp-response";

    private readonly OcspOptions _options;
    private readonly OcspAuthority _authority;
    private readonly OcspExamination _examination;
    private readonly Uri _address;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline<byte[]?> _resilience;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<CertificateId, Followed> _followed = new();
    private readonly CancellationTokenSource _stop = new();

    // Kept apart: a request that still holds this follower may ask after it was disposed.
    private readonly CancellationToken _stopped;
    private int _count;
    private volatile string? _fault;

    internal OcspFollower(RevocationSource source, RevocationOptions options, HeldLists lists, HttpClient http, TimeProvider time, ILogger log)
    {
        Source = source;
        Issuer = CertificateId.IssuerOf(source.Issuer);
        _options = options.Ocsp;
        _authority = new OcspAuthority(source.Issuer, source.Sha256);
        _examination = new OcspExamination(options.Ocsp, responder => lists.VouchFor(Issuer, responder, time.GetUtcNow().UtcTicks));
        _address = source.Address!;
        _http = http;
        _resilience = RevocationResilience.Build(options.Ocsp.QuestionsAtOnce, options.FetchRetriesMax, options.FetchTimeoutSeconds, time);
        _time = time;
        _log = log;
        _stopped = _stop.Token;
    }

    public RevocationSource Source { get; }

    public TimeSpan Pause => TimeSpan.FromSeconds(Source.PollSeconds ?? _options.PollSeconds);

    internal Hash256 Issuer { get; }

    /// <summary>What is known at <paramref name="now"/> (UTC ticks); a certificate that is not known yet is asked about from now on.</summary>
    internal TrustReason Check(in CertificateId id, long now)
    {
        if (!_followed.TryGetValue(id, out var followed))
        {
            followed = Follow(id, now, isRegistered: false);
            if (followed is null)
            {
                return TrustReason.RevocationUnknown;
            }
        }

        followed.LastSeen = now;
        var answer = followed.Answer;
        if (answer is null)
        {
            AskFirst(followed, now);
            return TrustReason.RevocationUnknown;
        }

        return answer.Status switch
        {
            OcspStatus.Good => now < followed.GoodUntil ? TrustReason.None : TrustReason.RevocationUnknown,
            OcspStatus.Revoked => TrustReason.Revoked,
            _ => TrustReason.UnknownToIssuer,
        };
    }

    /// <summary>The answer held about a certificate; null where there is none that counts.</summary>
    internal RevocationStanding? Standing(in CertificateId id, long now) =>
        _followed.TryGetValue(id, out var followed) && followed.Answer is { Status: OcspStatus.Good } answer && now < followed.GoodUntil
            ? new RevocationStanding(RevocationKind.Ocsp, answer.ThisUpdate, new DateTimeOffset(followed.GoodUntil, TimeSpan.Zero))
            : null;

    /// <summary>The first question about a certificate while it is under way; null otherwise.</summary>
    internal Task? Pending(in CertificateId id) => _followed.TryGetValue(id, out var followed) && followed.Answer is null && followed.First is { IsCompleted: false } first ? first : null;

    /// <summary>Follows a registered certificate for good, and asks about it now if nothing is known.</summary>
    internal Task Prefetch(in CertificateId id)
    {
        var now = _time.GetUtcNow().UtcTicks;
        if ((_followed.TryGetValue(id, out var followed) ? followed : Follow(id, now, isRegistered: true)) is not { } known)
        {
            return Task.CompletedTask;
        }

        known.IsRegistered = true;
        return known.Answer is null ? AskFirst(known, now) : Task.CompletedTask;
    }

    /// <summary>Takes up an answer from before a restart, examined as if it came now; what it was an answer to is not known any more, so that its nonce proves nothing. False where it does not count.</summary>
    internal bool TakeKept(in CertificateId id, byte[] bytes)
    {
        var now = _time.GetUtcNow();
        if (_examination.Examine(bytes, OcspQuestion.About(_authority, id.Serial, nonce: false), OcspNonce.Off, now, out _) is not { } answer || Follow(id, now.UtcTicks, isRegistered: false) is not { } followed)
        {
            return false;
        }

        Take(followed, answer, "", bytes);
        return true;
    }

    /// <summary>The answers that are held, as they came.</summary>
    internal IEnumerable<(CertificateId Id, byte[] Answer)> Answers() => _followed.Values.Where(f => f.Bytes is not null).Select(f => (f.Id, f.Bytes!));

    /// <summary>Nobody is registered any more, until told again.</summary>
    internal void ForgetRegistered()
    {
        foreach (var followed in _followed.Values)
        {
            followed.IsRegistered = false;
        }
    }

    public async Task RefreshAsync(CancellationToken cancellation)
    {
        DropOld(_time.GetUtcNow().UtcTicks);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopped);
        await Parallel.ForEachAsync(
            _followed.Values,
            new ParallelOptions { MaxDegreeOfParallelism = _options.QuestionsAtOnce, CancellationToken = both.Token },
            (followed, token) => AskAsync(followed, token)).ConfigureAwait(false);
    }

    public RevocationFreshness Describe(DateTimeOffset now)
    {
        // A certificate without any answer yet says nothing of how fresh the answers are.
        var (entries, until, next) = (0, long.MaxValue, (DateTimeOffset?)null);
        foreach (var followed in _followed.Values)
        {
            if (followed.Answer is not { } answer)
            {
                continue;
            }

            entries++;
            until = Math.Min(until, followed.GoodUntil);
            next = next is null || answer.NextUpdate < next ? answer.NextUpdate ?? next : next;
        }

        var remaining = entries == 0 ? TimeSpan.FromSeconds(_options.FreshnessSeconds + _options.GraceSeconds) : TimeSpan.FromTicks(Math.Max(0, until - now.UtcTicks));
        return new RevocationFreshness(Source.Issuer.Subject, Source.Location, entries, next, remaining, _fault) { Kind = RevocationKind.Ocsp };
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private Followed? Follow(in CertificateId id, long now, bool isRegistered)
    {
        if (Volatile.Read(ref _count) >= _options.CertificatesMax)
        {
            Fail("more certificates than are asked about");
            return null;
        }

        var added = new Followed(id) { LastSeen = now, IsRegistered = isRegistered };
        var followed = _followed.GetOrAdd(id, added);
        if (followed == added)
        {
            Interlocked.Increment(ref _count);
        }

        return followed;
    }

    private Task AskFirst(Followed followed, long now)
    {
        lock (followed)
        {
            if (followed.First is null || (followed.First.IsCompleted && now - followed.FirstAt > AskAgainAfter.Ticks))
            {
                followed.FirstAt = now;
                followed.First = Task.Run(() => AskAsync(followed, _stopped).AsTask(), _stopped);
            }

            return followed.First;
        }
    }

    private async ValueTask AskAsync(Followed followed, CancellationToken cancellation)
    {
        var question = OcspQuestion.About(_authority, followed.Id.Serial, Source.Nonce != OcspNonce.Off);
        try
        {
            var bytes = await _resilience.AskAsync(static (x, token) => x.Self.SendAsync(x.Encoded, token), (Self: this, Encoded: question.Encode()), cancellation).ConfigureAwait(false);
            Take(followed, _examination.Examine(bytes!, question, Source.Nonce, _time.GetUtcNow(), out var fault), fault, bytes!);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            Fail(e.Message);
        }
    }

    private async ValueTask<byte[]?> SendAsync(byte[] question, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ByteArrayContent(question) { Headers = { ContentType = RequestType } } };
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        return string.Equals(response.Content.Headers.ContentType?.MediaType, ResponseType, StringComparison.OrdinalIgnoreCase)
            ? await RevocationResilience.ReadBoundedAsync(response.Content, _options.AnswerBytesMax, cancellation).ConfigureAwait(false)
            : throw new IOException("an answer of another media type");
    }

    private void Take(Followed followed, OcspAnswer? answer, string fault, byte[] bytes)
    {
        if (answer is null)
        {
            Fail(fault);
            return;
        }

        lock (followed)
        {
            if (followed.Answer is { } current && answer.IsOlderThan(current))
            {
                fault = "older than the answer in force";
            }
            else
            {
                followed.Take(answer, _options, bytes);
                fault = "";
            }
        }

        if (fault.Length > 0)
        {
            Fail(fault);
        }
        else
        {
            _fault = null;
        }
    }

    private void Fail(string fault)
    {
        // Once per new fault, not once per question.
        if (_fault != fault)
        {
            Log.OcspAnswerRefused(_log, Source.Issuer.Subject, Source.Location, fault);
        }

        _fault = fault;
    }

    private void DropOld(long now)
    {
        foreach (var (id, followed) in _followed)
        {
            if (!followed.IsRegistered && now - followed.LastSeen > _options.RememberSeconds * TimeSpan.TicksPerSecond && _followed.TryRemove(id, out _))
            {
                Interlocked.Decrement(ref _count);
            }
        }
    }

    private sealed class Followed(CertificateId id)
    {
        private long _lastSeen;
        private long _goodUntil;
        private volatile OcspAnswer? _answer;

        internal CertificateId Id { get; } = id;

        internal volatile bool IsRegistered;

        internal OcspAnswer? Answer => _answer;

        internal long GoodUntil => Volatile.Read(ref _goodUntil);

        internal long LastSeen
        {
            get => Volatile.Read(ref _lastSeen);
            set => Volatile.Write(ref _lastSeen, value);
        }

        /// <summary>The first question, and when it was put; under the lock of this object.</summary>
        internal Task? First { get; set; }

        internal long FirstAt { get; set; }

        /// <summary>The answer as it came.</summary>
        internal byte[]? Bytes { get; private set; }

        internal void Take(OcspAnswer answer, OcspOptions options, byte[] bytes)
        {
            Bytes = bytes;
            var fresh = answer.ThisUpdate.AddSeconds(options.FreshnessSeconds);
            var until = answer.NextUpdate is { } next && next < fresh ? next : fresh;
            Volatile.Write(ref _goodUntil, until.AddSeconds(options.GraceSeconds).UtcTicks);
            _answer = answer;
        }
    }
}
