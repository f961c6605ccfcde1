using EHealthHub.Audit.Proofs;

namespace EHealthHub.Audit.Tiles;

/// <summary>Reading tiles for a tree of a given size while the log grows: a partial tile may already have given way to the full one, of which it is the start.</summary>
internal static class TileReading
{
    /// <summary>The bytes of the file that holds the tile; null when there is neither a full nor a partial one. <paramref name="read"/> yields a file's bytes (path, most bytes allowed) or null.</summary>
    public static (byte[] Bytes, TilePath Path)? Read(TilePath tile, Func<string, int, byte[]?> read)
    {
        var lengthMax = tile.Level == TilePath.Entries ? EntryBundle.BundleMax : TilePath.Full * MerkleHash.Size;
        var full = tile with { Width = TilePath.Full };
        if (read(full.ToString(), lengthMax) is { } bytes)
        {
            return (bytes, full);
        }

        if (tile.Width == TilePath.Full)
        {
            return null;
        }

        // The partial file goes only after the full one has come: whoever misses both looks for the full one once more.
        return read(tile.ToString(), lengthMax) is { } partial ? (partial, tile)
            : read(full.ToString(), lengthMax) is { } late ? (late, full)
            : null;
    }

    /// <summary>The hashes of a tile, Width of them; null when it is missing or has a wrong length.</summary>
    public static byte[]? Hashes(TilePath tile, Func<string, int, byte[]?> read) =>
        Read(tile, read) is var (bytes, found) && bytes.Length == found.Width * MerkleHash.Size ? bytes[..(tile.Width * MerkleHash.Size)] : null;

    /// <summary>The entries of a bundle, Width of them; null when it is missing or malformed.</summary>
    public static byte[][]? Entries(TilePath bundle, Func<string, int, byte[]?> read) =>
        Read(bundle, read) is var (bytes, found) && EntryBundle.Split(bytes, found.Width) is { } entries ? entries[..bundle.Width] : null;
}
