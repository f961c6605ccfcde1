using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Verify;

/// <summary>
/// The tree as it was recomputed from the files: under the checkpoint from tiles and bundles, beyond it from the journal. Of leaf hashes it keeps none, and reads them again where needed; of the levels above it keeps one hash for 256 leaves.
/// Throws <see cref="InvalidDataException"/> for a hash that the files do not yield. Not thread-safe.
/// </summary>
internal sealed class CheckedTree : ISubtreeHashes
{
    private readonly CheckedFiles _files;
    private readonly List<byte[]> _levels = [];
    private readonly List<byte[]> _beyond = [];
    private readonly Dictionary<long, byte[]> _chosen = [];
    private (long Index, byte[] Hashes) _last = (-1, []);

    /// <summary>The tree of a checkpoint's size.</summary>
    public CheckedTree(long size, CheckedFiles files)
    {
        (Size, _files) = (size, files);
        for (var count = size / TilePath.Full; count > 0; count /= TilePath.Full)
        {
            _levels.Add(new byte[count * MerkleHash.Size]);
        }
    }

    /// <summary>Leaves under the checkpoint.</summary>
    public long Size { get; }

    /// <summary>Leaves with those that only the journal holds.</summary>
    public long KnownSize => Size + _beyond.Count;

    /// <summary>The roots of the full tiles of level 0: the hashes of level 1.</summary>
    public Span<byte> TileRoot(long tile) => _levels[0].AsSpan(checked((int)tile) * MerkleHash.Size, MerkleHash.Size);

    /// <summary>The hashes of a level from 1 up, as they follow from the level below.</summary>
    public ReadOnlySpan<byte> Level(int level) => _levels[level - 1];

    /// <summary>Number of levels from 1 up.</summary>
    public int Levels => _levels.Count;

    /// <summary>Computes the levels above 1, once all tile roots are set.</summary>
    public void Build()
    {
        for (var level = 1; level < _levels.Count; level++)
        {
            for (var i = 0; i < _levels[level].Length / MerkleHash.Size; i++)
            {
                MerkleHash.Subtree(
                    _levels[level - 1].AsSpan(i * TilePath.Full * MerkleHash.Size, TilePath.Full * MerkleHash.Size),
                    _levels[level].AsSpan(i * MerkleHash.Size, MerkleHash.Size));
            }
        }
    }

    /// <summary>Takes these leaf hashes for a tile whose file is not to be believed.</summary>
    public void Choose(long tile, byte[] hashes)
    {
        _chosen[tile] = hashes;
        _last = (-1, []);
    }

    /// <summary>Adds the hash of an entry that only the journal holds.</summary>
    public void AddBeyond(byte[] leafHash) => _beyond.Add(leafHash);

    /// <inheritdoc/>
    public void Subtree(int height, long index, Span<byte> hash)
    {
        var level = height / 8;
        var width = 1 << (height % 8);
        var inside = (index + 1) << height <= Size;
        if (inside && height >= 8)
        {
            MerkleHash.Subtree(Level(level).Slice(checked((int)(index * width)) * MerkleHash.Size, width * MerkleHash.Size), hash);
        }
        else if (inside)
        {
            var first = index * width;
            MerkleHash.Subtree(Leaves(first / TilePath.Full).AsSpan((int)(first % TilePath.Full) * MerkleHash.Size, width * MerkleHash.Size), hash);
        }
        else if (height > 0)
        {
            Span<byte> right = stackalloc byte[MerkleHash.Size];
            Subtree(height - 1, index * 2, hash);
            Subtree(height - 1, (index * 2) + 1, right);
            MerkleHash.Node(hash, right, hash);
        }
        else
        {
            Beyond(index).CopyTo(hash);
        }
    }

    /// <summary>The leaf hashes of a tile under the checkpoint.</summary>
    private byte[] Leaves(long tile)
    {
        if (_last.Index != tile)
        {
            var path = new TilePath(0, tile, (int)Math.Min(TilePath.Full, Size - (tile * TilePath.Full)));
            var hashes = _chosen.GetValueOrDefault(tile) ?? TileReading.Hashes(path, _files.Read) ?? throw new InvalidDataException($"The leaves of {path} are not known.");
            _last = (tile, hashes);
        }

        return _last.Hashes;
    }

    private byte[] Beyond(long index) =>
        index < KnownSize ? _beyond[(int)(index - Size)] : throw new InvalidDataException($"Entry {index} is neither under the checkpoint nor in the journal.");
}
