using System.Buffers.Binary;

namespace EHealthHub.Audit.Tiles;

/// <summary>A sequence of entries, each behind its length as a big-endian uint16 (C2SP tlog-tiles, "Log entries"). The bodies of the journal's groups have the same form.</summary>
internal static class EntryBundle
{
    /// <summary>Bytes in front of each entry.</summary>
    public const int PrefixSize = 2;

    /// <summary>Longest entry of a log, sealed. The format allows 65,535.</summary>
    public const int EntryMax = 60_000;

    /// <summary>Longest bundle that is read, in bytes.</summary>
    public const int BundleMax = TilePath.Full * (PrefixSize + ushort.MaxValue);

    /// <summary>Writes one entry at the start of <paramref name="destination"/> and returns how many bytes it took.</summary>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> entry)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, checked((ushort)entry.Length));
        entry.CopyTo(destination[PrefixSize..]);
        return PrefixSize + entry.Length;
    }

    /// <summary>Takes the next entry off <paramref name="rest"/>; false when the bytes end before it does.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> entry)
    {
        entry = default;
        if (rest.Length < PrefixSize)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (rest.Length < PrefixSize + length)
        {
            return false;
        }

        entry = rest.Slice(PrefixSize, length);
        rest = rest[(PrefixSize + length)..];
        return true;
    }

    /// <summary>All entries of a bundle of <paramref name="count"/>; null when the bytes are not exactly that.</summary>
    public static byte[][]? Split(ReadOnlySpan<byte> bundle, int count)
    {
        var entries = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            if (!TryRead(ref bundle, out var entry))
            {
                return null;
            }

            entries[i] = entry.ToArray();
        }

        return bundle.IsEmpty ? entries : null;
    }
}
