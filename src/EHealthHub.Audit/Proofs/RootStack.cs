namespace EHealthHub.Audit.Proofs;

/// <summary>Computes the root of a tree (RFC 6962) from complete subtrees that come from left to right, in memory of one hash for each level. Not thread-safe.</summary>
internal sealed class RootStack
{
    private readonly List<(int Height, byte[] Hash)> _stack = [];

    /// <summary>Adds the subtree of 2^<paramref name="height"/> leaves that follows. No lower one has been added before, unless such have made whole ones of this height.</summary>
    public void Add(int height, ReadOnlySpan<byte> hash)
    {
        var own = hash.ToArray();
        while (_stack.Count > 0 && _stack[^1].Height == height)
        {
            MerkleHash.Node(_stack[^1].Hash, own, own);
            _stack.RemoveAt(_stack.Count - 1);
            height++;
        }

        _stack.Add((height, own));
    }

    /// <summary>The root of what has been added.</summary>
    public byte[] Root()
    {
        if (_stack.Count == 0)
        {
            return MerkleHash.EmptyRoot();
        }

        var root = (byte[])_stack[^1].Hash.Clone();
        for (var i = _stack.Count - 2; i >= 0; i--)
        {
            MerkleHash.Node(_stack[i].Hash, root, root);
        }

        return root;
    }
}
