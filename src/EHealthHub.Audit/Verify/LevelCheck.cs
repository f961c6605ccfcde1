using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Verify;

/// <summary>Compares every tile of the levels above 0 with what follows from the level below.</summary>
internal static class LevelCheck
{
    public static void Run(CheckedFiles files, ProblemList problems, CheckedTree tree)
    {
        for (var level = 1; level <= tree.Levels; level++)
        {
            var hashes = tree.Level(level);
            for (var tile = 0; !hashes.IsEmpty; tile++)
            {
                var width = Math.Min(TilePath.Full, hashes.Length / MerkleHash.Size);
                CheckTile(files, problems, new TilePath(level, tile, width), hashes[..(width * MerkleHash.Size)]);
                hashes = hashes[(width * MerkleHash.Size)..];
            }
        }
    }

    private static void CheckTile(CheckedFiles files, ProblemList problems, TilePath tile, ReadOnlySpan<byte> computed)
    {
        if (TileReading.Read(tile, files.Read) is not var (bytes, found))
        {
            problems.Add(tile.ToString(), -1, "The tile is missing.");
        }
        else if (bytes.Length != found.Width * MerkleHash.Size)
        {
            problems.Add(found.ToString(), -1, "The tile has the wrong length.");
        }
        else if (computed.CommonPrefixLength(bytes) is var common && common < computed.Length)
        {
            var index = ((tile.Index * TilePath.Full) + (common / MerkleHash.Size)) * TilePath.LeavesPerHash(tile.Level);
            problems.Add(found.ToString(), index, "A hash of the tile does not follow from the level below.");
        }
    }
}
