using System.Numerics;
using EHealthHub.Audit.Proofs;

namespace EHealthHub.Audit.Heads;

/// <summary>The tree over the records of a heads file, computed as they come. Not thread-safe.</summary>
internal sealed class HeadsTree
{
    private readonly RootStack _stack = new();
    private readonly byte[] _page = new byte[HeadsHeader.PageRecords * MerkleHash.Size];
    private int _inPage;

    /// <summary>Records so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a record; the hash of the page that it makes full, or null.</summary>
    public byte[]? Add(HeadRecord record)
    {
        Span<byte> bytes = stackalloc byte[HeadRecord.Size];
        record.Write(bytes);
        MerkleHash.Leaf(bytes, _page.AsSpan(_inPage * MerkleHash.Size, MerkleHash.Size));
        Count++;
        if (++_inPage < HeadsHeader.PageRecords)
        {
            return null;
        }

        var hash = new byte[MerkleHash.Size];
        MerkleHash.Subtree(_page, hash);
        _stack.Add(8, hash);
        _inPage = 0;
        return hash;
    }

    /// <summary>The root; no record is added after it.</summary>
    public byte[] Root()
    {
        Span<byte> hash = stackalloc byte[MerkleHash.Size];
        for (var at = 0; at < _inPage;)
        {
            var height = BitOperations.Log2((uint)(_inPage - at));
            MerkleHash.Subtree(_page.AsSpan(at * MerkleHash.Size, (1 << height) * MerkleHash.Size), hash);
            _stack.Add(height, hash);
            at += 1 << height;
        }

        return _stack.Root();
    }
}
