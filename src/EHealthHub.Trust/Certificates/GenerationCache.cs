using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace EHealthHub.Trust.Certificates;

/// <summary>
/// A bounded map that forgets in generations: new entries go into the young half; when it is full it becomes the old half, and the former old half is dropped. What is asked for moves back among the young.
/// Reads take no lock. Never more than the bound plus the number of threads entries.
/// </summary>
internal sealed class GenerationCache<TKey, TValue>(int entriesMax)
    where TKey : notnull
    where TValue : class
{
    private readonly int _generationMax = Math.Max(1, entriesMax / 2);
    private readonly Lock _turn = new();
    private volatile Generation _young = new();
    private volatile Generation _old = new();

    internal int Count => _young.Count + _old.Count;

    internal bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        if (_young.Entries.TryGetValue(key, out value))
        {
            return true;
        }

        if (!_old.Entries.TryGetValue(key, out value))
        {
            return false;
        }

        Set(key, value);
        return true;
    }

    internal void Set(TKey key, TValue value)
    {
        var young = _young;
        if (!young.Entries.TryAdd(key, value))
        {
            young.Entries[key] = value;
            return;
        }

        if (Interlocked.Increment(ref young.Count) < _generationMax)
        {
            return;
        }

        lock (_turn)
        {
            if (_young == young)
            {
                _old = young;
                _young = new Generation();
            }
        }
    }

    private sealed class Generation
    {
        // ConcurrentDictionary.Count takes every lock; this one is free.
        internal int Count;

        internal ConcurrentDictionary<TKey, TValue> Entries { get; } = new();
    }
}
