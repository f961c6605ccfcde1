using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Heads;

/// <summary>The first 128 bytes of a heads file (FORMAT.md).</summary>
/// <param name="Size">Entries of the log that it covers; the file's name.</param>
/// <param name="Count">Records.</param>
/// <param name="Root">Root of the tree over the records, 32 bytes.</param>
/// <param name="HeadsIndex">Index of the last entry of kind Heads below <paramref name="Size"/>, or -1.</param>
internal sealed record HeadsHeader(long Size, long Count, byte[] Root, long HeadsIndex)
{
    public const int Length = 128;

    /// <summary>Records under one stored hash.</summary>
    public const int PageRecords = 256;

    private const int CheckAt = 96;

    private static ReadOnlySpan<byte> Magic => "EHHHEAD1"u8;

    /// <summary>The path of the file that covers so many entries.</summary>
    public static string PathOf(long size) => $"{LogFolder.Heads}/{size.ToString("D20", CultureInfo.InvariantCulture)}";

    /// <summary>How many entries a file's name says that it covers; null for a name that is none.</summary>
    public static long? SizeOf(string name) => name.Length == 20 && long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;

    /// <summary>Length of a file of so many records: header, records, and a hash for each full page.</summary>
    public static long FileLength(long count) => Length + (count * HeadRecord.Size) + (count / PageRecords * MerkleHash.Size);

    public void Write(Span<byte> bytes, string origin)
    {
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], Size);
        BinaryPrimitives.WriteInt64BigEndian(bytes[16..], Count);
        SHA256.HashData(Encoding.UTF8.GetBytes(origin), bytes.Slice(24, 32));
        Root.CopyTo(bytes[56..]);
        BinaryPrimitives.WriteInt64BigEndian(bytes[88..], HeadsIndex);
        SHA256.HashData(bytes[..CheckAt], bytes.Slice(CheckAt, 32));
    }

    /// <summary>Null for anything but the header of a heads file of this log.</summary>
    public static HeadsHeader? Read(ReadOnlySpan<byte> bytes, string origin)
    {
        if (bytes.Length < Length || !bytes.StartsWith(Magic) || !bytes.Slice(CheckAt, 32).SequenceEqual(SHA256.HashData(bytes[..CheckAt]))
            || !bytes.Slice(24, 32).SequenceEqual(SHA256.HashData(Encoding.UTF8.GetBytes(origin))))
        {
            return null;
        }

        var (size, count) = (BinaryPrimitives.ReadInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadInt64BigEndian(bytes[16..]));
        var heads = BinaryPrimitives.ReadInt64BigEndian(bytes[88..]);
        return size >= 0 && count is >= 0 and < 1L << 40 && heads >= -1 && heads < size ? new HeadsHeader(size, count, bytes.Slice(56, 32).ToArray(), heads) : null;
    }
}
