using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Verify;

/// <summary>
/// Recomputes every leaf hash from the entries and compares it with the tiles of level 0, in parallel. Where the two differ, one of the files is not what it was: the hash in the level above tells which, and at the right edge,
/// where there is none, the signed root does.
/// </summary>
internal sealed class BundleCheck(CheckedFiles files, ProblemList problems, CheckedTree tree, ReadOnlyMemory<byte> signedRoot)
{
    /// <summary>Bundles that one thread takes at a time.</summary>
    private const int ChunkSize = 16;

    private const int ThreadsMax = 16;
    private const int SuspectsMax = 1_000;

    private readonly Lock _gate = new();
    private readonly List<Suspect> _suspects = [];

    /// <summary>What entries and tile say of the same leaves: hashes each, or null for a file that is missing or malformed. <paramref name="EntryIndex"/> is the first entry that does not fit, and -1 without one.</summary>
    private sealed record Suspect(TilePath Tile, byte[]? Entries, byte[]? Hashes, long EntryIndex);

    /// <summary>Checks everything under the checkpoint; false when some leaves could not be found out, so that there is no root.</summary>
    public bool Run(Action<int> progress, CancellationToken cancellationToken)
    {
        var bundles = (tree.Size + TilePath.Full - 1) / TilePath.Full;
        var chunks = (bundles + ChunkSize - 1) / ChunkSize;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Min(Environment.ProcessorCount, ThreadsMax), CancellationToken = cancellationToken };
        Parallel.For(0L, chunks, options, () => new Worker(files), (chunk, _, worker) =>
        {
            var entries = 0;
            for (var bundle = chunk * ChunkSize; bundle < Math.Min(bundles, (chunk + 1) * ChunkSize); bundle++)
            {
                entries += Check(worker, bundle);
            }

            progress(entries);
            return worker;
        }, _ => { });
        return Judge();
    }

    private int Check(Worker worker, long bundle)
    {
        var width = (int)Math.Min(TilePath.Full, tree.Size - (bundle * TilePath.Full));
        var tile = new TilePath(0, bundle, width);
        var hasHashes = worker.ReadHashes(tile);
        var entryCount = worker.ReadEntries(tile with { Level = TilePath.Entries });
        var own = worker.Own.AsSpan(0, width * MerkleHash.Size);
        var stated = worker.Stated.AsSpan(0, width * MerkleHash.Size);
        if (hasHashes && entryCount == width && own.SequenceEqual(stated))
        {
            if (width == TilePath.Full)
            {
                MerkleHash.Subtree(own, tree.TileRoot(bundle));
            }

            return width;
        }

        var firstBad = hasHashes && entryCount >= 0 ? own[..(Math.Min(entryCount, width) * MerkleHash.Size)].CommonPrefixLength(stated) / MerkleHash.Size : -1;
        lock (_gate)
        {
            if (_suspects.Count < SuspectsMax)
            {
                _suspects.Add(new Suspect(tile, entryCount == width ? own.ToArray() : null, hasHashes ? stated.ToArray() : null, firstBad < 0 ? -1 : (bundle * TilePath.Full) + Math.Min(firstBad, width - 1)));
            }
        }

        return width;
    }

    private bool Judge()
    {
        var whole = _suspects.Count < SuspectsMax;
        foreach (var suspect in _suspects.Where(suspect => suspect.Tile.Width == TilePath.Full))
        {
            whole &= JudgeFull(suspect);
        }

        tree.Build();
        foreach (var suspect in _suspects.Where(suspect => suspect.Tile.Width < TilePath.Full))
        {
            whole &= JudgeEdge(suspect, whole);
        }

        return whole;
    }

    private bool JudgeFull(Suspect suspect)
    {
        var parentWidth = (int)Math.Min(TilePath.Full, TilePath.FullTiles(0, tree.Size) - (suspect.Tile.Index / TilePath.Full * TilePath.Full));
        var parent = TileReading.Hashes(new TilePath(1, suspect.Tile.Index / TilePath.Full, parentWidth), files.Read);
        var stated = parent is null ? default : parent.AsSpan((int)(suspect.Tile.Index % TilePath.Full) * MerkleHash.Size, MerkleHash.Size);
        Span<byte> entriesRoot = stackalloc byte[MerkleHash.Size];
        Span<byte> hashesRoot = stackalloc byte[MerkleHash.Size];
        var entriesFit = RootOf(suspect.Entries, entriesRoot) && entriesRoot.SequenceEqual(stated);
        var hashesFit = RootOf(suspect.Hashes, hashesRoot) && hashesRoot.SequenceEqual(stated);
        Report(suspect, entriesFit, hashesFit);
        var chosen = entriesFit ? suspect.Entries : hashesFit ? suspect.Hashes : suspect.Entries ?? suspect.Hashes;
        if (chosen is not null)
        {
            tree.Choose(suspect.Tile.Index, chosen);
            RootOf(chosen, tree.TileRoot(suspect.Tile.Index));
            return true;
        }

        // Neither file tells; what the level above says keeps the rest checkable.
        if (stated.IsEmpty)
        {
            return false;
        }

        stated.CopyTo(tree.TileRoot(suspect.Tile.Index));
        return true;
    }

    private bool JudgeEdge(Suspect suspect, bool restIsWhole)
    {
        var entriesFit = restIsWhole && Fits(suspect, suspect.Entries);
        var hashesFit = restIsWhole && !entriesFit && Fits(suspect, suspect.Hashes);
        Report(suspect, entriesFit, hashesFit);
        var chosen = entriesFit ? suspect.Entries : hashesFit ? suspect.Hashes : suspect.Entries ?? suspect.Hashes;
        if (chosen is not null)
        {
            tree.Choose(suspect.Tile.Index, chosen);
        }

        return chosen is not null;
    }

    private bool Fits(Suspect suspect, byte[]? hashes)
    {
        if (hashes is null)
        {
            return false;
        }

        tree.Choose(suspect.Tile.Index, hashes);
        return MerkleProof.Root(tree.Size, tree).AsSpan().SequenceEqual(signedRoot.Span);
    }

    /// <summary>Names the file that does not fit; both when neither does.</summary>
    private void Report(Suspect suspect, bool entriesFit, bool hashesFit)
    {
        var tile = suspect.Tile;
        var bundle = tile with { Level = TilePath.Entries };
        if (!hashesFit || suspect.Hashes is null)
        {
            if (suspect.Hashes is null)
            {
                problems.Add(NameOf(tile), -1, "The tile is missing or has the wrong length.");
            }
            else
            {
                problems.Add(NameOf(tile), suspect.EntryIndex, "The tile does not hold the hash of the entry.");
            }
        }

        if (!entriesFit)
        {
            problems.Add(NameOf(bundle), suspect.EntryIndex, suspect.Entries is null ? "The bundle is missing, or is not a sequence of so many entries." : "The entry does not have the hash that the tile holds.");
        }
    }

    /// <summary>The file that was read: the partial one unless the full one is there.</summary>
    private string NameOf(TilePath tile) => File.Exists(Path.Combine(files.Root, tile.FullPath)) ? tile.FullPath : tile.ToString();

    private static bool RootOf(byte[]? hashes, Span<byte> root)
    {
        if (hashes is null)
        {
            return false;
        }

        MerkleHash.Subtree(hashes, root);
        return true;
    }

    /// <summary>The buffers of one thread.</summary>
    private sealed class Worker(CheckedFiles files)
    {
        private byte[] _file = new byte[256 * 1024];
        private byte[] _tile = new byte[TilePath.Full * MerkleHash.Size];

        /// <summary>Hashes of the entries just read.</summary>
        public byte[] Own { get; } = new byte[TilePath.Full * MerkleHash.Size];

        /// <summary>Hashes of the tile just read.</summary>
        public byte[] Stated { get; } = new byte[TilePath.Full * MerkleHash.Size];

        public bool ReadHashes(TilePath tile)
        {
            var (length, width) = Read(tile, ref _tile, TilePath.Full * MerkleHash.Size);
            _tile.CopyTo(Stated, 0);
            return length == width * MerkleHash.Size;
        }

        /// <summary>Hashes the entries; returns how many were found before the bundle ended or ceased to be one, and -1 without a file.</summary>
        public int ReadEntries(TilePath bundle)
        {
            var (length, width) = Read(bundle, ref _file, EntryBundle.BundleMax);
            if (length < 0)
            {
                return -1;
            }

            ReadOnlySpan<byte> rest = _file.AsSpan(0, length);
            for (var i = 0; i < width; i++)
            {
                if (!EntryBundle.TryRead(ref rest, out var entry))
                {
                    return Math.Min(i, bundle.Width - 1);
                }

                if (i < bundle.Width)
                {
                    MerkleHash.Leaf(entry, Own.AsSpan(i * MerkleHash.Size, MerkleHash.Size));
                }
            }

            return rest.IsEmpty ? bundle.Width : bundle.Width - 1;
        }

        /// <summary>As <see cref="TileReading.Read"/>, into a buffer.</summary>
        private (int Length, int Width) Read(TilePath tile, ref byte[] buffer, int lengthMax)
        {
            var length = files.ReadInto(tile.FullPath, ref buffer, lengthMax);
            if (length < 0 && tile.Width < TilePath.Full)
            {
                length = files.ReadInto(tile.ToString(), ref buffer, lengthMax);
                return length >= 0 ? (length, tile.Width) : (files.ReadInto(tile.FullPath, ref buffer, lengthMax), TilePath.Full);
            }

            return (length, TilePath.Full);
        }
    }
}
