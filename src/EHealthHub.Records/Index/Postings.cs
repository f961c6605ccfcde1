using System.Numerics;

namespace EHealthHub.Records.Index;

/// <summary>
/// The slots that bear one token, in chunks of 512 slots: a row holds the offsets of one chunk as deltas, one byte each almost always. A row for every slot took four times the space and writes.
/// </summary>
internal static class Postings
{
    /// <summary>Slots in a chunk.</summary>
    public const int ChunkSlots = 512;

    /// <summary>Longest encoded chunk: at most three deltas of a chunk need two bytes.</summary>
    public const int BytesMax = ChunkSlots + 3;

    /// <summary>Words of a chunk's bitmap.</summary>
    public const int Words = ChunkSlots / 64;

    public static int ChunkOf(int slot) => slot / ChunkSlots;

    public static void Set(Span<ulong> bitmap, int slot) => bitmap[slot % ChunkSlots / 64] |= 1UL << (slot % 64);

    public static void Clear(Span<ulong> bitmap, int slot) => bitmap[slot % ChunkSlots / 64] &= ~(1UL << (slot % 64));

    /// <summary>Writes the bitmap's offsets, and gives the number of bytes; 0 for an empty chunk, which has no row.</summary>
    public static int Encode(ReadOnlySpan<ulong> bitmap, Span<byte> to)
    {
        var (written, next) = (0, 0);
        for (var word = 0; word < Words; word++)
        {
            for (var bits = bitmap[word]; bits != 0; bits &= bits - 1)
            {
                var offset = (word * 64) + BitOperations.TrailingZeroCount(bits);
                var delta = offset - next;
                if (delta >= 0x80)
                {
                    to[written++] = (byte)(0x80 | (delta >> 7));
                }

                to[written++] = (byte)(delta & 0x7f);
                next = offset + 1;
            }
        }

        return written;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote into the bitmap; false for anything else.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> chunk, Span<ulong> bitmap)
    {
        bitmap.Clear();
        var next = 0;
        for (var i = 0; i < chunk.Length; i++)
        {
            var delta = (int)chunk[i];
            if (delta >= 0x80)
            {
                if (++i == chunk.Length || chunk[i] >= 0x80 || delta == 0x80)
                {
                    return false;
                }

                delta = ((delta & 0x7f) << 7) | chunk[i];
            }

            next += delta;
            if (next >= ChunkSlots)
            {
                return false;
            }

            Set(bitmap, next++);
        }

        return chunk.Length > 0;
    }

    /// <summary>Adds the slots of a chunk's bitmap, ascending.</summary>
    public static void AddTo(List<int> slots, int chunk, ReadOnlySpan<ulong> bitmap)
    {
        for (var word = 0; word < Words; word++)
        {
            for (var bits = bitmap[word]; bits != 0; bits &= bits - 1)
            {
                slots.Add((chunk * ChunkSlots) + (word * 64) + BitOperations.TrailingZeroCount(bits));
            }
        }
    }
}
