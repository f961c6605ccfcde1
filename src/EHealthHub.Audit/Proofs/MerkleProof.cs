using System.Numerics;

namespace EHealthHub.Audit.Proofs;

/// <summary>The hashes of a tree's complete subtrees: all that proofs and roots are made of.</summary>
internal interface ISubtreeHashes
{
    /// <summary>The hash over leaves [<paramref name="index"/> * 2^<paramref name="height"/>, (index + 1) * 2^height), all of which the tree holds.</summary>
    void Subtree(int height, long index, Span<byte> hash);
}

/// <summary>Builds and checks inclusion and consistency proofs (RFC 6962 sections 2.1.1 and 2.1.2; checked as RFC 9162 sections 2.1.3.2 and 2.1.4.2 say).</summary>
internal static class MerkleProof
{
    /// <summary>Longest proof that a tree of 2^63 leaves needs.</summary>
    public const int LengthMax = 64;

    /// <summary>The root of the first <paramref name="size"/> leaves.</summary>
    public static byte[] Root(long size, ISubtreeHashes tree)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        return size == 0 ? MerkleHash.EmptyRoot() : Range(0, size, tree);
    }

    /// <summary>Sibling hashes from the leaf up.</summary>
    public static List<byte[]> Inclusion(long index, long size, ISubtreeHashes tree)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var proof = new List<byte[]>();
        Path(index, 0, size, tree, proof);
        return proof;
    }

    /// <summary>Proof that the first <paramref name="oldSize"/> leaves of a tree of <paramref name="size"/> are what they were.</summary>
    public static List<byte[]> Consistency(long oldSize, long size, ISubtreeHashes tree)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, size);
        var proof = new List<byte[]>();
        if (oldSize > 0 && oldSize < size)
        {
            Subproof(oldSize, 0, size, known: true, tree, proof);
        }

        return proof;
    }

    /// <summary>Whether the leaf hash stands at the index of the tree with this root.</summary>
    public static bool CheckInclusion(long index, long size, ReadOnlySpan<byte> leafHash, IReadOnlyList<byte[]> proof, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size || proof.Count > LengthMax || leafHash.Length != MerkleHash.Size)
        {
            return false;
        }

        var (node, last) = (index, size - 1);
        Span<byte> hash = stackalloc byte[MerkleHash.Size];
        leafHash.CopyTo(hash);
        foreach (var sibling in proof)
        {
            if (last == 0 || sibling.Length != MerkleHash.Size)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                MerkleHash.Node(sibling, hash, hash);
                SkipToLeftChild(ref node, ref last);
            }
            else
            {
                MerkleHash.Node(hash, sibling, hash);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 && hash.SequenceEqual(root);
    }

    /// <summary>Whether the tree of <paramref name="size"/> with <paramref name="root"/> extends the one of <paramref name="oldSize"/> with <paramref name="oldRoot"/>.</summary>
    public static bool CheckConsistency(long oldSize, ReadOnlySpan<byte> oldRoot, long size, ReadOnlySpan<byte> root, IReadOnlyList<byte[]> proof)
    {
        if (oldSize < 0 || oldSize > size || proof.Count > LengthMax || proof.Any(hash => hash.Length != MerkleHash.Size))
        {
            return false;
        }

        if (oldSize == size)
        {
            return proof.Count == 0 && oldRoot.SequenceEqual(root);
        }

        if (oldSize == 0)
        {
            return proof.Count == 0 && oldRoot.SequenceEqual(MerkleHash.EmptyRoot());
        }

        // An old tree that is complete is itself the first node of the proof, and is left out of it.
        var next = 0;
        Span<byte> first = stackalloc byte[MerkleHash.Size];
        if ((oldSize & (oldSize - 1)) == 0)
        {
            oldRoot.CopyTo(first);
        }
        else if (proof.Count > 0)
        {
            proof[next++].CopyTo(first);
        }
        else
        {
            return false;
        }

        var (node, last) = (oldSize - 1, size - 1);
        while ((node & 1) == 1)
        {
            node >>= 1;
            last >>= 1;
        }

        Span<byte> oldHash = stackalloc byte[MerkleHash.Size];
        Span<byte> newHash = stackalloc byte[MerkleHash.Size];
        first.CopyTo(oldHash);
        first.CopyTo(newHash);
        for (; next < proof.Count; next++)
        {
            if (last == 0)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                MerkleHash.Node(proof[next], oldHash, oldHash);
                MerkleHash.Node(proof[next], newHash, newHash);
                SkipToLeftChild(ref node, ref last);
            }
            else
            {
                MerkleHash.Node(newHash, proof[next], newHash);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 && oldHash.SequenceEqual(oldRoot) && newHash.SequenceEqual(root);
    }

    /// <summary>Climbs past the levels at which the last node has no sibling.</summary>
    private static void SkipToLeftChild(ref long node, ref long last)
    {
        while ((node & 1) == 0 && node != 0)
        {
            node >>= 1;
            last >>= 1;
        }
    }

    private static void Path(long index, long start, long end, ISubtreeHashes tree, List<byte[]> proof)
    {
        if (end - start == 1)
        {
            return;
        }

        var split = start + SplitOf(end - start);
        if (index < split)
        {
            Path(index, start, split, tree, proof);
            proof.Add(Range(split, end, tree));
        }
        else
        {
            Path(index, split, end, tree, proof);
            proof.Add(Range(start, split, tree));
        }
    }

    private static void Subproof(long oldSize, long start, long end, bool known, ISubtreeHashes tree, List<byte[]> proof)
    {
        var size = end - start;
        if (oldSize == size)
        {
            if (!known)
            {
                proof.Add(Range(start, end, tree));
            }

            return;
        }

        var split = SplitOf(size);
        if (oldSize <= split)
        {
            Subproof(oldSize, start, start + split, known, tree, proof);
            proof.Add(Range(start + split, end, tree));
        }
        else
        {
            Subproof(oldSize - split, start + split, end, known: false, tree, proof);
            proof.Add(Range(start, start + split, tree));
        }
    }

    private static byte[] Range(long start, long end, ISubtreeHashes tree)
    {
        var hash = new byte[MerkleHash.Size];
        var size = end - start;
        if (BitOperations.IsPow2(size))
        {
            tree.Subtree(BitOperations.Log2((ulong)size), start / size, hash);
        }
        else
        {
            var split = start + SplitOf(size);
            MerkleHash.Node(Range(start, split, tree), Range(split, end, tree), hash);
        }

        return hash;
    }

    /// <summary>The largest power of two below <paramref name="size"/>, which is at least 2.</summary>
    private static long SplitOf(long size) => 1L << BitOperations.Log2((ulong)(size - 1));
}
