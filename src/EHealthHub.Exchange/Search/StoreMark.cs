using System.Buffers.Binary;

namespace EHealthHub.Exchange.Search;

/// <summary>Where a page of a search without sorting ends: the position of its type among those searched, the store's position in it, and how many matches there were when the first page was made.</summary>
/// <param name="Query">Position of the type.</param>
/// <param name="Position">The store's.</param>
/// <param name="Total">Null where they were not all counted.</param>
internal readonly record struct StoreMark(int Query, long Position, int? Total)
{
    private const int Size = sizeof(ushort) + sizeof(long) + sizeof(int);

    public byte[] Write()
    {
        var mark = new byte[Size];
        BinaryPrimitives.WriteUInt16BigEndian(mark, (ushort)Query);
        BinaryPrimitives.WriteInt64BigEndian(mark.AsSpan(sizeof(ushort)), Position);
        BinaryPrimitives.WriteInt32BigEndian(mark.AsSpan(sizeof(ushort) + sizeof(long)), Total ?? -1);
        return mark;
    }

    /// <summary>The mark of a continuation; null for bytes that are none.</summary>
    public static StoreMark? Read(byte[] mark) => mark.Length != Size ? null : new StoreMark(
        BinaryPrimitives.ReadUInt16BigEndian(mark),
        BinaryPrimitives.ReadInt64BigEndian(mark.AsSpan(sizeof(ushort))),
        BinaryPrimitives.ReadInt32BigEndian(mark.AsSpan(sizeof(ushort) + sizeof(long))) is var total and >= 0 ? total : null);
}
