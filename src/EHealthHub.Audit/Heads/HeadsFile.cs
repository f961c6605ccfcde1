using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Heads;

/// <summary>
/// The heads of all patients as of a size of the log: records in the order of their names, which are evenly spread, so that a name is found where it must be with two or three reads. Thread-safe; throws
/// <see cref="InvalidDataException"/> for a file that is damaged.
/// </summary>
internal sealed class HeadsFile : ISubtreeHashes, IDisposable
{
    private const int BlockRecords = 128;
    private const int GuessesMax = 4;

    private readonly IByteSource? _source;

    private HeadsFile(IByteSource? source, HeadsHeader header) => (_source, Header) = (source, header);

    /// <summary>The heads of a log without entries.</summary>
    public static HeadsFile Empty { get; } = new(null, new HeadsHeader(0, 0, MerkleHash.EmptyRoot(), -1));

    public HeadsHeader Header { get; }

    /// <summary>Takes over the source. Reads the header and the file's length, no more; null for a file that is none of this log.</summary>
    public static HeadsFile? Open(IByteSource source, string origin)
    {
        Span<byte> bytes = stackalloc byte[HeadsHeader.Length];
        if (source.Length >= HeadsHeader.Length)
        {
            source.Read(bytes, 0);
            if (HeadsHeader.Read(bytes, origin) is { } header && source.Length == HeadsHeader.FileLength(header.Count))
            {
                return new HeadsFile(source, header);
            }
        }

        source.Dispose();
        return null;
    }

    /// <summary>A name's head; null when the file has none of that name.</summary>
    public Head? Find(BlindName name)
    {
        var position = PositionOf(name);
        return position < Header.Count && At(position) is var record && record.Name == name ? record.Head : null;
    }

    /// <summary>The position of the name, or of the first one behind where it would be.</summary>
    public long PositionOf(BlindName name)
    {
        var (low, high) = (0L, Header.Count);
        var (lowName, highName) = (UInt128.Zero, UInt128.MaxValue);
        Span<byte> block = stackalloc byte[BlockRecords * HeadRecord.Size];
        for (var guess = 0; low < high; guess++)
        {
            var at = high - low <= BlockRecords ? low : Math.Clamp((guess < GuessesMax ? Guess(name, low, high, lowName, highName) : low + ((high - low) / 2)) - (BlockRecords / 2), low, high - BlockRecords);
            var count = (int)Math.Min(BlockRecords, high - at);
            var records = block[..(count * HeadRecord.Size)];
            Source.Read(records, HeadsHeader.Length + (at * HeadRecord.Size));
            if (name.CompareTo(BlindName.Read(records)) <= 0)
            {
                (high, highName) = (at, BlindName.Read(records).Value);
            }
            else if (name.CompareTo(BlindName.Read(records[^HeadRecord.Size..])) > 0)
            {
                (low, lowName) = (at + count, BlindName.Read(records[^HeadRecord.Size..]).Value);
            }
            else
            {
                return at + FirstNotBelow(records, name);
            }
        }

        return low;
    }

    /// <summary>The record at a position.</summary>
    public HeadRecord At(long position)
    {
        Span<byte> bytes = stackalloc byte[HeadRecord.Size];
        Source.Read(bytes, HeadsHeader.Length + (position * HeadRecord.Size));
        return HeadRecord.Read(bytes);
    }

    /// <summary>All records, in order.</summary>
    public IEnumerable<HeadRecord> Records()
    {
        var buffer = new byte[4_096 * HeadRecord.Size];
        for (var at = 0L; at < Header.Count;)
        {
            var count = (int)Math.Min(4_096, Header.Count - at);
            Source.Read(buffer.AsSpan(0, count * HeadRecord.Size), HeadsHeader.Length + (at * HeadRecord.Size));
            for (var i = 0; i < count; i++)
            {
                yield return HeadRecord.Read(buffer.AsSpan(i * HeadRecord.Size));
            }

            at += count;
        }
    }

    /// <summary>Recomputes the tree from the records; null when the file is what its header says, else what is wrong.</summary>
    public string? Check()
    {
        var root = new HeadsTree();
        var page = 0L;
        Span<byte> stored = stackalloc byte[MerkleHash.Size];
        BlindName? before = null;
        foreach (var record in Records())
        {
            if (before is { } last && last >= record.Name)
            {
                return "The names are not in order.";
            }

            if (record.Head is { Sequence: < 1 } or { Last: < 0 } || record.Head.Last >= Header.Size)
            {
                return "A head is beyond what the file covers.";
            }

            before = record.Name;
            if (root.Add(record) is { } pageHash)
            {
                Source.Read(stored, PageAt(page++));
                if (!stored.SequenceEqual(pageHash))
                {
                    return "A hash of a page is not that of its records.";
                }
            }
        }

        return root.Root().AsSpan().SequenceEqual(Header.Root) ? null : "The records do not have the root that the header states.";
    }

    /// <inheritdoc/>
    public void Subtree(int height, long index, Span<byte> hash)
    {
        if (height >= 8)
        {
            SubtreeOfPages(height, index, hash);
            return;
        }

        var count = 1 << height;
        Span<byte> records = stackalloc byte[128 * HeadRecord.Size];
        Span<byte> hashes = stackalloc byte[128 * MerkleHash.Size];
        Source.Read(records[..(count * HeadRecord.Size)], HeadsHeader.Length + ((index << height) * HeadRecord.Size));
        for (var i = 0; i < count; i++)
        {
            MerkleHash.Leaf(records.Slice(i * HeadRecord.Size, HeadRecord.Size), hashes[(i * MerkleHash.Size)..]);
        }

        MerkleHash.Subtree(hashes[..(count * MerkleHash.Size)], hash);
    }

    public void Dispose() => _source?.Dispose();

    private IByteSource Source => _source ?? throw new InvalidDataException("The heads of an empty log have no records.");

    private long PageAt(long page) => HeadsHeader.Length + (Header.Count * HeadRecord.Size) + (page * MerkleHash.Size);

    private void SubtreeOfPages(int height, long index, Span<byte> hash)
    {
        var stack = new RootStack();
        var buffer = new byte[Math.Min(256, 1L << (height - 8)) * MerkleHash.Size];
        var (page, end) = (index << (height - 8), (index + 1) << (height - 8));
        for (; page < end; page += buffer.Length / MerkleHash.Size)
        {
            Source.Read(buffer, PageAt(page));
            for (var i = 0; i < buffer.Length; i += MerkleHash.Size)
            {
                stack.Add(8, buffer.AsSpan(i, MerkleHash.Size));
            }
        }

        stack.Root().CopyTo(hash);
    }

    private static long Guess(BlindName name, long low, long high, UInt128 lowName, UInt128 highName) =>
        low + (long)((double)(name.Value - lowName) / (double)(highName - lowName) * (high - low));

    private static int FirstNotBelow(ReadOnlySpan<byte> records, BlindName name)
    {
        var (low, high) = (0, records.Length / HeadRecord.Size);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (BlindName.Read(records[(middle * HeadRecord.Size)..]) < name)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
