using EHealthHub.Audit.Entries;

namespace EHealthHub.Exchange.AuditEvents;

/// <summary>Walks back through one log, the newest entry first, a bundle's worth at a time, until the entries are older than asked for. Not thread-safe.</summary>
internal sealed class LogWalk
{
    /// <summary>Entries of one stretch: as many as lie in one file.</summary>
    public const int Stretch = 256;

    /// <summary>
    /// How far the order of entries may differ from that of their times: an entry is given its time before it is queued, and a clock that is put right jumps. What stands further from where its time says is not found by its date.
    /// </summary>
    public static readonly TimeSpan Slack = TimeSpan.FromMinutes(10);

    private readonly EventLog _log;
    private readonly DateTimeOffset _floor;
    private readonly List<AuditEntry> _stretch = [];
    private long _first;

    /// <summary>Before index <paramref name="before"/>, back to entries older than <paramref name="floor"/>.</summary>
    public LogWalk(EventLog log, long before, DateTimeOffset floor)
    {
        (_log, _floor, _first) = (log, floor, Math.Min(before, log.Size));
        Step();
    }

    /// <summary>The log.</summary>
    public string Origin => _log.Origin;

    /// <summary>Where it stands; null at the end.</summary>
    public LoggedEntry? Current { get; private set; }

    /// <summary>Goes to the entry before.</summary>
    public void Step()
    {
        if (_stretch.Count == 0 && !Fill())
        {
            Current = null;
            return;
        }

        Current = new LoggedEntry(_log.Origin, _first + _stretch.Count - 1, _stretch[^1]);
        _stretch.RemoveAt(_stretch.Count - 1);
    }

    /// <summary>The index before which to begin, for entries not newer than <paramref name="until"/>: found by halving, since times grow with indexes but for the slack.</summary>
    public static long Before(EventLog log, DateTimeOffset until)
    {
        if (until >= DateTimeOffset.MaxValue - Slack)
        {
            return log.Size;
        }

        var (low, high) = (0L, (log.Size + Stretch - 1) / Stretch);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (log.At(middle * Stretch).Time > until + Slack)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return Math.Min(log.Size, low * Stretch);
    }

    private bool Fill()
    {
        if (_first <= 0)
        {
            return false;
        }

        var end = _first;
        _first = (end - 1) / Stretch * Stretch;
        _stretch.AddRange(_log.Read(_first, end));
        if (_stretch.All(entry => entry.Time < _floor))
        {
            _stretch.Clear();
            _first = 0;
            return false;
        }

        return true;
    }
}
