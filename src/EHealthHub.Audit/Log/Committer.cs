namespace EHealthHub.Audit.Log;

/// <summary>
/// The committing thread: takes whatever waits, appends it as one group, and releases those who wait. On a failure it refuses, and goes on refusing until the cause is gone; it looks for that by itself, with or without entries that wait.
/// </summary>
internal sealed class Committer
{
    /// <summary>Target size of a group's body; one entry more may start below it.</summary>
    private const int GroupBytesMax = 1024 * 1024;

    /// <summary>Bytes of entries that no full bundle holds yet; beyond it the disk takes groups faster than tiles, and appends fail.</summary>
    private const long TailBytesMax = 64L * 1024 * 1024;

    /// <summary>Patients' heads that only the memory holds; some hundred bytes each.</summary>
    private const int HeadsMax = 4_000_000;

    private static readonly TimeSpan s_spaceCheckEvery = TimeSpan.FromMilliseconds(50);

    private readonly AuditLogOptions _options;
    private readonly ILogFiles _files;
    private readonly WaitingQueue _queue;
    private readonly JournalWriter _journal;
    private readonly LeafTail _tail;
    private readonly HeadTable _heads;
    private readonly Integrator _integrator;
    private readonly TimeProvider _time;
    private readonly Thread _thread;

    // Owned by this thread.
    private readonly List<DraftLeaf> _leaves = [];

    // Written by this thread alone.
    private volatile Fault? _fault;
    private long _spaceCheckedAt;
    private long _triedAt;

    public Committer(AuditLogOptions options, ILogFiles files, WaitingQueue queue, JournalWriter journal, LeafTail tail, HeadTable heads, Integrator integrator, TimeProvider time)
    {
        (_options, _files, _queue, _journal, _tail, _heads, _integrator, _time) = (options, files, queue, journal, tail, heads, integrator, time);
        _thread = new Thread(Run) { IsBackground = true, Name = "audit commit" };
    }

    /// <summary>Why entries are refused at present; null when they are not.</summary>
    public Fault? Fault => _fault ?? _integrator.LastingFault;

    public void Start() => _thread.Start();

    /// <summary>Returns when the queue has been closed and worked off.</summary>
    public void Join() => _thread.Join();

    private void Run()
    {
        var group = new List<WaitingEntry>();
        while (_queue.Take(group, _options.GroupMax, GroupBytesMax, _options.RetryEvery))
        {
            Recover();
            if (group.Count == 0)
            {
                continue;
            }

            if (Fault is { } fault)
            {
                EndedGroup.Refuse(group, fault);
            }
            else
            {
                Commit(group);
            }
        }
    }

    private void Commit(List<WaitingEntry> group)
    {
        try
        {
            Place(group);
            _journal.Append(_leaves);
        }
        catch (Exception exception) when (IsDisk(exception))
        {
            _heads.Abandon();

            // Not acknowledged, whatever the disk did: nobody acts on it.
            _fault = new Fault("The audit log cannot be written.", exception);
            EndedGroup.Refuse(group, _fault);
            return;
        }

        // A crash from here on leaves entries in the log whose receipts were never seen. That is more evidence, not less.
        var index = _tail.Add(_leaves);
        _heads.Commit(index + _leaves.Count);
        _integrator.Signal();
        EndedGroup.Release(group, _options.Origin, index);
    }

    /// <summary>Gives every leaf its index and its places.</summary>
    private void Place(List<WaitingEntry> group)
    {
        _leaves.Clear();
        foreach (var entry in group)
        {
            foreach (var leaf in entry.Leaves)
            {
                _heads.Place(leaf, _journal.Next + _leaves.Count);
                _leaves.Add(leaf);
            }
        }
    }

    /// <summary>Looks whether the disk has room, and whether a fault has gone; not more often than is useful. A journal that reads back other than it was written does not heal by itself.</summary>
    private void Recover()
    {
        if (_fault is { } fault && (fault.Cause is InvalidDataException || _time.GetElapsedTime(_triedAt) < _options.RetryEvery))
        {
            return;
        }

        _triedAt = _time.GetTimestamp();
        try
        {
            if (_fault is not null || _time.GetElapsedTime(_spaceCheckedAt) > s_spaceCheckEvery)
            {
                if (_files.FreeBytes() < _options.FreeBytesMin)
                {
                    _fault = new Fault("The disk of the audit log is almost full.", null);
                    return;
                }

                _spaceCheckedAt = _time.GetTimestamp();
            }

            if (!_journal.IsSound)
            {
                _journal.Start();
            }

            _fault = _tail.Bytes > TailBytesMax ? new Fault("The audit log's tiles cannot keep up.", null)
                : _heads.ChangesCount > HeadsMax ? new Fault("The patients' heads cannot be written down.", null)
                : null;
        }
        catch (Exception exception) when (IsDisk(exception))
        {
            _fault = new Fault("The audit log cannot be written.", exception);
        }
    }

    /// <summary>What a disk can do to us. Anything else is a bug, and ends the process.</summary>
    private static bool IsDisk(Exception exception) => exception is IOException or UnauthorizedAccessException or InvalidDataException;
}

/// <summary>Why the log refuses entries.</summary>
internal sealed record Fault(string Reason, Exception? Cause);
