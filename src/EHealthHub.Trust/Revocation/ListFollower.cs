using EHealthHub.Trust.Certificates;
using Microsoft.Extensions.Logging;

namespace EHealthHub.Trust.Revocation;

/// <summary>One place where an authority's revocation list is published: looked at again and again, verified, put in force.</summary>
internal sealed class ListFollower : IRevocationFollower
{
    private readonly RevocationOptions _options;
    private readonly HeldLists _lists;
    private readonly RevocationFetcher _fetcher;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    // One refresh of a source at a time.
    private readonly SemaphoreSlim _turn = new(1);

    // Why the bytes seen last were not taken; null when they were.
    private string? _rejected;
    private volatile string? _fault;

    internal ListFollower(RevocationSource source, RevocationOptions options, HeldLists lists, HttpClient? http, TimeProvider time, ILogger log)
    {
        Source = source;
        Issuer = CertificateId.IssuerOf(source.Issuer);
        _options = options;
        _lists = lists;
        _fetcher = new RevocationFetcher(source, options, http, time);
        _time = time;
        _log = log;
    }

    public RevocationSource Source { get; }

    public TimeSpan Pause => _fetcher.IsRemote ? TimeSpan.FromSeconds(Source.PollSeconds ?? _options.AddressPollSeconds) : TimeSpan.FromMilliseconds(_options.FilePollMilliseconds);

    internal Hash256 Issuer { get; }

    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (await _fetcher.FetchAsync(cancellation).ConfigureAwait(false) is { } bytes)
            {
                Take(bytes);
            }
            else if (_rejected is null)
            {
                // It can be had, and is the one in force.
                _fault = null;
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or UnauthorizedAccessException)
        {
            Fail(e.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    public RevocationFreshness Describe(DateTimeOffset now)
    {
        if (_lists.Of(Issuer) is not { } list)
        {
            return new RevocationFreshness(Source.Issuer.Subject, Source.Location, 0, null, TimeSpan.Zero, _fault ?? "not loaded yet");
        }

        var remaining = _lists.GoodUntil(list) - now;
        return new RevocationFreshness(Source.Issuer.Subject, Source.Location, list.Count, list.NextUpdate, remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, _fault);
    }

    public void Dispose() => _turn.Dispose();

    private void Take(byte[] bytes)
    {
        _rejected = Judge(bytes);
        if (_rejected is null)
        {
            _fault = null;
            return;
        }

        Fail(_rejected);
    }

    /// <summary>Puts the list in force, or says why not.</summary>
    private string? Judge(byte[] bytes)
    {
        if (!RevocationList.TryRead(bytes, Source.Issuer, _options.ListEntriesMax, out var list, out var fault))
        {
            return fault;
        }

        if (list.ThisUpdate > _time.GetUtcNow().AddSeconds(_options.ClockSkewSeconds))
        {
            // Time alone mends this one.
            _fetcher.Forget();
            return "from the future";
        }

        if (!_lists.TryPut(list))
        {
            return "older than the list in force";
        }

        Log.RevocationListTaken(_log, Source.Issuer.Subject, Source.Location, list.Count, list.NextUpdate);
        return null;
    }

    private void Fail(string fault)
    {
        // Once per new fault, not once per look.
        if (_fault != fault)
        {
            Log.RevocationListRefused(_log, Source.Issuer.Subject, Source.Location, fault);
        }

        _fault = fault;
    }
}
