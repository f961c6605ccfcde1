using System.Security.Cryptography;
using EHealthHub.Audit.Journal;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Log;

/// <summary>A segment of the journal that is on the disk.</summary>
/// <param name="First">Index of its first entry.</param>
/// <param name="End">Index after its last.</param>
internal readonly record struct Segment(long First, long End)
{
    public string Path => $"{LogFolder.Journal}/{SegmentHeader.NameOf(First)}";
}

/// <summary>
/// Writes groups to the journal. Only the committing thread calls it, except for <see cref="Retire"/>. After a call that threw, nothing is known of the end of the segment, and <see cref="Start"/> has to succeed before the next append.
/// </summary>
internal sealed class JournalWriter : IDisposable
{
    /// <summary>A segment is closed when it has grown beyond this many bytes.</summary>
    public const int SegmentBytesMax = 32 * 1024 * 1024;

    /// <summary>
    /// A segment grows by this many bytes at a time, zeros written beforehand: a group that finds room is durable with its own blocks alone. One that lengthens the file has to wait for the file system's journal, and with it for
    /// whatever else anybody writes to this disk.
    /// </summary>
    public const int RoomBytes = 256 * 1024;

    /// <summary>Longest file that can be a segment.</summary>
    public const int SegmentLengthMax = SegmentBytesMax + JournalGroup.HeaderSize + JournalGroup.BodyMax + 8 + RoomBytes;

    private readonly ILogFiles _files;
    private readonly string _origin;
    private readonly int _segmentBytesMax;
    private readonly byte[] _room;

    // Shared with Retire, under its own lock.
    private readonly List<Segment> _closed;
    private bool _hasCurrent;

    private byte[] _buffer = new byte[64 * 1024];
    private byte[] _chain;
    private long _next;

    // The current segment: its first entry, its durable length, where its room ends, and its file while it is known to be sound. A length of 0 means that there is none yet.
    private long _first;
    private long _length;
    private long _roomEnd;
    private ILogFile? _file;
    private Segment? _closing;

    public JournalWriter(ILogFiles files, string origin, IEnumerable<Segment> closed, long next, byte[] chain, int segmentBytesMax, int roomBytes)
    {
        _files = files;
        _origin = origin;
        _closed = [.. closed];
        _next = next;
        _chain = chain;
        _segmentBytesMax = segmentBytesMax;
        _room = new byte[roomBytes];
    }

    /// <summary>Index of the next entry.</summary>
    public long Next => _next;

    /// <summary>Whether <see cref="Append"/> can be called.</summary>
    public bool IsSound => _file is not null;

    /// <summary>
    /// Begins a new segment, at first and after every failure.
    /// A crash before the header is flushed leaves an empty or torn last segment, which recovery begins again; one after it leaves a segment without groups, which recovery begins again too.
    /// </summary>
    public void Start()
    {
        if (_length > 0 && _file is null)
        {
            CutBackToDurable();
        }

        Begin();
    }

    /// <summary>
    /// Writes the group and flushes it; when it returns, the group is durable.
    /// A crash before the flush returns leaves nothing, a torn group, or the whole group, none of it acknowledged: recovery drops the torn one and keeps the whole one. A crash after it leaves the group.
    /// </summary>
    public void Append(List<DraftLeaf> group)
    {
        if (_length > _segmentBytesMax)
        {
            Begin();
        }

        var file = _file ?? throw new InvalidOperationException("The journal has not been started.");
        var chain = new byte[MerkleHash.Size];
        var bytes = Encode(group, chain);
        try
        {
            Write(file, bytes);
            file.FlushData();
        }
        catch
        {
            Doubt();
            throw;
        }

        _length += bytes.Length;
        _next += group.Count;
        _chain = chain;
    }

    /// <summary>
    /// Deletes the segments whose entries the durable tiles under a durable checkpoint hold, oldest first and each durably, so that no crash brings back one without those after it. One that comes back agrees with the tiles.
    /// Called by the integrating thread.
    /// </summary>
    public void Retire(long coveredSize)
    {
        List<Segment> covered;
        lock (_closed)
        {
            covered = _hasCurrent ? _closed.FindAll(segment => segment.End <= coveredSize) : [];
        }

        foreach (var segment in covered)
        {
            _files.Delete(segment.Path);
            _files.SyncFolder(LogFolder.Journal);
            lock (_closed)
            {
                _closed.Remove(segment);
            }
        }
    }

    public void Dispose()
    {
        try
        {
            GiveBackRoom();
        }
        catch (IOException)
        {
            // The next start cuts it off.
            Doubt();
        }

        Doubt();
    }

    /// <summary>What makes a header one comes last: who reads meanwhile finds no group, or a whole one.</summary>
    private void Write(ILogFile file, ReadOnlySpan<byte> bytes)
    {
        var end = _length + bytes.Length;
        file.Write(bytes[JournalGroup.HashAt..], _length + JournalGroup.HashAt);
        if (end > _roomEnd)
        {
            if (_room.Length > 0)
            {
                file.Write(_room, end);
            }

            _roomEnd = end + _room.Length;
        }

        file.Write(bytes[..JournalGroup.HashAt], _length);
    }

    /// <summary>A segment that is closed ends behind its last group. A crash before this is durable leaves the room, a torn tail of the last segment.</summary>
    private void GiveBackRoom()
    {
        if (_file is not null && _roomEnd > _length)
        {
            _file.SetLength(_length);
            _file.Flush();
            _roomEnd = _length;
        }
    }

    /// <summary>Closes the current segment, which is whole, and creates the next.</summary>
    private void Begin()
    {
        try
        {
            GiveBackRoom();
        }
        catch
        {
            Doubt();
            throw;
        }

        Doubt();
        if (_length > 0 && _next > _first)
        {
            _closing = new Segment(_first, _next);
        }

        // Until the new one is durable there is no current segment. Creating it again under the same name is right: it has no group yet.
        _length = 0;
        _first = _next;
        Span<byte> header = stackalloc byte[SegmentHeader.Size];
        new SegmentHeader(_next, _chain).Write(header, _origin);
        _files.MakeFolder(LogFolder.Journal);
        var file = _files.Create(new Segment(_next, _next).Path);
        try
        {
            file.Write(header, 0);
            file.Flush();
            _files.SyncFolder(LogFolder.Journal);
            _files.SyncFolder("");
        }
        catch
        {
            file.Dispose();
            throw;
        }

        _file = file;
        _length = SegmentHeader.Size;
        _roomEnd = SegmentHeader.Size;

        // Only now may the one before be retired: the journal is never without a segment, so that a missing one shows.
        lock (_closed)
        {
            if (_closing is { } closing)
            {
                _closed.Add(closing);
                _closing = null;
            }

            _hasCurrent = true;
        }
    }

    /// <summary>
    /// After a failed write or flush the kernel may have dropped pages and called them clean, so the rest of the segment is not to be trusted: what was durable is read and checked again, the rest is cut off, and a new segment follows.
    /// A crash before the cut is durable leaves a torn or whole group that nobody was told of, like a crash during the append.
    /// </summary>
    private void CutBackToDurable()
    {
        var path = new Segment(_first, _next).Path;
        using (var file = _files.Open(path))
        {
            file.SetLength(_length);
            file.Flush();
        }

        var bytes = _files.Read(path, SegmentLengthMax) ?? throw new InvalidDataException($"{path} is gone.");
        if (SegmentHeader.Read(bytes, _origin) is not { } header || bytes.Length != _length)
        {
            throw new InvalidDataException($"{path} is no longer what was written.");
        }

        var reader = new SegmentReader(bytes, header);
        SegmentStep step;
        do
        {
            step = reader.Next();
        }
        while (step == SegmentStep.Group);
        if (step != SegmentStep.End || reader.NextIndex != _next || !reader.Chain.AsSpan().SequenceEqual(_chain))
        {
            throw new InvalidDataException($"{path} is no longer what was written: {reader.Problem}");
        }
    }

    private void Doubt()
    {
        _file?.Dispose();
        _file = null;
    }

    private Span<byte> Encode(List<DraftLeaf> group, Span<byte> chain)
    {
        var bodyLength = 0;
        foreach (var leaf in group)
        {
            bodyLength += EntryBundle.PrefixSize + leaf.Bytes.Length;
        }

        var header = new JournalGroup(_next, group.Count, bodyLength);
        var length = header.Length;
        if (_buffer.Length < length)
        {
            _buffer = new byte[length * 2];
        }

        var bytes = _buffer.AsSpan(0, length);
        header.Write(bytes);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        JournalGroup.StartHash(hash, _chain, bytes);
        var at = JournalGroup.HeaderSize;
        foreach (var leaf in group)
        {
            at += EntryBundle.Write(bytes[at..], leaf.Bytes);
            hash.AppendData(leaf.Hash);
        }

        bytes[at..].Fill(JournalGroup.Fill);
        hash.GetHashAndReset(chain);
        chain.CopyTo(bytes[JournalGroup.HashAt..]);
        return bytes;
    }
}
