using EHealthHub.Audit.Journal;
using EHealthHub.Audit.Proofs;

namespace EHealthHub.Audit.Tiles;

/// <summary>
/// Reads a log from its files, with or without a writer at work on it, and writes nothing. It reads and does not judge: that the files are what was signed, LogVerifier finds out. Thread-safe.
/// Throws <see cref="InvalidDataException"/> for files that are damaged or missing.
/// </summary>
public sealed class LogReader
{
    private const int SegmentLengthMax = 256 * 1024 * 1024;
    private const int AttemptsMax = 100;

    private readonly FolderReader _reader;
    private readonly Lock _gate = new();

    // How far the journal has been read; under the lock.
    private readonly List<Group> _groups = [];
    private long _segment = -1;
    private int _offset;
    private long _next;
    private byte[] _chain = [];

    private volatile View _view = new("", 0, 0, []);

    private LogReader(FolderReader reader, string origin) => (_reader, Origin) = (reader, origin);

    /// <summary>A group of entries that may be in no bundle yet, and where it stands in the journal.</summary>
    private readonly record struct Group(long First, int Count, long Segment, int BodyAt, int BodyLength);

    private sealed record View(string Checkpoint, long CheckpointSize, long Size, Group[] Groups);

    /// <summary>The log.</summary>
    public string Origin { get; }

    /// <summary>The signed checkpoint as text, as of the last <see cref="Refresh"/>.</summary>
    public string Checkpoint => _view.Checkpoint;

    /// <summary>Entries under the checkpoint.</summary>
    public long CheckpointSize => _view.CheckpointSize;

    /// <summary>Durable entries, with those that only the journal holds, as of the last <see cref="Refresh"/>.</summary>
    public long Size => _view.Size;

    /// <summary>The folders of logs in the audit folder, in ordinal order.</summary>
    public static IReadOnlyList<string> FoldersIn(string auditFolder) =>
        Directory.Exists(auditFolder)
            ? [.. Directory.EnumerateDirectories(auditFolder).Where(folder => LogFolder.OriginOf(Path.GetFileName(folder)) is not null).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>Opens the folder of one log.</summary>
    public static LogReader Open(string logFolder)
    {
        var folder = new FolderReader(logFolder);
        var origin = LogFolder.OriginOf(Path.GetFileName(folder.Root)) ?? throw new InvalidDataException("The folder has not the name of a log's folder.");
        var reader = new LogReader(folder, origin);
        reader.Refresh();
        return reader;
    }

    /// <summary>Takes notice of what has been appended and signed since.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            // The journal first, then the checkpoint: what has left the journal meanwhile is covered by the checkpoint.
            ReadJournal();
            if (_reader.Read(LogFolder.Checkpoint, SignedNote.LengthMax) is not { } bytes || StrictText.FromUtf8(bytes) is not { } text
                || Proofs.Checkpoint.Parse(text) is not { } checkpoint || checkpoint.Origin != Origin)
            {
                throw new InvalidDataException($"{Origin}: the checkpoint is missing or damaged.");
            }

            _groups.RemoveAll(group => group.First + group.Count <= checkpoint.Size);
            _view = new View(text, checkpoint.Size, Math.Max(checkpoint.Size, _next), [.. _groups]);
        }
    }

    /// <summary>The sealed entries with indexes from <paramref name="from"/> up to but not including <paramref name="to"/>, in order; those beyond <see cref="Size"/> are left out.</summary>
    public IEnumerable<(long Index, ReadOnlyMemory<byte> Leaf)> Leaves(long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        return Read(from, Math.Min(to, _view.Size));
    }

    /// <summary>The C2SP tlog-proof of an entry under the checkpoint; null when the checkpoint does not cover the index.</summary>
    public string? Proof(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var view = _view;
        return index < view.CheckpointSize
            ? LogProof.Format(index, MerkleProof.Inclusion(index, view.CheckpointSize, new TileHashes(view.CheckpointSize, tile => TileReading.Hashes(tile, _reader.Read))), view.Checkpoint)
            : null;
    }

    /// <summary>Proof that the first <paramref name="oldSize"/> entries of the first <paramref name="size"/> are what they were. The checkpoint covers both.</summary>
    internal List<byte[]> Consistency(long oldSize, long size) => MerkleProof.Consistency(oldSize, size, new TileHashes(size, tile => TileReading.Hashes(tile, _reader.Read)));

    /// <summary>Proofs of many entries under the checkpoint as it is now.</summary>
    internal LogProofs Prover()
    {
        var view = _view;
        return new LogProofs(view.Checkpoint, view.CheckpointSize, tile => TileReading.Hashes(tile, _reader.Read));
    }

    private IEnumerable<(long Index, ReadOnlyMemory<byte> Leaf)> Read(long from, long to)
    {
        var attempts = 0;
        while (from < to)
        {
            var view = _view;
            var (first, leaves) = from < view.CheckpointSize ? FromBundle(from, view.CheckpointSize) : FromJournal(from, view);
            if (leaves is null)
            {
                // The segment was retired since: by now its entries are in bundles under a checkpoint.
                if (++attempts == AttemptsMax)
                {
                    throw new InvalidDataException($"{Origin}: entry {from} is neither in a bundle nor in the journal.");
                }

                Refresh();
                continue;
            }

            for (var i = from - first; i < leaves.Length && from < to; i++, from++)
            {
                yield return (from, leaves[i]);
            }
        }
    }

    private (long First, byte[][]? Leaves) FromBundle(long index, long size)
    {
        var first = index / TilePath.Full * TilePath.Full;
        var bundle = new TilePath(TilePath.Entries, index / TilePath.Full, (int)Math.Min(TilePath.Full, size - first));
        return (first, TileReading.Entries(bundle, _reader.Read) ?? throw new InvalidDataException($"{Origin}: {bundle} is missing or damaged."));
    }

    private (long First, byte[][]? Leaves) FromJournal(long index, View view)
    {
        var group = Array.Find(view.Groups, group => index >= group.First && index < group.First + group.Count);
        var path = PathOf(group.Segment);
        return group.Count == 0 || _reader.ReadFrom(path, group.BodyAt, group.BodyLength) is not { } body
            ? (index, null)
            : (group.First, EntryBundle.Split(body, group.Count) ?? throw new InvalidDataException($"{Origin}: {path} is damaged at byte {group.BodyAt}."));
    }

    private void ReadJournal()
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (_segment < 0 && !FindSegment())
            {
                return;
            }

            if (_reader.ReadFrom(PathOf(_segment), _offset, SegmentLengthMax) is not { } bytes)
            {
                // Retired: go on with the oldest one that is left.
                _segment = -1;
                continue;
            }

            var start = _offset;
            if (ReadGroups(bytes) is { } problem)
            {
                // What is the same when it is read again was not caught while the writer was at work on it.
                if (_reader.ReadFrom(PathOf(_segment), _offset, SegmentLengthMax) is { } again && again.AsSpan().SequenceEqual(bytes.AsSpan(_offset - start)))
                {
                    throw new InvalidDataException(problem);
                }

                continue;
            }

            if (_next == _segment || _reader.ReadFrom(PathOf(_next), 0, SegmentHeader.Size) is not { } following || SegmentHeader.Read(following, Origin) is not { } header)
            {
                return;
            }

            // A segment that has a successor is whole; the rest of it may have come after we read it.
            if (ReadGroups(_reader.ReadFrom(PathOf(_segment), _offset, SegmentLengthMax) ?? []) is { } damage)
            {
                throw new InvalidDataException(damage);
            }

            if (header.FirstIndex == _next)
            {
                Enter(header);
            }
        }
    }

    private bool FindSegment()
    {
        foreach (var name in _reader.List(LogFolder.Journal))
        {
            if (_reader.ReadFrom($"{LogFolder.Journal}/{name}", 0, SegmentHeader.Size) is { } bytes && SegmentHeader.Read(bytes, Origin) is { } header)
            {
                _groups.Clear();
                Enter(header);
                return true;
            }
        }

        return false;
    }

    private void Enter(SegmentHeader header) => (_segment, _offset, _next, _chain) = (header.FirstIndex, SegmentHeader.Size, header.FirstIndex, header.Chain);

    /// <summary>Reads whole groups from where reading stands; what is wrong, or null.</summary>
    private string? ReadGroups(byte[] bytes)
    {
        var reader = new SegmentReader(bytes, _offset, _offset, _next, _chain);
        SegmentStep step;
        while ((step = reader.Next()) == SegmentStep.Group)
        {
            _groups.Add(new Group(reader.FirstIndex, reader.Leaves.Count, _segment, _offset + JournalGroup.HeaderSize, reader.BodyLength));
            (_offset, _next, _chain) = (reader.Offset, reader.NextIndex, reader.Chain);
        }

        return step == SegmentStep.Damaged ? $"{Origin}: {PathOf(_segment)} at byte {reader.Offset}, entry {reader.NextIndex}: {reader.Problem}." : null;
    }

    private static string PathOf(long segment) => $"{LogFolder.Journal}/{SegmentHeader.NameOf(segment)}";
}
