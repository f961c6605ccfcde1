namespace EHealthHub.Audit.Log;

/// <summary>A durable entry.</summary>
internal readonly record struct Leaf(byte[] Bytes, byte[] Hash);

/// <summary>The durable entries that no full bundle holds yet, in memory. The committing thread adds, the integrating thread drops, readers take copies.</summary>
internal sealed class LeafTail
{
    private readonly Lock _gate = new();
    private readonly List<Leaf> _leaves;
    private long _start;
    private long _bytes;

    public LeafTail(long start, IEnumerable<Leaf> leaves)
    {
        _start = start;
        _leaves = [.. leaves];
        _bytes = _leaves.Sum(leaf => (long)leaf.Bytes.Length);
    }

    /// <summary>Number of durable entries of the log.</summary>
    public long End
    {
        get
        {
            lock (_gate)
            {
                return _start + _leaves.Count;
            }
        }
    }

    /// <summary>Bytes held.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Adds a group that has become durable; returns the index of its first entry.</summary>
    public long Add(List<DraftLeaf> group)
    {
        lock (_gate)
        {
            var first = _start + _leaves.Count;
            foreach (var leaf in group)
            {
                _leaves.Add(new Leaf(leaf.Bytes, leaf.Hash));
                _bytes += leaf.Bytes.Length;
            }

            return first;
        }
    }

    /// <summary>A copy of what is held from <paramref name="index"/> on; where it starts later, from there.</summary>
    public (long Start, Leaf[] Leaves) From(long index)
    {
        lock (_gate)
        {
            var start = Math.Max(index, _start);
            var skip = (int)Math.Min(start - _start, _leaves.Count);
            return (start, _leaves[skip..].ToArray());
        }
    }

    /// <summary>Full bundles hold everything before <paramref name="index"/>.</summary>
    public void DropBefore(long index)
    {
        lock (_gate)
        {
            var count = (int)Math.Max(0, index - _start);
            for (var i = 0; i < count; i++)
            {
                _bytes -= _leaves[i].Bytes.Length;
            }

            _leaves.RemoveRange(0, count);
            _start += count;
        }
    }
}
