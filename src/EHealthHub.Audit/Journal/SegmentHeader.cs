using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EHealthHub.Audit.Journal;

/// <summary>
/// The first 88 bytes of a segment of the journal (FORMAT.md): magic "EHHJRNL2", index of its first entry (u64), SHA-256 of the origin, hash of the last group before it (zeros at the start of the log), four zero bytes, CRC-32C of all that.
/// </summary>
/// <param name="FirstIndex">Index of the first entry; also the file's name, as 20 digits.</param>
/// <param name="Chain">Hash of the last group before this segment.</param>
internal sealed record SegmentHeader(long FirstIndex, byte[] Chain)
{
    public const int Size = CrcAt + 4;

    private const int CrcAt = 8 + 8 + 32 + 32 + 4;

    private static ReadOnlySpan<byte> Magic => "EHHJRNL2"u8;

    /// <summary>The file's name for a first index.</summary>
    public static string NameOf(long firstIndex) => firstIndex.ToString("D20", CultureInfo.InvariantCulture);

    /// <summary>The first index of a file's name, or null.</summary>
    public static long? IndexOf(string name) =>
        name.Length == 20 && long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    public void Write(Span<byte> destination, string origin)
    {
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteInt64BigEndian(destination[8..], FirstIndex);
        SHA256.HashData(Encoding.UTF8.GetBytes(origin), destination.Slice(16, 32));
        Chain.CopyTo(destination[48..]);
        destination[80..CrcAt].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(destination[CrcAt..], Crc32C.Of(destination[..CrcAt]));
    }

    /// <summary>Null for anything but a header of this log.</summary>
    public static SegmentHeader? Read(ReadOnlySpan<byte> segment, string origin) =>
        segment.Length >= Size && segment.StartsWith(Magic)
        && BinaryPrimitives.ReadUInt32BigEndian(segment[CrcAt..]) == Crc32C.Of(segment[..CrcAt])
        && segment[80..CrcAt].IndexOfAnyExcept((byte)0) < 0
        && segment.Slice(16, 32).SequenceEqual(SHA256.HashData(Encoding.UTF8.GetBytes(origin)))
        && BinaryPrimitives.ReadInt64BigEndian(segment[8..]) is >= 0 and var first
            ? new SegmentHeader(first, segment.Slice(48, 32).ToArray())
            : null;
}
