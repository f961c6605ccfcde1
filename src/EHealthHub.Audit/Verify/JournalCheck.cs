using EHealthHub.Audit.Journal;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;
using Microsoft.Win32.SafeHandles;

namespace EHealthHub.Audit.Verify;

/// <summary>
/// Checks the journal: every group has its hash and follows the one before, what overlaps the tiles agrees with them, and what lies beyond the checkpoint is added to the tree.
/// Its files are opened before the checkpoint is read. A writer retires a segment only after a checkpoint that covers it, so that what is missing here is covered there, however fast the log grows meanwhile.
/// </summary>
internal sealed class JournalCheck : IDisposable
{
    /// <summary>Longest segment that is read, in bytes; the writer begins a new one far below.</summary>
    private const int SegmentLengthMax = 256 * 1024 * 1024;

    private const int OpenAttemptsMax = 100;
    private const int ReadAttemptsMax = 100;

    private readonly FolderReader _reader;
    private readonly ProblemList _problems;
    private readonly List<(long First, SafeFileHandle Handle)> _segments = [];
    private long _lengthRead;
    private long _groupsEnd;

    private JournalCheck(FolderReader reader, ProblemList problems) => (_reader, _problems) = (reader, problems);

    /// <summary>Opens all segments that there are at one moment.</summary>
    public static JournalCheck Open(FolderReader reader, ProblemList problems)
    {
        for (var attempt = 1; ; attempt++)
        {
            var journal = new JournalCheck(reader, problems);
            try
            {
                foreach (var first in Listed(reader))
                {
                    journal._segments.Add((first, File.OpenHandle(Path.Combine(reader.Root, PathOf(first)), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)));
                }

                return journal;
            }
            catch (FileNotFoundException) when (attempt < OpenAttemptsMax)
            {
                // Retired between the listing and the opening: what is left has to be listed again.
                journal.Dispose();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                problems.Add(LogFolder.Journal, -1, $"A segment cannot be opened: {exception.Message}");
                return journal;
            }
        }
    }

    /// <summary>Checks all segments and adds what lies beyond the checkpoint to the tree.</summary>
    public void Check(CheckedTree tree, string origin, CancellationToken cancellationToken)
    {
        if (_segments.Count == 0)
        {
            _problems.Add(LogFolder.Journal, -1, "The journal is missing: a log is never without a segment.");
            return;
        }

        var next = _segments[0].First;
        if (next > tree.Size)
        {
            _problems.Add(PathOf(next), tree.Size, "The journal starts beyond the checkpoint: the entries between are missing.");
            return;
        }

        byte[]? chain = null;
        for (var i = 0; i < _segments.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_segments[i].First != next)
            {
                _problems.Add(PathOf(_segments[i].First), next, "The segment does not start where the one before it ends.");
                return;
            }

            if (CheckSegment(tree, origin, i, chain, cancellationToken) is not { } reader)
            {
                return;
            }

            (next, chain) = (reader.NextIndex, reader.Chain);
        }

        // A live log may have begun another segment since, and signed what is in it.
        if (next < tree.Size && !Listed(_reader).Exists(first => first >= next))
        {
            _problems.Add(PathOf(_segments[^1].First), next, "The journal ends before the checkpoint: it was cut.");
        }
    }

    /// <summary>Whether the writer has gone on since the journal was read.</summary>
    public bool HasGrown() =>
        _segments.Count > 0
        && (RandomAccess.GetLength(_segments[^1].Handle) != _lengthRead || HasGroupAt(_segments[^1].Handle, _groupsEnd) || Listed(_reader).Exists(first => first > _segments[^1].First));

    public void Dispose() => _segments.ForEach(segment => segment.Handle.Dispose());

    private SegmentReader? CheckSegment(CheckedTree tree, string origin, int number, byte[]? chain, CancellationToken cancellationToken)
    {
        var (first, handle) = _segments[number];
        var isLast = number == _segments.Count - 1;
        byte[]? before = null;
        for (var attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var bytes = Read(handle);
            if (bytes is null)
            {
                _problems.Add(PathOf(first), first, "The segment is too long, or cannot be read.");
                return null;
            }

            var problem = CheckBytes(tree, origin, first, bytes, isLast, chain, out var reader);
            if (problem is null)
            {
                _groupsEnd = reader!.Offset;
                return reader;
            }

            // Bytes that are the same when they are read again were not caught while a writer was at work on them.
            if (attempt == ReadAttemptsMax || (before is not null && bytes.AsSpan().SequenceEqual(before)))
            {
                _problems.Add(PathOf(first), reader?.NextIndex ?? first, problem);
                return null;
            }

            before = bytes;
        }
    }

    private string? CheckBytes(CheckedTree tree, string origin, long first, byte[] bytes, bool isLast, byte[]? chain, out SegmentReader? reader)
    {
        reader = null;
        if (SegmentHeader.Read(bytes, origin) is not { } header)
        {
            // One that was cut off while it was being created has no entries.
            var isUnborn = isLast && (bytes.Length < SegmentHeader.Size || (bytes.Length == SegmentHeader.Size && bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0));
            reader = new SegmentReader(ReadOnlyMemory<byte>.Empty, new SegmentHeader(first, chain ?? []));
            return isUnborn ? null : "The header of the segment is damaged, or of another log.";
        }

        if (header.FirstIndex != first || (chain is not null && !header.Chain.AsSpan().SequenceEqual(chain)))
        {
            return "The segment does not follow the one before it.";
        }

        reader = new SegmentReader(bytes, header);
        SegmentStep step;
        while ((step = reader.Next()) == SegmentStep.Group)
        {
            Compare(tree, first, reader);
        }

        return step == SegmentStep.Damaged ? $"At byte {reader.Offset}: {reader.Problem}."
            : step == SegmentStep.Torn && !isLast ? $"At byte {reader.Offset}: the segment is cut short, and another follows."
            : null;
    }

    private void Compare(CheckedTree tree, long first, SegmentReader group)
    {
        Span<byte> hash = stackalloc byte[MerkleHash.Size];
        for (var i = 0; i < group.Hashes.Count; i++)
        {
            var index = group.FirstIndex + i;
            if (index == tree.KnownSize)
            {
                tree.AddBeyond(group.Hashes[i]);
                continue;
            }

            try
            {
                tree.Subtree(0, index, hash);
                if (!hash.SequenceEqual(group.Hashes[i]))
                {
                    _problems.Add(PathOf(first), index, "The entry in the journal is not the one in the tiles.");
                }
            }
            catch (InvalidDataException)
            {
                // The tile is missing or damaged, which has been found already.
            }
        }
    }

    /// <summary>Whether there is a group by now where there was room.</summary>
    private static bool HasGroupAt(SafeFileHandle handle, long offset)
    {
        Span<byte> bytes = stackalloc byte[JournalGroup.HashAt];
        return RandomAccess.Read(handle, bytes, offset) == bytes.Length && bytes.IndexOfAnyExcept((byte)0) >= 0;
    }

    private byte[]? Read(SafeFileHandle handle)
    {
        try
        {
            _lengthRead = RandomAccess.GetLength(handle);
            if (_lengthRead > SegmentLengthMax)
            {
                return null;
            }

            var bytes = new byte[_lengthRead];
            var read = 0;
            while (read < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(read), read) is > 0 and var more)
            {
                read += more;
            }

            // A writer that cuts a torn tail makes the file shorter meanwhile.
            return bytes[..read];
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static List<long> Listed(FolderReader reader) => [.. reader.List(LogFolder.Journal).Select(SegmentHeader.IndexOf).OfType<long>()];

    private static string PathOf(long first) => $"{LogFolder.Journal}/{SegmentHeader.NameOf(first)}";
}
