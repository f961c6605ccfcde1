using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Heads;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Log;

/// <summary>
/// The keeper's thread: writes the heads of all patients down, and has their root logged as an entry. Every so often, also when the log is idle, so that an old root shows for what it is; earlier when many entries are not covered; and when
/// asked. Nobody's response waits for it. A round that fails is repeated; a crash in one leaves the heads file before, or one whose root is not logged, which still serves the next start.
/// </summary>
internal sealed class HeadsKeeper : IDisposable
{
    private const int FilesKept = 2;

    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_soon = TimeSpan.FromMinutes(1);

    private readonly AuditLogOptions _options;
    private readonly ILogFiles _files;
    private readonly HeadTable _table;
    private readonly WaitingQueue _queue;
    private readonly LeafSealer _sealer;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly AutoResetEvent _wake = new(false);
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly LogEnd? _predecessor;
    private List<Request> _asked = [];

    // Owned by the thread.
    private long _since;
    private TimeSpan _wait;
    private long _statedSize;

    private volatile string? _problem;

    public HeadsKeeper(AuditLogOptions options, ILogFiles files, FoundHeads found, LogEnd? predecessor, WaitingQueue queue, LeafSealer sealer, TimeProvider time)
    {
        (_options, _files, _table, _predecessor, _queue, _sealer, _time) = (options, files, found.Table, predecessor, queue, sealer, time);
        (_since, _statedSize) = (time.GetTimestamp(), found.Stated?.Size ?? found.Table.File.Header.Size);
        _wait = FirstWait(found);
        _timer = time.CreateTimer(_ => _wake.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _thread = new Thread(Run) { IsBackground = true, Name = "audit heads" };
    }

    /// <summary>Why the heads could not be written down the last time; null when they could.</summary>
    public string? Problem => _problem;

    public void Start()
    {
        _thread.Start();
        _timer.Change(TimeSpan.Zero, s_lookEvery);
    }

    /// <summary>Somebody who waits for the heads to be written down, and whether they have to be stated in an entry.</summary>
    private sealed record Request(TaskCompletionSource<long> Done, bool IsStated);

    /// <summary>Writes the heads down with everything that is durable now. The index of the entry, or -1 where none is asked for; <see cref="AuditUnavailableException"/> when that failed.</summary>
    public Task<long> Ask(bool isStated)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_stop.IsCancellationRequested)
            {
                return Task.FromException<long>(new AuditUnavailableException("The audit log is closed."));
            }

            _asked.Add(new Request(done, isStated));
        }

        _wake.Set();
        return done.Task;
    }

    public void StopAndJoin()
    {
        lock (_gate)
        {
            _stop.Cancel();
        }

        _wake.Set();
        _thread.Join();
        End(TakeAsked(), null, new AuditUnavailableException("The audit log is closed."));
    }

    public void Dispose()
    {
        // Waits for a callback that runs already: it would signal what is disposed below.
        _timer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _wake.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        for (; ; )
        {
            _wake.WaitOne();
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            var asked = TakeAsked();
            if (asked.Count > 0 || (_options.StatesHeads && (_time.GetElapsedTime(_since) >= _wait || _table.Size - _statedSize >= _options.HeadsEntriesMax)))
            {
                Round(asked);
            }
        }
    }

    private void Round(List<Request> asked)
    {
        try
        {
            var index = Write(isStated: asked.Count == 0 || asked.Exists(request => request.IsStated));
            (_wait, _problem) = (_options.HeadsEvery, null);
            End(asked, index, null);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever it is (the disk, the audit key, a stop): the heads are in memory and in the entries, and the round is repeated.
            _wait = s_soon < _options.HeadsEvery ? s_soon : _options.HeadsEvery;
            _problem = "The patients' heads cannot be written down.";
            End(asked, null, new AuditUnavailableException(_problem, exception));
        }

        _since = _time.GetTimestamp();
    }

    private long Write(bool isStated)
    {
        var (changes, size, headsIndex) = _table.Freeze();
        var file = changes.Count == 0 ? _table.File : new HeadsWriter(_files, _options.Origin).Write(_table.File, changes, size, headsIndex, _stop.Token);
        _table.Adopt(file);
        if (!isStated)
        {
            return -1;
        }

        var index = State(new HeadsRoot(size, file.Header.Count, file.Header.Root, _predecessor));
        _statedSize = index + 1;
        Prune();
        return index;
    }

    private long State(HeadsRoot heads)
    {
        var entry = new AuditEntry { Kind = EntryKind.Heads, Time = _time.GetUtcNow(), Interaction = "heads", Reason = "heads", Heads = heads };
        var waiting = new WaitingRecord(_sealer.Seal(entry));
        return _queue.TryAdd(waiting) is { } reason ? throw new AuditUnavailableException(reason) : waiting.Position.GetAwaiter().GetResult().Index;
    }

    /// <summary>The file before is kept until the next: the root of the newest is not under a checkpoint yet.</summary>
    private void Prune()
    {
        var names = _files.List(LogFolder.Heads);
        for (var i = 0; i < names.Count - FilesKept; i++)
        {
            _files.Delete($"{LogFolder.Heads}/{names[i]}");
        }
    }

    private List<Request> TakeAsked()
    {
        lock (_gate)
        {
            var asked = _asked;
            _asked = [];
            return asked;
        }
    }

    private static void End(List<Request> asked, long? index, Exception? failure)
    {
        foreach (var one in asked)
        {
            if (index is { } at)
            {
                one.Done.SetResult(at);
            }
            else
            {
                one.Done.SetException(failure!);
            }
        }
    }

    /// <summary>A log that follows another says so at once. What a stop has left uncovered for too long is covered soon.</summary>
    private TimeSpan FirstWait(FoundHeads found)
    {
        if (_predecessor is not null && found.Table.HeadsIndex < 0)
        {
            return TimeSpan.Zero;
        }

        var due = found.OldestUncovered is { } oldest ? oldest + _options.HeadsEvery - _time.GetUtcNow() : _options.HeadsEvery;
        return due < s_soon ? (s_soon < _options.HeadsEvery ? s_soon : _options.HeadsEvery) : due < _options.HeadsEvery ? due : _options.HeadsEvery;
    }
}
