using EHealthHub.Audit.Journal;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Log;

/// <summary>The state in which a log was found.</summary>
/// <param name="Published">Its checkpoint; null for a log that is new.</param>
/// <param name="Tree">The tree under the checkpoint.</param>
/// <param name="Tail">Every durable entry that no full bundle under the checkpoint holds.</param>
/// <param name="Segments">Segments of the journal.</param>
/// <param name="Chain">Hash of the last group.</param>
internal sealed record Found(Published? Published, TileTree Tree, LeafTail Tail, IReadOnlyList<Segment> Segments, byte[] Chain);

/// <summary>
/// Opens what a stop or a crash left. A torn tail of the journal was never acknowledged and is cut off; entries that the checkpoint does not cover are taken into the tree again. Everything else that does not fit together throws
/// <see cref="InvalidDataException"/>: a log that was damaged is for a person to look at, not for a program to mend.
/// </summary>
internal sealed class Recovery
{
    private readonly ILogFiles _files;
    private readonly string _origin;
    private readonly VerifierKey _key;
    private readonly List<Segment> _segments = [];
    private readonly List<Leaf> _leaves = [];
    private byte[] _chain = new byte[MerkleHash.Size];
    private long _first;
    private long _next;

    private Recovery(ILogFiles files, string origin, VerifierKey key) => (_files, _origin, _key) = (files, origin, key);

    public static Found Run(ILogFiles files, string origin, VerifierKey key)
    {
        new DurableFiles(files).DeleteNew();
        return new Recovery(files, origin, key).Run();
    }

    private Found Run()
    {
        var published = ReadCheckpoint();
        ReadJournal();
        if (published is null)
        {
            // The empty checkpoint of a new log is durable before its first entry is accepted.
            return _next == 0 && !_files.HasFolder(TilePath.Root)
                ? new Found(null, new TileTree(), new LeafTail(0, []), [], _chain)
                : throw new InvalidDataException($"{_origin}: the checkpoint is missing.");
        }

        if (_segments.Count == 0)
        {
            throw new InvalidDataException($"{_origin}: the journal is missing.");
        }

        if (published.Size > _next)
        {
            throw new InvalidDataException($"{_origin}: the checkpoint covers {published.Size} entries; the journal ends at {_next}.");
        }

        if (published.Size < _first)
        {
            throw new InvalidDataException($"{_origin}: the journal starts at {_first}; the checkpoint covers {published.Size} entries.");
        }

        var tree = LoadTree(published);
        CheckOverlap(published.Size);
        return new Found(published, tree, LoadTail(published.Size), [.. _segments.Where(segment => segment.End > segment.First)], _chain);
    }

    private Published? ReadCheckpoint()
    {
        if (_files.Read(LogFolder.Checkpoint, SignedNote.LengthMax) is not { } bytes)
        {
            return null;
        }

        return StrictText.FromUtf8(bytes) is { } text && Checkpoint.Parse(text) is { } checkpoint && checkpoint.Origin == _origin && checkpoint.Note.IsSignedBy(_key)
            ? new Published(checkpoint.Size, checkpoint.Root.ToArray(), text)
            : throw new InvalidDataException($"{_origin}: the checkpoint is damaged, or signed by another key.");
    }

    private void ReadJournal()
    {
        var names = _files.List(LogFolder.Journal);
        for (var i = 0; i < names.Count; i++)
        {
            if (SegmentHeader.IndexOf(names[i]) is not { } first || (i > 0 && first != _next))
            {
                throw new InvalidDataException($"{_origin}: journal/{names[i]} does not follow the segment before it.");
            }

            if (i == 0)
            {
                (_first, _next) = (first, first);
            }

            ReadSegment(first, isFirst: i == 0, isLast: i == names.Count - 1);
        }
    }

    private void ReadSegment(long first, bool isFirst, bool isLast)
    {
        var path = new Segment(first, first).Path;
        var bytes = _files.Read(path, JournalWriter.SegmentLengthMax) ?? throw new InvalidDataException($"{_origin}: {path} is gone.");
        if (SegmentHeader.Read(bytes, _origin) is not { } header)
        {
            // Cut off while it was being created: it has no entries, and the writer begins it again.
            if (isLast && bytes.Length <= SegmentHeader.Size && (bytes.Length < SegmentHeader.Size || bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0))
            {
                _segments.Add(new Segment(first, first));
                return;
            }

            throw new InvalidDataException($"{_origin}: the header of {path} is damaged.");
        }

        if (header.FirstIndex != first || (!isFirst && !header.Chain.AsSpan().SequenceEqual(_chain)))
        {
            throw new InvalidDataException($"{_origin}: {path} does not follow the segment before it.");
        }

        var reader = new SegmentReader(bytes, header);
        SegmentStep step;
        while ((step = reader.Next()) == SegmentStep.Group)
        {
            for (var i = 0; i < reader.Leaves.Count; i++)
            {
                _leaves.Add(new Leaf(reader.Leaves[i].ToArray(), reader.Hashes[i]));
            }
        }

        if (step == SegmentStep.Damaged || (step == SegmentStep.Torn && !isLast))
        {
            throw new InvalidDataException($"{_origin}: {path} at byte {reader.Offset}, entry {reader.NextIndex}: {(step == SegmentStep.Torn ? "the segment is cut short" : reader.Problem)}.");
        }

        if (step == SegmentStep.Torn)
        {
            // A crash before this is durable leaves the torn tail once more.
            using var file = _files.Open(path);
            file.SetLength(reader.Offset);
            file.Flush();
        }

        _chain = reader.Chain;
        _next = reader.NextIndex;
        _segments.Add(new Segment(first, _next));
    }

    private TileTree LoadTree(Published published)
    {
        var tree = TileTree.Load(published.Size, path => TileReading.Hashes(path, _files.Read) ?? throw new InvalidDataException($"{_origin}: {path} is missing or damaged."));
        return tree.Root().AsSpan().SequenceEqual(published.Root)
            ? tree
            : throw new InvalidDataException($"{_origin}: the tiles do not have the root of the checkpoint of {published.Size} entries.");
    }

    /// <summary>Entries that are both in the journal and under the checkpoint must be the same in both.</summary>
    private void CheckOverlap(long size)
    {
        for (var index = _first; index < size;)
        {
            var tile = index / TilePath.Full;
            var end = Math.Min(size, (tile + 1) * TilePath.Full);
            var path = new TilePath(0, tile, (int)(end - (tile * TilePath.Full)));
            var hashes = TileReading.Hashes(path, _files.Read) ?? throw new InvalidDataException($"{_origin}: {path} is missing or damaged.");
            for (; index < end; index++)
            {
                if (!hashes.AsSpan((int)(index % TilePath.Full) * MerkleHash.Size, MerkleHash.Size).SequenceEqual(_leaves[(int)(index - _first)].Hash))
                {
                    throw new InvalidDataException($"{_origin}: entry {index} of the journal is not the one in {path}.");
                }
            }
        }
    }

    private LeafTail LoadTail(long size)
    {
        var start = TilePath.FullTiles(0, size) * TilePath.Full;
        var leaves = new List<Leaf>();
        if (start < _first)
        {
            leaves.AddRange(BundleOf(start, size));
        }

        leaves.AddRange(_leaves.Skip((int)Math.Max(0, start + leaves.Count - _first)));
        return new LeafTail(start, leaves);
    }

    /// <summary>The entries of the right-most bundle that the journal no longer holds.</summary>
    private IEnumerable<Leaf> BundleOf(long start, long size)
    {
        var path = new TilePath(TilePath.Entries, start / TilePath.Full, (int)(size - start));
        var entries = TileReading.Entries(path, _files.Read);
        var hashes = TileReading.Hashes(path with { Level = 0 }, _files.Read);
        if (entries is null || hashes is null)
        {
            throw new InvalidDataException($"{_origin}: {path} is missing or damaged.");
        }

        for (var i = 0; i < entries.Length; i++)
        {
            var hash = new byte[MerkleHash.Size];
            MerkleHash.Leaf(entries[i], hash);
            if (!hash.AsSpan().SequenceEqual(hashes.AsSpan(i * MerkleHash.Size, MerkleHash.Size)))
            {
                throw new InvalidDataException($"{_origin}: entry {start + i} in {path} is damaged.");
            }

            yield return new Leaf(entries[i], hash);
        }
    }
}
