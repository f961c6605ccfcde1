using System.Numerics;
using EHealthHub.Audit.Proofs;

namespace EHealthHub.Audit.Tiles;

/// <summary>The growing edge of a tree: for each level the hashes of its right-most tile. Everything left of it is in full tiles and never needed again to go on. Not thread-safe.</summary>
internal sealed class TileTree
{
    private readonly List<byte[]> _edge = [];

    /// <summary>Number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>An empty tree.</summary>
    public TileTree()
    {
    }

    /// <summary>The edge of a tree of <paramref name="size"/> leaves; <paramref name="partial"/> gives a level's partial tile, of the width asked for.</summary>
    public static TileTree Load(long size, Func<TilePath, byte[]> partial)
    {
        var tree = new TileTree { Size = size };
        for (var level = 0; level <= TilePath.LevelMax && size / TilePath.LeavesPerHash(level) > 0; level++)
        {
            var tile = new byte[TilePath.Full * MerkleHash.Size];
            var width = TilePath.PartialWidth(level, size);
            if (width > 0)
            {
                partial(new TilePath(level, TilePath.FullTiles(level, size), width)).AsSpan(0, width * MerkleHash.Size).CopyTo(tile);
            }

            tree._edge.Add(tile);
        }

        return tree;
    }

    /// <summary>Adds a leaf. Each tile that it makes full is handed to <paramref name="full"/> (level, index, 8,192 bytes), from level 0 up.</summary>
    public void Add(ReadOnlySpan<byte> leafHash, Action<TilePath, byte[]> full)
    {
        Span<byte> hash = stackalloc byte[MerkleHash.Size];
        leafHash.CopyTo(hash);
        for (var level = 0; ; level++)
        {
            if (level == _edge.Count)
            {
                _edge.Add(new byte[TilePath.Full * MerkleHash.Size]);
            }

            var tile = _edge[level];
            var position = TilePath.PartialWidth(level, Size);
            hash.CopyTo(tile.AsSpan(position * MerkleHash.Size));
            if (position < TilePath.Full - 1)
            {
                break;
            }

            full(new TilePath(level, TilePath.FullTiles(level, Size), TilePath.Full), tile.AsSpan().ToArray());
            MerkleHash.Subtree(tile, hash);
        }

        Size++;
    }

    /// <summary>The partial tiles that a checkpoint of the present size needs, with copies of their hashes.</summary>
    public IEnumerable<(TilePath Path, byte[] Hashes)> Partials()
    {
        for (var level = 0; level < _edge.Count; level++)
        {
            var width = TilePath.PartialWidth(level, Size);
            if (width > 0)
            {
                yield return (new TilePath(level, TilePath.FullTiles(level, Size), width), _edge[level].AsSpan(0, width * MerkleHash.Size).ToArray());
            }
        }
    }

    /// <summary>The root of the tree.</summary>
    public byte[] Root()
    {
        byte[]? root = null;
        var subtree = new byte[MerkleHash.Size];

        // From the smallest complete subtree, on the right, to the largest.
        for (var level = 0; level < _edge.Count; level++)
        {
            var end = TilePath.PartialWidth(level, Size);
            while (end > 0)
            {
                var width = 1 << BitOperations.TrailingZeroCount(end);
                MerkleHash.Subtree(_edge[level].AsSpan((end - width) * MerkleHash.Size, width * MerkleHash.Size), subtree);
                if (root is null)
                {
                    root = (byte[])subtree.Clone();
                }
                else
                {
                    MerkleHash.Node(subtree, root, root);
                }

                end -= width;
            }
        }

        return root ?? MerkleHash.EmptyRoot();
    }
}
