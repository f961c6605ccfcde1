using EHealthHub.Audit.Proofs;

namespace EHealthHub.Audit.Tiles;

/// <summary>The complete subtrees of a tree of a given size, read from hash tiles. Keeps the tiles it has read: use one for a proof or two. Not thread-safe.</summary>
internal sealed class TileHashes : ISubtreeHashes
{
    private readonly long _size;
    private readonly Func<TilePath, byte[]?> _read;
    private readonly Dictionary<(int Level, long Index), byte[]> _tiles = [];

    /// <summary><paramref name="read"/> yields the first Width hashes of a tile, from the partial file or from the full one, or null when there is neither.</summary>
    public TileHashes(long size, Func<TilePath, byte[]?> read)
    {
        _size = size;
        _read = read;
    }

    /// <inheritdoc/>
    public void Subtree(int height, long index, Span<byte> hash)
    {
        var level = Math.Min(height / 8, TilePath.LevelMax);
        var width = 1L << (height - (8 * level));
        var first = index * width;
        var tile = Tile(level, first / TilePath.Full);
        MerkleHash.Subtree(tile.AsSpan((int)(first % TilePath.Full) * MerkleHash.Size, (int)width * MerkleHash.Size), hash);
    }

    private byte[] Tile(int level, long index)
    {
        if (!_tiles.TryGetValue((level, index), out var tile))
        {
            var path = new TilePath(level, index, index < TilePath.FullTiles(level, _size) ? TilePath.Full : TilePath.PartialWidth(level, _size));
            tile = _read(path);
            if (tile is null || tile.Length != path.Width * MerkleHash.Size)
            {
                throw new InvalidDataException($"{path} is missing or has the wrong length.");
            }

            _tiles.Add((level, index), tile);
        }

        return tile;
    }
}
