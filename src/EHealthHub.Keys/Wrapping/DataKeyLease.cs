namespace EHealthHub.Keys.Wrapping;

/// <summary>A key on loan from a <see cref="DataKeyCache"/>; dispose it soon. The key stays whole until then, whatever the cache does meanwhile. Not for two threads at once.</summary>
public sealed class DataKeyLease : IDisposable
{
    private readonly DataKey _key;
    private SharedDataKey? _shared;

    /// <summary>Made under the cache's lock, while the cache still holds its own reference.</summary>
    internal DataKeyLease(SharedDataKey shared)
    {
        shared.Acquire();
        _shared = shared;
        _key = shared.Key;
    }

    /// <summary>The key; never dispose it yourself.</summary>
    public DataKey Key
    {
        get
        {
            ObjectDisposedException.ThrowIf(_shared is null, this);
            return _key;
        }
    }

    /// <summary>Gives the key back; a second call does nothing.</summary>
    public void Dispose() => Interlocked.Exchange(ref _shared, null)?.Release();
}

/// <summary>A key with the number of those who hold it; the last one zeroes it.</summary>
internal sealed class SharedDataKey(DataKey key)
{
    private int _holders = 1;

    public DataKey Key { get; } = key;

    public void Acquire() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            Key.Dispose();
        }
    }
}
