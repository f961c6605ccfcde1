using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace EHealthHub.Records.Store;

/// <summary>A cache of two generations: when the young one is full it becomes the old one, and what is still asked for moves up again. Never more than twice <paramref name="generationMax"/> entries. Thread-safe.</summary>
internal sealed class Bounded<TKey, TValue>(int generationMax)
    where TKey : notnull
{
    private readonly Lock _turn = new();
    private volatile ConcurrentDictionary<TKey, TValue> _young = new();
    private volatile ConcurrentDictionary<TKey, TValue> _old = new();

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_young.TryGetValue(key, out value))
        {
            return true;
        }

        if (!_old.TryGetValue(key, out value))
        {
            return false;
        }

        Set(key, value);
        return true;
    }

    /// <summary>Forgets a value; one that is set at the same time may stay.</summary>
    public void Remove(TKey key)
    {
        _young.TryRemove(key, out _);
        _old.TryRemove(key, out _);
    }

    /// <summary>Forgets all values whose key is meant; looks at every key.</summary>
    public void RemoveWhere(Func<TKey, bool> isMeant)
    {
        foreach (var key in _young.Keys.Concat(_old.Keys).Where(isMeant).ToList())
        {
            Remove(key);
        }
    }

    public void Set(TKey key, TValue value)
    {
        if (_young.Count >= generationMax)
        {
            lock (_turn)
            {
                if (_young.Count >= generationMax)
                {
                    _old = _young;
                    _young = new ConcurrentDictionary<TKey, TValue>();
                }
            }
        }

        _young[key] = value;
    }
}
