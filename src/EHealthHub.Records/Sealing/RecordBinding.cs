using System.Buffers.Binary;
using System.Text;

namespace EHealthHub.Records.Sealing;

/// <summary>What a sealed body or its facts are bound to as associated data (FORMAT.md): moved to any other place, they do not open.</summary>
internal readonly ref struct RecordBinding
{
    /// <summary>Most bytes of associated data; a submitter's id is at most 256 bytes.</summary>
    public const int SizeMax = 512;

    /// <summary>Longest submitter in UTF-8 bytes.</summary>
    public const int SubmitterMax = 256;

    public required Guid Hub { get; init; }

    public required UInt128 Compartment { get; init; }

    public required int Version { get; init; }

    public required bool Deleted { get; init; }

    /// <summary>An update made the resource with this version, or brought it back.</summary>
    public required bool MadeByUpdate { get; init; }

    /// <summary>Microseconds since 1970 UTC.</summary>
    public required long Time { get; init; }

    public required int Epoch { get; init; }

    public required string Submitter { get; init; }

    /// <summary>Logical id of the patient whose compartment it is, or null. Not in the associated data, where the compartment's handle stands for it; contents leave it out.</summary>
    public required string? Patient { get; init; }

    /// <summary>Associated data of the body: with the resource's handle, and the hash of the previous version's envelope (empty for the first).</summary>
    public int WriteForBody(Span<byte> to, byte dictionary, UInt128 resource, ReadOnlySpan<byte> previousHash)
    {
        Span<byte> handle = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(handle, resource);
        return Write(to, 1, dictionary, handle, previousHash);
    }

    /// <summary>Associated data of the facts: with the generation of their extraction, and the hash of the very body that they were extracted from.</summary>
    public int WriteForFacts(Span<byte> to, byte dictionary, int generation, ReadOnlySpan<byte> bodyHash) =>
        generation <= byte.MaxValue ? Write(to, 2, dictionary, [(byte)generation], bodyHash) : Write(to, 2, dictionary, [(byte)(generation >> 8), (byte)generation], bodyHash);

    private int Write(Span<byte> to, byte kind, byte dictionary, ReadOnlySpan<byte> own, ReadOnlySpan<byte> hash)
    {
        var writer = new Fields(to);
        writer.Bytes("EHealthHub record 1"u8);
        writer.Bytes([kind]);
        Span<byte> sixteen = stackalloc byte[16];
        Hub.TryWriteBytes(sixteen, bigEndian: true, out _);
        writer.Bytes(sixteen);
        BinaryPrimitives.WriteUInt128BigEndian(sixteen, Compartment);
        writer.Bytes(sixteen);
        writer.Int(Version);
        writer.Bytes([Deleted ? (byte)1 : MadeByUpdate ? (byte)2 : (byte)0]);
        writer.Long(Time);
        writer.Int(Epoch);
        writer.Bytes([dictionary]);
        writer.Text(Submitter);
        writer.Bytes(own);
        writer.Bytes(hash);
        return writer.Written;
    }

    /// <summary>Fields one after the other, each with its length in two bytes.</summary>
    private ref struct Fields(Span<byte> to)
    {
        private readonly Span<byte> _to = to;

        public int Written { get; private set; }

        public void Bytes(scoped ReadOnlySpan<byte> value)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_to[Written..], (ushort)value.Length);
            value.CopyTo(_to[(Written + 2)..]);
            Written += 2 + value.Length;
        }

        public void Int(int value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(bytes, value);
            Bytes(bytes);
        }

        public void Long(long value)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(bytes, value);
            Bytes(bytes);
        }

        public void Text(string value)
        {
            Span<byte> bytes = stackalloc byte[SubmitterMax];
            Bytes(bytes[..Encoding.UTF8.GetBytes(value, bytes)]);
        }
    }
}
