using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Verify;

/// <summary>
/// Looks at every file in the log's folder: one that the log does not have is reported; a partial tile of an earlier checkpoint has to be the start of the tile that it grew into; a tile beyond the checkpoint has to agree with the journal.
/// </summary>
internal sealed class FolderSweep(CheckedFiles files, ProblemList problems, CheckedTree tree, VerifierKey key)
{
    /// <summary>Tiles of entries that were durable only after the journal was read.</summary>
    private readonly List<TilePath> _later = [];

    public void Run(Func<bool> hasGrown, CancellationToken cancellationToken)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        foreach (var file in Directory.EnumerateFiles(files.Root, "*", options))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = Path.GetRelativePath(files.Root, file).Replace('\\', '/');
            if (TilePath.Parse(path) is { } tile)
            {
                CheckTile(tile);
            }
            else
            {
                CheckOther(path, file);
            }
        }

        // A tile is written after its entries are in the journal: without a writer at work there is none beyond the journal.
        if (_later.Count > 0 && !hasGrown())
        {
            _later.ForEach(tile => problems.Add(tile.ToString(), tree.KnownSize, "The tile lies beyond the checkpoint and the journal."));
        }
    }

    private void CheckOther(string path, string file)
    {
        var isKnown = path switch
        {
            LogFolder.Checkpoint or LogFolder.Witnessed => true,
            LogFolder.Lock => new FileInfo(file) is { Exists: false } or { Length: 0 },
            LogFolder.Key => files.Read(path, 1_024) is { } bytes && StrictText.FromUtf8(bytes) == $"{key}\n",
            LogFolder.Predecessor => files.Read(path, PredecessorFile.LengthMax) is { } end && PredecessorFile.Read(end) is not null,
            _ when path.StartsWith($"{LogFolder.New}/", StringComparison.Ordinal) => true,
            _ when path.StartsWith($"{LogFolder.Heads}/", StringComparison.Ordinal) => Heads.HeadsHeader.SizeOf(path[(LogFolder.Heads.Length + 1)..]) is not null,
            _ when path.StartsWith($"{LogFolder.Journal}/", StringComparison.Ordinal) => Journal.SegmentHeader.IndexOf(path[(LogFolder.Journal.Length + 1)..]) is not null,
            _ => false,
        };
        if (!isKnown)
        {
            problems.Add(path, -1, path == LogFolder.Key ? "The key file does not hold the key of the log." : path == LogFolder.Predecessor ? "The file does not tell how a log ended." : "The log has no such file.");
        }
    }

    private void CheckTile(TilePath tile)
    {
        var leaves = TilePath.LeavesPerHash(tile.Level);
        if (tile.Index >= long.MaxValue / TilePath.Full / leaves || ((tile.Index * TilePath.Full) + tile.Width) * leaves > tree.KnownSize)
        {
            _later.Add(tile);
            return;
        }

        if (tile.Width == TilePath.Full && tile.Index < TilePath.FullTiles(tile.Level, tree.Size))
        {
            // Already compared, hash by hash.
            return;
        }

        var hashes = HashesOf(tile);
        Span<byte> known = stackalloc byte[MerkleHash.Size];
        for (var i = 0; hashes is not null && i < tile.Width; i++)
        {
            var position = (tile.Index * TilePath.Full) + i;
            try
            {
                tree.Subtree(8 * Math.Max(0, tile.Level), position, known);
            }
            catch (InvalidDataException)
            {
                // What it would have to agree with is itself missing, which has been found already.
                return;
            }

            if (!known.SequenceEqual(hashes.AsSpan(i * MerkleHash.Size, MerkleHash.Size)))
            {
                problems.Add(tile.ToString(), position * leaves, "The file does not agree with the tree.");
                return;
            }
        }
    }

    /// <summary>The hashes in a tile or of a bundle's entries; null, and a problem, for a file that is neither. A file that has gone meanwhile gave way to the full tile.</summary>
    private byte[]? HashesOf(TilePath tile)
    {
        var bytes = files.Read(tile.ToString(), tile.Level == TilePath.Entries ? EntryBundle.BundleMax : TilePath.Full * MerkleHash.Size);
        if (bytes is null)
        {
            return null;
        }

        if (tile.Level != TilePath.Entries)
        {
            if (bytes.Length == tile.Width * MerkleHash.Size)
            {
                return bytes;
            }

            problems.Add(tile.ToString(), -1, "The tile has the wrong length.");
            return null;
        }

        if (EntryBundle.Split(bytes, tile.Width) is not { } entries)
        {
            problems.Add(tile.ToString(), -1, $"The bundle is not a sequence of {tile.Width} entries.");
            return null;
        }

        var hashes = new byte[tile.Width * MerkleHash.Size];
        for (var i = 0; i < entries.Length; i++)
        {
            MerkleHash.Leaf(entries[i], hashes.AsSpan(i * MerkleHash.Size, MerkleHash.Size));
        }

        return hashes;
    }
}
