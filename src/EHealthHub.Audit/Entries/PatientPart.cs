using System.Buffers.Binary;
using System.Text;

namespace EHealthHub.Audit.Entries;

/// <summary>What an entry says of one of its patients, before it is sealed (FORMAT.md): sequence, previous index, index of the last heads, blind name, logical id.</summary>
internal static class PatientPart
{
    /// <summary>Bytes of the place, which is known when the entry's index is.</summary>
    public const int PlaceSize = 8 + 8 + 8;

    /// <summary>Longest part.</summary>
    public const int LengthMax = PlaceSize + BlindName.Size + EntryWriter.NumberMax + EntryCodec.TextMax;

    private const byte NameContext = 2;

    /// <summary>Writes name and id, behind room for the place; returns the length.</summary>
    public static int Write(Span<byte> destination, BlindName name, string id)
    {
        destination[..PlaceSize].Clear();
        name.Write(destination[PlaceSize..]);
        var writer = new EntryWriter(destination[(PlaceSize + BlindName.Size)..]);
        writer.Text(id, EntryCodec.TextMax);
        return PlaceSize + BlindName.Size + writer.Length;
    }

    /// <summary>Writes the place.</summary>
    public static void WritePlace(Span<byte> part, long sequence, long previous, long headsIndex)
    {
        BinaryPrimitives.WriteInt64BigEndian(part, sequence);
        BinaryPrimitives.WriteInt64BigEndian(part[8..], previous);
        BinaryPrimitives.WriteInt64BigEndian(part[16..], headsIndex);
    }

    /// <summary>Reads a part; false for anything that is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> part, out PatientPlace place, out string id)
    {
        (place, id) = (null!, "");
        if (part.Length < PlaceSize + BlindName.Size)
        {
            return false;
        }

        var (sequence, previous, heads) = (BinaryPrimitives.ReadInt64BigEndian(part), BinaryPrimitives.ReadInt64BigEndian(part[8..]), BinaryPrimitives.ReadInt64BigEndian(part[16..]));
        var reader = new EntryReader(part[(PlaceSize + BlindName.Size)..]);
        id = reader.Text(EntryCodec.TextMax);
        if (!reader.IsSound || !reader.IsAtEnd || sequence < 1 || previous < -1 || heads < -1 || sequence == 1 != previous < 0)
        {
            return false;
        }

        place = new PatientPlace(sequence, previous, heads, BlindName.Read(part[PlaceSize..]));
        return true;
    }

    /// <summary>A patient's blind name under a key. The id is one that has been written, or is not longer than one that can be.</summary>
    public static BlindName NameOf(IEntryKey key, string id)
    {
        Span<byte> context = stackalloc byte[1 + EntryCodec.TextMax];
        Span<byte> secret = stackalloc byte[32];
        context[0] = NameContext;
        var length = Encoding.UTF8.GetBytes(id, context[1..]);
        key.Derive(context[..(1 + length)], secret);
        return BlindName.Read(secret);
    }

    /// <summary>An id as it is written: one that is too long is cut.</summary>
    public static string Fit(string id) => EntryWriter.Fit(id, EntryCodec.TextMax);
}
