using System.Text;
using EHealthHub.Trust.Certificates;

namespace EHealthHub.Trust.Tokens;

/// <summary>Remembers single-use identifiers in memory, for one gateway process: several gateways need one that they share. Thread-safe; a full one refuses, since forgetting would let a replay pass.</summary>
public sealed class MemoryReplayCache : IReplayCache
{
    private readonly int _entriesMax;
    private readonly TimeProvider _time;
    private readonly Lock _turn = new();
    private readonly HashSet<Hash256> _used = [];
    private readonly PriorityQueue<Hash256, DateTimeOffset> _byEnd = new();

    /// <summary>Holds up to <paramref name="entriesMax"/> identifiers (1..10,000,000) of some hundred bytes.</summary>
    public MemoryReplayCache(TimeProvider time, int entriesMax = 200_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(entriesMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entriesMax, 10_000_000);
        _entriesMax = entriesMax;
        _time = time;
    }

    /// <inheritdoc/>
    public bool TryUse(string id, DateTimeOffset until)
    {
        var key = Hash256.Of(Encoding.UTF8.GetBytes(id));
        var now = _time.GetUtcNow();
        lock (_turn)
        {
            while (_byEnd.TryPeek(out var oldest, out var end) && end <= now)
            {
                _byEnd.Dequeue();
                _used.Remove(oldest);
            }

            if (_used.Count >= _entriesMax || !_used.Add(key))
            {
                return false;
            }

            _byEnd.Enqueue(key, until);
            return true;
        }
    }
}
