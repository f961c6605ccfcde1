namespace EHealthHub.Audit.Log;

/// <summary>Entries that wait for the committing thread, bounded. Many callers put in, one thread takes out.</summary>
internal sealed class WaitingQueue(int waitingMax)
{
    private readonly object _gate = new();
    private readonly Queue<WaitingEntry> _waiting = new();
    private bool _closed;

    /// <summary>Puts an entry in; a reason when it is refused.</summary>
    public string? TryAdd(WaitingEntry entry)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return "The audit log is closed.";
            }

            if (_waiting.Count >= waitingMax)
            {
                return "Too many entries wait for the audit log.";
            }

            _waiting.Enqueue(entry);
            if (_waiting.Count == 1)
            {
                Monitor.Pulse(_gate);
            }

            return null;
        }
    }

    /// <summary>
    /// Takes whatever waits, up to the bounds: a group is as large as the last fsync was slow, and an entry that finds the writer idle goes alone and at once. Waits for the first one, no longer than <paramref name="patience"/>.
    /// False when the queue is closed and empty.
    /// </summary>
    public bool Take(List<WaitingEntry> group, int countMax, int bytesMax, TimeSpan patience)
    {
        group.Clear();
        lock (_gate)
        {
            if (_waiting.Count == 0 && !_closed)
            {
                Monitor.Wait(_gate, patience);
            }

            var bytes = 0;
            while (group.Count < countMax && bytes < bytesMax && _waiting.TryDequeue(out var entry))
            {
                group.Add(entry);
                foreach (var leaf in entry.Leaves)
                {
                    bytes += leaf.Bytes.Length;
                }
            }

            return group.Count > 0 || !_closed;
        }
    }

    /// <summary>Takes no more; what waits is still handed out.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
