using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Heads;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Log;

/// <summary>
/// Writes a heads file: the records of the one before, with the changes, in one pass through both, and durable before it has its name. A crash leaves the one before. The one before is checked on the way.
/// </summary>
internal sealed class HeadsWriter(ILogFiles files, string origin)
{
    private const int BufferRecords = 8_192;
    private const string NewName = $"{LogFolder.New}/heads";

    /// <summary>Writes the file. Throws <see cref="InvalidDataException"/> when the one before is not what its header says; <see cref="OperationCanceledException"/> when stopped.</summary>
    public HeadsFile Write(HeadsFile before, Dictionary<BlindName, Head> changes, long size, long headsIndex, CancellationToken stop)
    {
        var header = WriteNew(before, Sorted(changes), size, headsIndex, stop);
        var path = HeadsHeader.PathOf(size);
        files.MakeFolder(LogFolder.Heads);
        files.Rename(NewName, path);
        files.SyncFolder(LogFolder.Heads);
        files.SyncFolder("");
        return files.OpenSource(path) is { } source && HeadsFile.Open(source, origin) is { } written && written.Header.Root.AsSpan().SequenceEqual(header.Root)
            ? written
            : throw new InvalidDataException($"{origin}: {path} is not what was written.");
    }

    private HeadsHeader WriteNew(HeadsFile before, HeadRecord[] changes, long size, long headsIndex, CancellationToken stop)
    {
        files.MakeFolder(LogFolder.New);
        using var file = files.Create(NewName);
        var (tree, old, pages) = (new HeadsTree(), new HeadsTree(), new List<byte[]>());
        var buffer = new byte[BufferRecords * HeadRecord.Size];
        var (at, filled) = ((long)HeadsHeader.Length, 0);
        foreach (var record in Merged(before, changes, old))
        {
            record.Write(buffer.AsSpan(filled));
            filled += HeadRecord.Size;
            if (tree.Add(record) is { } page)
            {
                pages.Add(page);
            }

            if (filled == buffer.Length)
            {
                stop.ThrowIfCancellationRequested();
                file.Write(buffer, at);
                at += filled;
                filled = 0;
            }
        }

        if (!old.Root().AsSpan().SequenceEqual(before.Header.Root))
        {
            throw new InvalidDataException($"{origin}: the heads of {before.Header.Size} entries are no longer what was written.");
        }

        byte[] tail = [.. buffer.AsSpan(0, filled), .. pages.SelectMany(page => page)];
        file.Write(tail, at);
        var header = new HeadsHeader(size, tree.Count, tree.Root(), headsIndex);
        var bytes = new byte[HeadsHeader.Length];
        header.Write(bytes, origin);
        file.Write(bytes, 0);
        file.SetLength(at + tail.Length);
        file.Flush();
        return header;
    }

    private static IEnumerable<HeadRecord> Merged(HeadsFile before, HeadRecord[] changes, HeadsTree old)
    {
        var next = 0;
        foreach (var record in before.Records())
        {
            old.Add(record);
            for (; next < changes.Length && changes[next].Name < record.Name; next++)
            {
                yield return changes[next];
            }

            yield return next < changes.Length && changes[next].Name == record.Name ? changes[next++] : record;
        }

        for (; next < changes.Length; next++)
        {
            yield return changes[next];
        }
    }

    private static HeadRecord[] Sorted(Dictionary<BlindName, Head> changes)
    {
        var records = new HeadRecord[changes.Count];
        var i = 0;
        foreach (var (name, head) in changes)
        {
            records[i++] = new HeadRecord(name, head);
        }

        Array.Sort(records, (a, b) => a.Name.CompareTo(b.Name));
        return records;
    }
}
