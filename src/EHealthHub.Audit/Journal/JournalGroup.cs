using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EHealthHub.Audit.Journal;

/// <summary>
/// A commit group (FORMAT.md): what one fsync made durable. Header of 56 bytes: magic "GRP1", length of the body (u32), index of its first entry (u64), number of entries (u32), CRC-32C of these 20 bytes,
/// and the group's hash, SHA-256(hash of the group before || the 24 bytes before it || leaf hashes of the entries). The body is an entry bundle.
/// Behind it come 1 to 8 bytes 0xFF, so that groups start and end at multiples of eight: what a group has of any sector is then eight bytes or more and never all zeros, and a sector that was not written shows. All numbers are big-endian.
/// </summary>
/// <param name="FirstIndex">Index of the first entry.</param>
/// <param name="Count">Number of entries, at least 1.</param>
/// <param name="BodyLength">Bytes of the body.</param>
internal readonly record struct JournalGroup(long FirstIndex, int Count, int BodyLength)
{
    public const int HeaderSize = 4 + 4 + 8 + 4 + 4 + 32;

    /// <summary>Where the hash stands in the header.</summary>
    public const int HashAt = 24;

    /// <summary>Most bytes of a body. A group may exceed the writer's own target by one entry.</summary>
    public const int BodyMax = 2 * 1024 * 1024;

    /// <summary>Where the checksum stands in the header.</summary>
    public const int CrcAt = 20;

    public static ReadOnlySpan<byte> Magic => "GRP1"u8;

    /// <summary>Fills the end of a group.</summary>
    public const byte Fill = 0xFF;

    /// <summary>Bytes of the whole group: header, body, and what fills it to a multiple of eight.</summary>
    public int Length => ((HeaderSize + BodyLength) / Step * Step) + Step;

    private const int Step = 8;

    /// <summary>Writes the 24 bytes before the hash.</summary>
    public void Write(Span<byte> header)
    {
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], BodyLength);
        BinaryPrimitives.WriteInt64BigEndian(header[8..], FirstIndex);
        BinaryPrimitives.WriteInt32BigEndian(header[16..], Count);
        BinaryPrimitives.WriteUInt32BigEndian(header[CrcAt..], Crc32C.Of(header[..CrcAt]));
    }

    /// <summary>Null for anything but a group's header with numbers in bounds.</summary>
    public static JournalGroup? Read(ReadOnlySpan<byte> header)
    {
        if (header.Length < HashAt || !header.StartsWith(Magic) || BinaryPrimitives.ReadUInt32BigEndian(header[CrcAt..]) != Crc32C.Of(header[..CrcAt]))
        {
            return null;
        }

        var group = new JournalGroup(BinaryPrimitives.ReadInt64BigEndian(header[8..]), BinaryPrimitives.ReadInt32BigEndian(header[16..]), BinaryPrimitives.ReadInt32BigEndian(header[4..]));
        return group is { FirstIndex: >= 0, Count: >= 1, BodyLength: >= 2 and <= BodyMax } ? group : null;
    }

    /// <summary>Starts the group's hash; the leaf hashes follow in order.</summary>
    public static void StartHash(IncrementalHash hash, ReadOnlySpan<byte> chain, ReadOnlySpan<byte> header)
    {
        hash.AppendData(chain);
        hash.AppendData(header[..HashAt]);
    }
}
