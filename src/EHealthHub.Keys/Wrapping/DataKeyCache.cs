using System.Diagnostics.CodeAnalysis;

namespace EHealthHub.Keys.Wrapping;

/// <summary>
/// Unwrapped data keys by compartment and epoch, bounded in number and minutes. A key is lent as a lease; one that is evicted, expired or removed is zeroed as soon as its last lease is given back. Thread-safe.
/// A timer sweeps, so that keys that nobody asks for go too.
/// </summary>
public sealed class DataKeyCache : IDisposable
{
    private readonly DataKeyCacheOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<(long Compartment, int Epoch), Held> _held = [];
    private readonly LinkedList<Held> _byUse = new();
    private readonly ITimer _sweeper;
    private bool _disposed;

    /// <summary>Starts empty. Throws <see cref="ArgumentException"/> with all faults of the options.</summary>
    public DataKeyCache(DataKeyCacheOptions options, TimeProvider time)
    {
        var faults = options.Faults();
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
        }

        _options = options;
        _time = time;
        var every = options.Lifetime / 4;
        _sweeper = time.CreateTimer(static cache => ((DataKeyCache)cache!).Sweep(), this, every, every);
    }

    /// <summary>Number of keys held.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _held.Count;
            }
        }
    }

    /// <summary>Lends the key of a compartment's epoch when it is held and not too old.</summary>
    public bool TryLease(long compartment, int epoch, [NotNullWhen(true)] out DataKeyLease? lease)
    {
        lock (_lock)
        {
            lease = null;
            if (!_held.TryGetValue((compartment, epoch), out var held))
            {
                return false;
            }

            if (IsOver(held))
            {
                Drop(held);
                return false;
            }

            if (_byUse.Last != held.Node)
            {
                _byUse.Remove(held.Node);
                _byUse.AddLast(held.Node);
            }

            lease = new DataKeyLease(held.Shared);
            return true;
        }
    }

    /// <summary>
    /// Takes over a key just unwrapped, or made, and lends it. Where another thread was first, its key is lent and <paramref name="key"/> is disposed. The epoch is the key's own.
    /// </summary>
    public DataKeyLease Add(long compartment, DataKey key)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (TryLease(compartment, key.Epoch, out var present))
            {
                key.Dispose();
                return present;
            }

            if (_held.Count >= _options.KeysMax)
            {
                Drop(_byUse.First!.Value);
            }

            var held = new Held(compartment, key, _time.GetTimestamp());
            _held.Add((compartment, key.Epoch), held);
            _byUse.AddLast(held.Node);
            return new DataKeyLease(held.Shared);
        }
    }

    /// <summary>Drops every epoch of a compartment: before its erasure is confirmed.</summary>
    public void Remove(long compartment)
    {
        lock (_lock)
        {
            foreach (var held in _byUse.Where(h => h.Compartment == compartment).ToList())
            {
                Drop(held);
            }
        }
    }

    /// <summary>Drops all keys; the cache can be used on.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            foreach (var held in _byUse.ToList())
            {
                Drop(held);
            }
        }
    }

    /// <summary>Drops all keys; leases that are out stay valid until given back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            Clear();
        }

        _sweeper.Dispose();
    }

    private void Sweep()
    {
        lock (_lock)
        {
            foreach (var held in _byUse.Where(IsOver).ToList())
            {
                Drop(held);
            }
        }
    }

    private bool IsOver(Held held) => _time.GetElapsedTime(held.AddedAt) >= _options.Lifetime;

    private void Drop(Held held)
    {
        _held.Remove((held.Compartment, held.Epoch));
        _byUse.Remove(held.Node);
        held.Shared.Release();
    }

    private sealed class Held
    {
        public Held(long compartment, DataKey key, long addedAt)
        {
            Compartment = compartment;
            Epoch = key.Epoch;
            AddedAt = addedAt;
            Shared = new SharedDataKey(key);
            Node = new LinkedListNode<Held>(this);
        }

        public long Compartment { get; }

        public int Epoch { get; }

        public long AddedAt { get; }

        public SharedDataKey Shared { get; }

        public LinkedListNode<Held> Node { get; }
    }
}
