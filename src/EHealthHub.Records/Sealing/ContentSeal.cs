using System.Buffers.Binary;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Records.Sealing;

/// <summary>
/// Seals content chunk by chunk (FORMAT.md, "Content in chunks"). Each chunk is bound to hub, compartment, content, its number and whether it is the last: swapped, moved, repeated or cut off, nothing opens. What a chunk holds is released
/// only when all of that chunk is verified.
/// </summary>
internal static class ContentSeal
{
    /// <summary>Bytes of content in every chunk but the last. Divisible by three, so that each chunk's base64 stands alone; sealed, it fits in 256 KiB.</summary>
    public const int ChunkBytes = 261_888;

    /// <summary>Longest sealed chunk.</summary>
    public const int SealedMax = ChunkBytes + Sealer.Overhead;

    /// <summary>Longest content: 256 GiB.</summary>
    public const long LengthMax = 1L << 38;

    private const byte Kind = 3;
    /// <summary>Bytes of associated data.</summary>
    internal const int AssociatedSize = (7 * 2) + 19 + 1 + 16 + 16 + 16 + 4 + 1;

    /// <summary>Length that a chunk of content is padded to, with zeros: the last one's tells little of the content's.</summary>
    public static int Padded(int length) => Math.Min(ChunkBytes, Padding.LengthFor(length));

    /// <summary>Seals a chunk that is padded already, into exactly <c>content.Length + Sealer.Overhead</c> bytes.</summary>
    public static void Seal(DataKey key, in ContentPlace place, int number, bool last, ReadOnlySpan<byte> content, Span<byte> to)
    {
        Span<byte> associated = stackalloc byte[AssociatedSize];
        Write(associated, place, number, last);
        Sealer.Seal(key, content, associated, 0, to);
    }

    /// <summary>Opens a chunk into <paramref name="to"/>; false, and nothing released, for anything that is not exactly what was sealed at this place.</summary>
    public static bool TryOpen(DataKey key, in ContentPlace place, int number, bool last, ReadOnlySpan<byte> chunk, Span<byte> to)
    {
        Span<byte> associated = stackalloc byte[AssociatedSize];
        Write(associated, place, number, last);
        return chunk.Length - Sealer.Overhead is >= 0 and var length && length <= to.Length && Sealer.DictionaryOf(chunk) == 0 && Sealer.TryOpen(key, chunk, associated, to);
    }

    /// <summary>Fields one after the other, each with its length in two bytes, as for a body.</summary>
    internal static void Write(Span<byte> to, in ContentPlace place, int number, bool last)
    {
        Span<byte> fields = stackalloc byte[16 + 16 + 16 + 4];
        place.Hub.TryWriteBytes(fields, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt128BigEndian(fields[16..], place.Compartment);
        BinaryPrimitives.WriteUInt128BigEndian(fields[32..], place.Content);
        BinaryPrimitives.WriteInt32BigEndian(fields[48..], number);
        var at = 0;
        Add(to, ref at, "EHealthHub record 1"u8);
        Add(to, ref at, [Kind]);
        Add(to, ref at, fields[..16]);
        Add(to, ref at, fields.Slice(16, 16));
        Add(to, ref at, fields.Slice(32, 16));
        Add(to, ref at, fields[48..]);
        Add(to, ref at, [last ? (byte)1 : (byte)0]);
    }

    private static void Add(Span<byte> to, ref int at, scoped ReadOnlySpan<byte> field)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to[at..], (ushort)field.Length);
        field.CopyTo(to[(at + 2)..]);
        at += 2 + field.Length;
    }
}

/// <summary>Where content lies.</summary>
/// <param name="Hub">The hub.</param>
/// <param name="Compartment">Handle of the compartment whose data key its key comes from.</param>
/// <param name="Content">Its id.</param>
internal readonly record struct ContentPlace(Guid Hub, UInt128 Compartment, UInt128 Content);
