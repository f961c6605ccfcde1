namespace EHealthHub.Auditor.Index;

/// <summary>A growing array that is read while it grows: blocks are never moved, so that a reader who knows a size may read below it without a lock.</summary>
internal sealed class Column<T>
    where T : unmanaged
{
    private const int BlockBits = 14;
    private const int BlockSize = 1 << BlockBits;

    private volatile T[][] _blocks = [];

    /// <summary>Number of values.</summary>
    public int Count { get; private set; }

    public T this[int at] => _blocks[at >> BlockBits][at & (BlockSize - 1)];

    public void Add(T value)
    {
        var block = Count >> BlockBits;
        if (block == _blocks.Length)
        {
            _blocks = [.. _blocks, new T[BlockSize]];
        }

        _blocks[block][Count & (BlockSize - 1)] = value;
        Count++;
    }

    /// <summary>Forgets the values from <paramref name="count"/> on.</summary>
    public void Truncate(int count) => Count = count;
}
