using System.Buffers.Binary;
using EHealthHub.Audit.Entries;

namespace EHealthHub.Audit.Heads;

/// <summary>Where a patient's entries stand in a log: how many there are, and the index of the last.</summary>
internal readonly record struct Head(long Sequence, long Last);

/// <summary>A patient's head with their name, as it stands in the heads file and is a leaf of its tree: 32 bytes.</summary>
internal readonly record struct HeadRecord(BlindName Name, Head Head)
{
    public const int Size = BlindName.Size + 8 + 8;

    public static HeadRecord Read(ReadOnlySpan<byte> bytes) => new(
        BlindName.Read(bytes),
        new Head(BinaryPrimitives.ReadInt64BigEndian(bytes[BlindName.Size..]), BinaryPrimitives.ReadInt64BigEndian(bytes[(BlindName.Size + 8)..])));

    public void Write(Span<byte> bytes)
    {
        Name.Write(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes[BlindName.Size..], Head.Sequence);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(BlindName.Size + 8)..], Head.Last);
    }
}
