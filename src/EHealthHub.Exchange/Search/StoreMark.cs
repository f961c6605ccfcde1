using System.Buffers.Binary;

namespace EHealthHub.Exchange.Search;

/// <summary>Where a page of a search without sorting ends: the position of its type among those searched, and the store's position in it.</summary>
internal static class StoreMark
{
    private const int Size = sizeof(ushort) + sizeof(long);

    public static byte[] Write(int query, long position)
    {
        var mark = new byte[Size];
        BinaryPrimitives.WriteUInt16BigEndian(mark, (ushort)query);
        BinaryPrimitives.WriteInt64BigEndian(mark.AsSpan(sizeof(ushort)), position);
        return mark;
    }

    public static (int Query, long Position) Read(byte[]? mark) => mark is { Length: Size }
        ? (BinaryPrimitives.ReadUInt16BigEndian(mark), BinaryPrimitives.ReadInt64BigEndian(mark.AsSpan(sizeof(ushort))))
        : (0, 0);
}
