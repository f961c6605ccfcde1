using EHealthHub.Audit.Proofs;

namespace EHealthHub.Audit.Tiles;

/// <summary>Proofs of many entries under one checkpoint. Keeps some of the tiles that it has read. Not thread-safe.</summary>
internal sealed class LogProofs(string checkpoint, long size, Func<TilePath, byte[]?> read)
{
    private const int EntriesPerTree = 64;

    private TileHashes _tree = new(size, read);
    private int _proven;

    /// <summary>The signed checkpoint as text.</summary>
    public string Checkpoint => checkpoint;

    /// <summary>Entries under it.</summary>
    public long Size => size;

    /// <summary>The inclusion proof of an entry, from the leaf up.</summary>
    public List<byte[]> Inclusion(long index)
    {
        // Upper tiles are the same for all, lower ones for none: now and then all are let go.
        if (++_proven % EntriesPerTree == 0)
        {
            _tree = new TileHashes(size, read);
        }

        return MerkleProof.Inclusion(index, size, _tree);
    }
}
