using EHealthHub.Audit.Proofs;

namespace EHealthHub.Auditor.Logs;

/// <summary>The root of a growing tree, recomputed from its leaves (RFC 6962 2.1): keeps the roots of its complete subtrees, at most 63 hashes.</summary>
internal sealed class TreeEdge
{
    private readonly List<byte[]> _subtrees;

    /// <summary>An empty tree.</summary>
    public TreeEdge() => _subtrees = [];

    private TreeEdge(TreeEdge other)
    {
        _subtrees = [.. other._subtrees];
        Size = other.Size;
    }

    /// <summary>Number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>A copy that can go its own way.</summary>
    public TreeEdge Copy() => new(this);

    /// <summary>Adds a leaf.</summary>
    public void Add(ReadOnlySpan<byte> leaf)
    {
        var hash = new byte[MerkleHash.Size];
        MerkleHash.Leaf(leaf, hash);
        for (var size = Size; (size & 1) == 1; size >>= 1)
        {
            MerkleHash.Node(_subtrees[^1], hash, hash);
            _subtrees.RemoveAt(_subtrees.Count - 1);
        }

        _subtrees.Add(hash);
        Size++;
    }

    /// <summary>The root.</summary>
    public byte[] Root()
    {
        if (_subtrees.Count == 0)
        {
            return MerkleHash.EmptyRoot();
        }

        var root = _subtrees[^1].ToArray();
        for (var i = _subtrees.Count - 2; i >= 0; i--)
        {
            MerkleHash.Node(_subtrees[i], root, root);
        }

        return root;
    }
}
