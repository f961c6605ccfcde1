using System.Security.Cryptography;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Journal;

/// <summary>How reading a segment goes on.</summary>
internal enum SegmentStep
{
    /// <summary>A whole group was read.</summary>
    Group,

    /// <summary>The segment ends behind a whole group.</summary>
    End,

    /// <summary>The segment ends within a group: a write that was cut off before its fsync returned, and so was never acknowledged.</summary>
    Torn,

    /// <summary>Bytes that were whole once are not what they were.</summary>
    Damaged,
}

/// <summary>
/// Reads a segment group by group and checks every hash. Behind the last group there may be room, zeros that the writer put there beforehand; it counts as a torn tail. Tells a torn tail from damage: a tail is torn when the file ends
/// before the group does, when a whole sector of the last group was never written (zeros), or when its header was not, or not to its checksum (it is written last), and in all cases no later group follows. Everything else that does not fit
/// is damage, for an acknowledged group was whole on the disk.
/// </summary>
internal sealed class SegmentReader
{
    private const int Sector = 512;

    private readonly ReadOnlyMemory<byte> _segment;
    private readonly int _start;
    private byte[] _chain;
    private long _next;

    /// <summary>Reads the groups behind the header of a segment.</summary>
    public SegmentReader(ReadOnlyMemory<byte> segment, SegmentHeader header)
        : this(segment, 0, SegmentHeader.Size, header.FirstIndex, header.Chain)
    {
    }

    /// <summary>Goes on from <paramref name="offset"/> in a segment of which <paramref name="bytes"/> are what starts at <paramref name="start"/>.</summary>
    public SegmentReader(ReadOnlyMemory<byte> bytes, int start, int offset, long next, byte[] chain) =>
        (_segment, _start, Offset, _next, _chain) = (bytes, start, offset, next, chain);

    /// <summary>Where the next group starts in the segment: the end of what has been read and is whole.</summary>
    public int Offset { get; private set; }

    /// <summary>Index after the last whole group.</summary>
    public long NextIndex => _next;

    /// <summary>Hash of the last whole group.</summary>
    public byte[] Chain => _chain;

    /// <summary>Entries of the group just read.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Leaves { get; private set; } = [];

    /// <summary>Their leaf hashes.</summary>
    public IReadOnlyList<byte[]> Hashes { get; private set; } = [];

    /// <summary>Index of the first entry of the group just read.</summary>
    public long FirstIndex { get; private set; }

    /// <summary>Bytes of its body, which starts behind its header.</summary>
    public int BodyLength { get; private set; }

    /// <summary>What is wrong, when the last step was <see cref="SegmentStep.Damaged"/>.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Reads the next group.</summary>
    public SegmentStep Next()
    {
        var rest = _segment[(Offset - _start)..];
        if (rest.IsEmpty)
        {
            return SegmentStep.End;
        }

        if (rest.Length < JournalGroup.HeaderSize)
        {
            return IsPrefixOfHeader(rest.Span) || IsHeaderUnwritten(Offset, rest.Span) ? SegmentStep.Torn : Damage("bytes follow the last group that are no group");
        }

        if (JournalGroup.Read(rest.Span) is not { } group)
        {
            return IsHeaderUnwritten(Offset, rest.Span) && !GroupFollows(rest.Span) ? SegmentStep.Torn : Damage("the header of a group is damaged");
        }

        if (group.FirstIndex != _next)
        {
            return Damage($"a group starts with entry {group.FirstIndex} where {_next} was due");
        }

        var end = group.Length;
        if (rest.Length < end)
        {
            return GroupFollows(rest.Span[JournalGroup.HeaderSize..]) ? Damage("a group is cut short and another follows") : SegmentStep.Torn;
        }

        var body = rest.Slice(JournalGroup.HeaderSize, group.BodyLength);
        if (rest.Span[(JournalGroup.HeaderSize + group.BodyLength)..end].IndexOfAnyExcept(JournalGroup.Fill) >= 0 || !TryReadBody(group, rest.Span[..end], body))
        {
            var isLast = rest.Span[end..].IndexOfAnyExcept((byte)0) < 0;
            return isLast && HasUnwrittenSector(Offset, rest.Span[..end]) ? SegmentStep.Torn : Damage("a group does not have the hash that it states");
        }

        BodyLength = group.BodyLength;
        Offset += end;
        _next += group.Count;
        return SegmentStep.Group;
    }

    private bool TryReadBody(JournalGroup group, ReadOnlySpan<byte> bytes, ReadOnlyMemory<byte> body)
    {
        var leaves = new List<ReadOnlyMemory<byte>>(group.Count);
        var hashes = new List<byte[]>(group.Count);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        JournalGroup.StartHash(hash, _chain, bytes);
        var rest = body.Span;
        for (var i = 0; i < group.Count; i++)
        {
            var start = body.Length - rest.Length + EntryBundle.PrefixSize;
            if (!EntryBundle.TryRead(ref rest, out var leaf))
            {
                return false;
            }

            var leafHash = new byte[MerkleHash.Size];
            MerkleHash.Leaf(leaf, leafHash);
            hash.AppendData(leafHash);
            leaves.Add(body.Slice(start, leaf.Length));
            hashes.Add(leafHash);
        }

        var chain = hash.GetHashAndReset();
        if (!rest.IsEmpty || !bytes.Slice(JournalGroup.HashAt, MerkleHash.Size).SequenceEqual(chain))
        {
            return false;
        }

        (Leaves, Hashes, FirstIndex, _chain) = (leaves, hashes, group.FirstIndex, chain);
        return true;
    }

    private SegmentStep Damage(string problem)
    {
        Problem = problem;
        return SegmentStep.Damaged;
    }

    /// <summary>Fewer bytes than a header: torn if what there is could begin the header that was due.</summary>
    private bool IsPrefixOfHeader(ReadOnlySpan<byte> bytes)
    {
        Span<byte> due = stackalloc byte[16];
        JournalGroup.Magic.CopyTo(due);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(due[8..], _next);
        for (var i = 0; i < Math.Min(bytes.Length, due.Length); i++)
        {
            if (i is < 4 or >= 8 && bytes[i] != due[i])
            {
                return false;
            }
        }

        return bytes.Length < JournalGroup.HashAt || JournalGroup.Read(bytes) is not null;
    }

    /// <summary>Whether a later group starts anywhere behind: then what is broken here was once whole. Sealed bytes spell a header with its CRC by chance once in 2^64.</summary>
    private bool GroupFollows(ReadOnlySpan<byte> bytes)
    {
        for (var at = bytes.IndexOf(JournalGroup.Magic); at >= 0;)
        {
            bytes = bytes[at..];
            if (JournalGroup.Read(bytes) is { } group && group.FirstIndex > _next)
            {
                return true;
            }

            at = bytes[1..].IndexOf(JournalGroup.Magic);
            at = at < 0 ? at : at + 1;
        }

        return false;
    }

    /// <summary>Whether the part of a header that makes it one has not come, or not to its checksum, or a sector that it lies in has not.</summary>
    private bool IsHeaderUnwritten(int offset, ReadOnlySpan<byte> bytes)
    {
        var sectorsEnd = ((((offset + JournalGroup.HashAt - 1) / Sector) + 1) * Sector) - offset;
        var come = bytes[..Math.Min(bytes.Length, JournalGroup.HashAt)].LastIndexOfAnyExcept((byte)0) + 1;
        return (come <= JournalGroup.CrcAt && IsPrefixOfHeader(bytes[..come])) || HasUnwrittenSector(offset, bytes[..Math.Min(bytes.Length, sectorsEnd)]);
    }

    /// <summary>Whether the group's part of some sector is all zeros. It is eight bytes at least, and a group has none that are all zeros at its ends; sealed bytes are that by chance once in 2^64.</summary>
    private static bool HasUnwrittenSector(int offset, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(bytes.Length, Sector - (offset % Sector))];
            if (part.Length >= 8 && part.IndexOfAnyExcept((byte)0) < 0)
            {
                return true;
            }

            offset += part.Length;
            bytes = bytes[part.Length..];
        }

        return false;
    }
}
