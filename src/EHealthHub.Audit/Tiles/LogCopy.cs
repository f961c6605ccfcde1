using EHealthHub.Audit.Journal;
using EHealthHub.Audit.Proofs;
using Microsoft.Win32.SafeHandles;

namespace EHealthHub.Audit.Tiles;

/// <summary>
/// Copies logs while writers are at work on them, so that each copy is whole: one that verifies, and that a writer can open. Files copied one after the other, in whatever order, are not that: a partial tile goes when the full one comes,
/// and a segment of the journal when tiles cover it. In two parts, for whoever needs the log of one moment: <see cref="Begin"/> is quick and fixes what the copy will hold, <see cref="Finish"/> takes the time that the log's length asks for.
/// </summary>
public sealed class LogCopy
{
    private const int AttemptsMax = 100;
    private const int SegmentLengthMax = 256 * 1024 * 1024;

    private readonly List<Begun> _logs;

    private LogCopy(List<Begun> logs) => _logs = logs;

    /// <summary>A log whose journal is copied and whose tiles are not.</summary>
    private sealed record Begun(FolderReader Reader, string Target, Checkpoint Checkpoint, byte[] Bytes, List<(string Name, IByteSource Source)> Heads);

    /// <summary>
    /// Copies every log in <paramref name="auditFolder"/> into <paramref name="targetFolder"/>, which is empty or holds an earlier copy; full tiles that it holds already are left as they are. Verifies nothing and makes nothing durable.
    /// Throws <see cref="InvalidDataException"/> for a log that is damaged.
    /// </summary>
    public static void Copy(string auditFolder, string targetFolder, CancellationToken cancellationToken) => Begin(auditFolder, targetFolder).Finish(null, cancellationToken);

    /// <summary>
    /// Copies the journals and takes note of the checkpoints. The copy will hold every entry that is durable when this is called, and none that comes after it returns. As <see cref="Copy"/> otherwise.
    /// </summary>
    public static LogCopy Begin(string auditFolder, string targetFolder)
    {
        var logs = new List<Begun>();
        foreach (var folder in LogReader.FoldersIn(auditFolder))
        {
            var (reader, target) = (new FolderReader(folder), Path.Combine(targetFolder, Path.GetFileName(folder)));

            // Opened before the journal is copied, so that they cover no more than the copy will hold; they do not change any more.
            var heads = reader.List(LogFolder.Heads).Select(name => (Name: name, Source: (IByteSource?)reader.OpenSource($"{LogFolder.Heads}/{name}"))).Where(file => file.Source is not null).ToList();
            var (checkpoint, bytes) = CopyJournal(reader, target);
            logs.Add(new Begun(reader, target, checkpoint, bytes, heads!));
        }

        return new LogCopy(logs);
    }

    /// <summary>Copies what the checkpoints cover. <paramref name="progress"/> is told the number of entries so far, in all logs.</summary>
    public void Finish(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var done = 0L;
        foreach (var log in _logs)
        {
            CopyTiles(log, entries => progress?.Report(done + entries), cancellationToken);
            done += log.Checkpoint.Size;
        }

        progress?.Report(done);
    }

    private static void CopyTiles(Begun log, Action<long> progress, CancellationToken cancellationToken)
    {
        var (reader, target, checkpoint, _, heads) = log;
        CopyHeads(target, heads, cancellationToken);
        for (var level = TilePath.Entries; level <= TilePath.LevelMax; level++)
        {
            for (long index = 0; index < TilePath.FullTiles(level, checkpoint.Size); index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                CopyTile(reader, target, new TilePath(level, index, TilePath.Full));
                if (level == TilePath.Entries)
                {
                    progress((index + 1) * TilePath.Full);
                }
            }

            if (TilePath.PartialWidth(level, checkpoint.Size) is > 0 and var width)
            {
                CopyTile(reader, target, new TilePath(level, TilePath.FullTiles(level, checkpoint.Size), width));
            }
        }

        foreach (var name in new[] { LogFolder.Key, LogFolder.Predecessor })
        {
            if (reader.Read(name, PredecessorFile.LengthMax) is { } bytes)
            {
                Write(target, name, bytes);
            }
        }

        // Last: a copy that was broken off is not taken for a whole one.
        Write(target, LogFolder.Checkpoint, log.Bytes);
    }

    /// <summary>Copies the journal, and reads a checkpoint that its beginning does not lie beyond and its end does not fall short of.</summary>
    private static (Checkpoint Checkpoint, byte[] Bytes) CopyJournal(FolderReader reader, string target)
    {
        for (var attempt = 1; ; attempt++)
        {
            var segments = new SortedDictionary<string, SafeFileHandle>(StringComparer.Ordinal);
            try
            {
                // What is retired from now on is covered by the checkpoint that is read next; what that covers is in the segments that are there then.
                OpenSegments(reader, segments);
                var bytes = reader.Read(LogFolder.Checkpoint, SignedNote.LengthMax);
                if (bytes is null || StrictText.FromUtf8(bytes) is not { } text || Checkpoint.Parse(text) is not { } checkpoint)
                {
                    throw new InvalidDataException($"{Path.GetFileName(reader.Root)}: the checkpoint is missing or damaged.");
                }

                OpenSegments(reader, segments);
                WriteSegments(target, segments);
                return (checkpoint, bytes);
            }
            catch (FileNotFoundException) when (attempt < AttemptsMax)
            {
                // Retired between the listing and the opening.
            }
            finally
            {
                foreach (var handle in segments.Values)
                {
                    handle.Dispose();
                }
            }
        }
    }

    private static void OpenSegments(FolderReader reader, SortedDictionary<string, SafeFileHandle> segments)
    {
        foreach (var name in reader.List(LogFolder.Journal))
        {
            if (SegmentHeader.IndexOf(name) is not null && !segments.ContainsKey(name))
            {
                segments.Add(name, File.OpenHandle(Path.Combine(reader.Root, LogFolder.Journal, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            }
        }
    }

    private static void WriteSegments(string target, SortedDictionary<string, SafeFileHandle> segments)
    {
        var folder = Path.Combine(target, LogFolder.Journal);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        foreach (var (name, handle) in segments)
        {
            var length = RandomAccess.GetLength(handle);
            if (length > SegmentLengthMax)
            {
                throw new InvalidDataException($"{LogFolder.Journal}/{name} has {length} bytes; at most {SegmentLengthMax} are copied.");
            }

            var bytes = new byte[length];
            Write(target, $"{LogFolder.Journal}/{name}", bytes.AsSpan(0, FolderReader.Fill(handle, bytes, 0)));
        }
    }

    private static void CopyHeads(string target, List<(string Name, IByteSource Source)> heads, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(target, LogFolder.Heads);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        var buffer = new byte[1024 * 1024];
        foreach (var (name, source) in heads)
        {
            Directory.CreateDirectory(folder);
            using var handle = File.OpenHandle(Path.Combine(folder, name), FileMode.Create, FileAccess.Write);
            for (var at = 0L; at < source.Length; at += buffer.Length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, source.Length - at));
                source.Read(part, at);
                RandomAccess.Write(handle, part, at);
            }

            source.Dispose();
        }
    }

    private static void CopyTile(FolderReader reader, string target, TilePath tile)
    {
        if (tile.Width == TilePath.Full && File.Exists(Path.Combine(target, tile.ToString())))
        {
            return;
        }

        if (TileReading.Read(tile, reader.Read) is not var (bytes, found))
        {
            throw new InvalidDataException($"{tile} is missing.");
        }

        // A tile that has become full meanwhile is cut back to what the checkpoint covers.
        Write(target, tile.ToString(), found == tile ? bytes : bytes.AsSpan(0, LengthOf(tile, bytes)));
    }

    private static int LengthOf(TilePath tile, byte[] bytes)
    {
        if (tile.Level != TilePath.Entries)
        {
            return Math.Min(tile.Width * MerkleHash.Size, bytes.Length);
        }

        ReadOnlySpan<byte> rest = bytes;
        for (var i = 0; i < tile.Width; i++)
        {
            if (!EntryBundle.TryRead(ref rest, out _))
            {
                throw new InvalidDataException($"{tile.FullPath} is damaged.");
            }
        }

        return bytes.Length - rest.Length;
    }

    private static void Write(string target, string path, ReadOnlySpan<byte> bytes)
    {
        var full = Path.Combine(target, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        using var handle = File.OpenHandle(full, FileMode.Create, FileAccess.Write);
        RandomAccess.Write(handle, bytes, 0);
    }
}
