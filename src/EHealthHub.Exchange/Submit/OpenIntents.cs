namespace EHealthHub.Exchange.Submit;

/// <summary>
/// Which intents of this process have no outcome yet. The lowest of them goes into the watermark entries, so that start-up need not read the whole log to find orphans.
/// </summary>
public sealed class OpenIntents
{
    private readonly Lock _gate = new();
    private readonly HashSet<Handle> _open = [];

    /// <summary>An intent about to be appended.</summary>
    internal Handle Open()
    {
        var handle = new Handle(this);
        lock (_gate)
        {
            _open.Add(handle);
        }

        return handle;
    }

    /// <summary>
    /// The index from which an orphan search must begin: the lowest open intent, or <paramref name="size"/> when all are closed; null while one is being appended and its index is not known.
    /// </summary>
    public long? Lowest(long size)
    {
        lock (_gate)
        {
            return _open.Any(h => h.Index < 0) ? null : _open.Count == 0 ? size : _open.Min(h => h.Index);
        }
    }

    private void Close(Handle handle)
    {
        lock (_gate)
        {
            _open.Remove(handle);
        }
    }

    /// <summary>Intents of this process whose end is not known: the store or the log failed in between.</summary>
    internal long[] Unknown()
    {
        lock (_gate)
        {
            return [.. _open.Where(h => h.IsLeft).Select(h => h.Index)];
        }
    }

    /// <summary>Forgets an intent whose outcome has been recorded after all.</summary>
    internal void Forget(long index)
    {
        lock (_gate)
        {
            _open.RemoveWhere(h => h.Index == index);
        }
    }

    /// <summary>One open intent. Disposing it closes it only when its outcome is in the log or it never got into the log; else it is left for <see cref="Start.CloseOrphans"/>.</summary>
    internal sealed class Handle(OpenIntents owner) : IDisposable
    {
        private long _index = -1;
        private volatile bool _ended;
        private volatile bool _left;

        public long Index => Interlocked.Read(ref _index);

        public bool IsLeft => _left;

        public void At(long index) => Interlocked.Exchange(ref _index, index);

        public void Ended() => _ended = true;

        public void Dispose()
        {
            if (_ended || Index < 0)
            {
                owner.Close(this);
            }
            else
            {
                _left = true;
            }
        }
    }
}
