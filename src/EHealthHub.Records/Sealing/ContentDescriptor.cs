using System.Buffers.Binary;
using EHealthHub.Keys.Sealing;

namespace EHealthHub.Records.Sealing;

/// <summary>What a version says of content that lies beside it in chunks (FORMAT.md, "Content in chunks"); sealed with the body, so that the version's envelope, its manifest and the audit log vouch for every chunk.</summary>
/// <param name="Id">Random; names the chunks in the database.</param>
/// <param name="Epoch">Epoch of the data key that the chunks' key is derived from.</param>
/// <param name="Length">Bytes of the content, at least 1.</param>
/// <param name="Salt">Salt of the chunks' key, 32 bytes.</param>
/// <param name="Hash">SHA-256 over all sealed chunks, in order.</param>
internal sealed record ContentDescriptor(UInt128 Id, int Epoch, long Length, ReadOnlyMemory<byte> Salt, ReadOnlyMemory<byte> Hash)
{
    /// <summary>Bytes that <see cref="Write"/> makes.</summary>
    public const int Size = 16 + 4 + 8 + ContentKey.SaltSize + HashSize;

    private const int HashSize = 32;

    /// <summary>How many chunks there are.</summary>
    public int Chunks => (int)((Length + ContentSeal.ChunkBytes - 1) / ContentSeal.ChunkBytes);

    /// <summary>Bytes of content in a chunk, without padding.</summary>
    public int BytesIn(int chunk) => (int)Math.Min(ContentSeal.ChunkBytes, Length - ((long)chunk * ContentSeal.ChunkBytes));

    public byte[] Write()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Id);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), Epoch);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(20), Length);
        Salt.Span.CopyTo(bytes.AsSpan(28));
        Hash.Span.CopyTo(bytes.AsSpan(28 + ContentKey.SaltSize));
        return bytes;
    }

    /// <summary>Null for what <see cref="Write"/> never makes.</summary>
    public static ContentDescriptor? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt64BigEndian(bytes[20..]);
        return length is < 1 or > ContentSeal.LengthMax
            ? null
            : new ContentDescriptor(
                BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadInt32BigEndian(bytes[16..]), length, bytes.Slice(28, ContentKey.SaltSize).ToArray(), bytes[(28 + ContentKey.SaltSize)..].ToArray());
    }
}
