using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Writing;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Deferred;

/// <summary>
/// Requests that the caller does not wait for (Prefer: respond-async): accepted with an entry, run as if they had been waited for, with the same decisions and entries, and picked up once or more often, each time with an entry. Results are
/// kept in memory, sealed under a key that ends with the process; nothing of them reaches a disk, and after a restart there are none.
/// </summary>
public sealed class DeferredRequests : IAsyncDisposable
{
    private const string Path = "_job/";

    private readonly ConcurrentDictionary<string, DeferredJob> _jobs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<DeferredJob, Task> _running = new();
    private readonly Dictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly DataKey _key = DataKey.Create(1);
    private readonly SemaphoreSlim _places;
    private readonly CancellationTokenSource _closing = new();
    private readonly Journal _journal;
    private readonly DeferredBounds _bounds;
    private readonly TimeProvider _time;

    internal DeferredRequests(Journal journal, DeferredBounds bounds, TimeProvider time)
    {
        _journal = journal;
        _bounds = bounds;
        _time = time;
        _places = new SemaphoreSlim(bounds.RunningMax);
    }

    /// <summary>Accepts a request: 202 with the place where to ask. <paramref name="act"/> is run later, once; <paramref name="bodyBytes"/> says what it holds until then.</summary>
    public async ValueTask<ActResult> Accept(
        ActContext context, string interaction, string type, string id, int bodyBytes, string language, Func<CancellationToken, ValueTask<ActResult>> act, CancellationToken cancellationToken)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        var job = new DeferredJob(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), context, interaction, type, id, bodyBytes, _time.GetUtcNow(), stop);
        if (TryKeep(job) is { } full)
        {
            job.Close();
            return await _journal.Refuse(context, interaction, type, id, full.Issues[0].Code, [], full, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var entry = _journal.Entry(context, EntryKind.Administration, interaction, type, id, "request-deferred", [], 202) with { Detail = Path + job.Name };
            var position = await _journal.Record(entry, cancellationToken).ConfigureAwait(false);
            var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _running[job] = Run(job, language, act, begin.Task);
            begin.SetResult();
            return new ActResult { Status = 202, Receipt = position, Deferred = new DeferredState(Path + job.Name, true, null, 1, null) };
        }
        catch
        {
            Forget(job);
            job.Close();
            throw;
        }
    }

    /// <summary>How far a request has come: 202 while it is not over, 200 with its result as a batch-response then; 404 for one that is not the caller's.</summary>
    public async ValueTask<ActResult> Look(ActContext context, string name, CancellationToken cancellationToken)
    {
        if (Find(context, name) is not { } job)
        {
            return await _journal.Refuse(context, "async-status", "", name, "not-found", [], Unknown(), cancellationToken).ConfigureAwait(false);
        }

        DateTimeOffset? ended;
        byte[] result;
        lock (_gate)
        {
            (ended, result) = (job.Ended, job.Sealed);
        }

        if (ended is null)
        {
            var waiting = _journal.Entry(context, EntryKind.Administration, job.Interaction, job.Type, job.Id, "deferred-not-over", [], 202) with { Detail = Path + name };
            var age = _time.GetUtcNow() - job.Accepted;
            var progress = job.Began is null ? "waiting" : FormattableString.Invariant($"running for {(int)(_time.GetUtcNow() - job.Began.Value).TotalSeconds} s");
            return new ActResult { Status = 202, Receipt = await _journal.Record(waiting, cancellationToken).ConfigureAwait(false), Deferred = new DeferredState(Path + name, false, progress, Math.Clamp((int)(age.TotalSeconds / 4), 1, 10), null) };
        }

        // The entry first, then the result: it names the entry of the request itself, which names the patients.
        var entry = _journal.Entry(context, EntryKind.Read, job.Interaction, job.Type, job.Id, "deferred-result", []) with { Detail = $"{Path}{name} {job.RequestId} {job.Receipt}" };
        var position = await _journal.Record(entry, cancellationToken).ConfigureAwait(false);
        return new ActResult { Status = 200, Receipt = position, Body = Open(job, result), Deferred = new DeferredState(Path + name, false, null, 0, ended + _bounds.KeepTime) };
    }

    /// <summary>Stops a request and forgets its result (202). What was committed stays.</summary>
    public async ValueTask<ActResult> Cancel(ActContext context, string name, CancellationToken cancellationToken)
    {
        if (Find(context, name) is not { } job)
        {
            return await _journal.Refuse(context, "async-cancel", "", name, "not-found", [], Unknown(), cancellationToken).ConfigureAwait(false);
        }

        var entry = _journal.Entry(context, EntryKind.Administration, job.Interaction, job.Type, job.Id, "deferred-cancelled", [], 202) with { Detail = Path + name };
        var position = await _journal.Record(entry, cancellationToken).ConfigureAwait(false);
        job.Cancel();
        Forget(job);
        return new ActResult { Status = 202, Receipt = position };
    }

    /// <summary>Forgets results whose time is over.</summary>
    public void Sweep()
    {
        var now = _time.GetUtcNow();
        foreach (var job in _jobs.Values.Where(j => j.Ended is { } ended && now - ended >= _bounds.KeepTime))
        {
            Forget(job);
        }
    }

    /// <summary>Stops what runs and waits for it; what was begun to be committed is brought to its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_running.Values).ConfigureAwait(false);
        foreach (var job in _jobs.Values)
        {
            Forget(job);
        }

        _closing.Dispose();
        _places.Dispose();
        _key.Dispose();
    }

    private async Task Run(DeferredJob job, string language, Func<CancellationToken, ValueTask<ActResult>> act, Task begin)
    {
        await begin.ConfigureAwait(false);

        // The bound runs on the clock of the machine: what it bounds is work, not validity.
        job.Stop.CancelAfter(_bounds.RunTime);
        var turn = TurnOf(job);
        try
        {
            await turn.WaitAsync(job.Stop.Token).ConfigureAwait(false);
            try
            {
                await _places.WaitAsync(job.Stop.Token).ConfigureAwait(false);
                try
                {
                    job.Began = _time.GetUtcNow();
                    End(job, await act(job.Stop.Token).ConfigureAwait(false), null, language);
                }
                finally
                {
                    _places.Release();
                }
            }
            finally
            {
                turn.Release();
            }
        }
        catch (OperationCanceledException)
        {
            End(job, null, Failure.Of(503, "timeout", "timeout", "The request took too long, or was stopped. If this was a write, its outcome is unknown: send it again with the same X-Request-Id."), language);
        }
        catch (AuditUnavailableException)
        {
            End(job, null, Failure.Of(503, "transient", "audit-unavailable", "The audit log cannot be written, so nothing is released. If this was a write, its outcome is unknown: send it again with the same X-Request-Id."), language);
        }
        catch (RecordsUnavailableException)
        {
            End(job, null, Failure.Of(503, "transient", "store-unavailable", "The record store cannot be used. If this was a write, its outcome is unknown: send it again with the same X-Request-Id."), language);
        }
        finally
        {
            _running.TryRemove(job, out _);
            GiveBackTurns(job);
            job.Close();
        }
    }

    /// <summary>Seals the answer: a batch-response with one entry, as if the request had been the entry of a batch.</summary>
    private void End(DeferredJob job, ActResult? result, Failure? failure, string language)
    {
        failure ??= result?.Failure;
        if (result is not null && result.Body.Length > _bounds.ResultBytesMax)
        {
            failure = Failure.Of(413, "too-costly", "deferred-too-large", FormattableString.Invariant($"The result has {result.Body.Length} bytes; at most {_bounds.ResultBytesMax} are kept. Ask for less, or page by page."));
        }

        var body = failure is null && result is { Body.IsEmpty: false } ? result.Body : default(ReadOnlyMemory<byte>?);
        var answer = new ArrayBufferWriter<byte>((body?.Length ?? 0) + 512);
        var response = new ResponseEntry(failure?.Status ?? result!.Status, failure is null ? result!.Location : null, failure is null ? result!.Version : null, failure is null ? result!.LastUpdated : null, body, failure)
        {
            Outcome = failure is null ? result!.Outcome : [],
        };
        BundleWriter.WriteResponse(answer, Identifiers.New(_time), false, [response], language);
        var envelope = Sealer.Seal(_key, answer.WrittenSpan, Encoding.UTF8.GetBytes(job.Name));
        answer.Clear();
        lock (_gate)
        {
            job.Receipt = result?.Receipt;
            job.Sealed = envelope;
            job.Bytes = envelope.Length;
            job.Ended = _time.GetUtcNow();
        }
    }

    private byte[] Open(DeferredJob job, byte[] envelope)
    {
        var answer = new byte[envelope.Length - Sealer.Overhead];
        return Sealer.TryOpen(_key, envelope, Encoding.UTF8.GetBytes(job.Name), answer) ? answer : throw new InvalidOperationException("A result in memory is not what was sealed.");
    }

    private DeferredJob? Find(ActContext context, string name)
    {
        Sweep();
        return _jobs.TryGetValue(name, out var job) && CryptographicOperations.FixedTimeEquals(job.Owner, DeferredJob.OwnerOf(context.Caller)) ? job : null;
    }

    /// <summary>Keeps a new request within the bounds; else says which bound it met.</summary>
    private Failure? TryKeep(DeferredJob job)
    {
        Sweep();
        lock (_gate)
        {
            var own = _jobs.Values.Where(j => j.Owner.AsSpan().SequenceEqual(job.Owner)).ToList();
            if (own.Count(j => j.Ended is null) >= _bounds.UnfinishedPerCallerMax)
            {
                return Failure.Of(429, "throttled", "deferred-too-many", $"At most {_bounds.UnfinishedPerCallerMax} requests of a caller are deferred at the same time. Wait for one, or stop one.");
            }

            if (own.Count >= _bounds.KeptPerCallerMax && own.Where(j => j.Ended is not null).MinBy(j => j.Ended) is { } oldest)
            {
                Forget(oldest);
            }

            if (_jobs.Count >= _bounds.KeptMax || _jobs.Values.Sum(j => j.Bytes) + job.Bytes > _bounds.BytesMax)
            {
                return Failure.Of(503, "throttled", "busy", "The hub keeps as many deferred requests as it can.");
            }

            _jobs[job.Name] = job;
            return null;
        }
    }

    private SemaphoreSlim TurnOf(DeferredJob job)
    {
        var owner = Convert.ToHexString(job.Owner);
        lock (_gate)
        {
            if (!_turns.TryGetValue(owner, out var turn))
            {
                turn = new SemaphoreSlim(_bounds.RunningPerCallerMax);
                _turns.Add(owner, turn);
            }

            return turn;
        }
    }

    /// <summary>A caller with nothing to run needs no turns.</summary>
    private void GiveBackTurns(DeferredJob job)
    {
        lock (_gate)
        {
            if (!_running.Keys.Concat(_jobs.Values.Where(j => j.Ended is null)).Any(j => j != job && j.Owner.AsSpan().SequenceEqual(job.Owner)))
            {
                _turns.Remove(Convert.ToHexString(job.Owner));
            }
        }
    }

    private void Forget(DeferredJob job) => _jobs.TryRemove(job.Name, out _);

    private static Failure Unknown() => Failure.Of(404, "not-found", "deferred-unknown", "No deferred request with this name is known to you. Results are kept for a quarter of an hour, and not beyond a restart of the hub.");
}
