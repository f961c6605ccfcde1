using System.Buffers;
using System.Security.Cryptography;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Records.Sealing;

/// <summary>Seals and opens bodies and facts: compress alone, pad, seal with commitment under the compartment's key, bound to the place (FORMAT.md). Thread-safe.</summary>
internal sealed class RecordSealer : IDisposable
{
    // Before the JSON of a version with content beside it; no JSON begins so.
    private const byte ContentMark = 2;

    private readonly Compression _compression = new();

    /// <summary>Seals the stamped JSON; none for a deletion. <paramref name="beside"/>: content that lies beside the version in chunks.</summary>
    public byte[] SealBody(
        DataKey key, in RecordBinding binding, string type, string id, UInt128 resource, ReadOnlySpan<byte> previousHash, ReadOnlySpan<byte> json, ContentDescriptor? beside = null)
    {
        Span<byte> associated = stackalloc byte[RecordBinding.SizeMax];
        associated = associated[..binding.WriteForBody(associated, Dictionaries.Bodies, resource, previousHash)];
        var (content, length) = json.IsEmpty ? ([], 0) : BodyContent.Shorten(json, binding, type, id);
        if (beside is not null)
        {
            (content, length) = WithContent(content, length, beside);
        }

        var (packed, packedLength) = _compression.Pack(content.AsSpan(0, length), Dictionaries.Bodies);
        try
        {
            return Sealer.Seal(key, packed.AsSpan(0, packedLength), associated, Dictionaries.Bodies);
        }
        finally
        {
            Return(content, length);
            Return(packed, packedLength);
        }
    }

    /// <summary>Seals facts onto the envelope of their body, whose hash is <paramref name="bodyHash"/>. <paramref name="generation"/>: of the search parameters that they were extracted by; stored in clear with the version, and authenticated.</summary>
    public byte[] SealFacts(DataKey key, in RecordBinding binding, int generation, ReadOnlySpan<byte> bodyHash, ReadOnlySpan<byte> facts)
    {
        Span<byte> associated = stackalloc byte[RecordBinding.SizeMax];
        associated = associated[..binding.WriteForFacts(associated, Dictionaries.Facts, generation, bodyHash)];
        var content = FactsContent.Shorten(facts, binding);
        var (packed, length) = _compression.Pack(content, Dictionaries.Facts);
        try
        {
            return AttachedSealer.Seal(key, bodyHash, packed.AsSpan(0, length), associated, Dictionaries.Facts);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
            Return(packed, length);
        }
    }

    /// <summary>The JSON (empty for a deletion), or null when the envelope is not exactly what was sealed for this place.</summary>
    public byte[]? OpenBody(DataKey key, in RecordBinding binding, string type, string id, UInt128 resource, ReadOnlySpan<byte> previousHash, ReadOnlySpan<byte> envelope) =>
        OpenBody(key, binding, type, id, resource, previousHash, envelope, out _);

    /// <summary>The same, with what the version says of content beside it; null without such.</summary>
    public byte[]? OpenBody(
        DataKey key, in RecordBinding binding, string type, string id, UInt128 resource, ReadOnlySpan<byte> previousHash, ReadOnlySpan<byte> envelope, out ContentDescriptor? beside)
    {
        beside = null;
        var length = envelope.Length - Sealer.Overhead;
        if (length is < 0 or > Compression.PackedMax)
        {
            return null;
        }

        Span<byte> associated = stackalloc byte[RecordBinding.SizeMax];
        var dictionary = Sealer.DictionaryOf(envelope);
        associated = associated[..binding.WriteForBody(associated, dictionary, resource, previousHash)];
        var packed = ArrayPool<byte>.Shared.Rent(Compression.Before + length);
        byte[]? content = null;
        try
        {
            content = Sealer.TryOpen(key, envelope, associated, packed.AsSpan(Compression.Before)) ? _compression.Unpack(packed.AsSpan(0, Compression.Before + length), dictionary) : null;
            if (content is not { Length: > 0 })
            {
                return content;
            }

            if (content[0] != ContentMark)
            {
                return BodyContent.Restore(content, binding, type, id);
            }

            const int json = 1 + ContentDescriptor.Size;
            beside = content.Length > json ? ContentDescriptor.Read(content.AsSpan(1, ContentDescriptor.Size)) : null;
            return beside is null ? null : BodyContent.Restore(content.AsSpan(json), binding, type, id);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
            Return(packed, Compression.Before + length);
        }
    }

    /// <summary>The facts, or null as for a body.</summary>
    public byte[]? OpenFacts(DataKey key, in RecordBinding binding, int generation, ReadOnlySpan<byte> bodyHash, ReadOnlySpan<byte> message)
    {
        var length = message.Length - AttachedSealer.Overhead;
        if (length is < 0 or > Compression.PackedMax || bodyHash.Length != AttachedSealer.AnchorSize)
        {
            return null;
        }

        Span<byte> associated = stackalloc byte[RecordBinding.SizeMax];
        var dictionary = AttachedSealer.DictionaryOf(message);
        associated = associated[..binding.WriteForFacts(associated, dictionary, generation, bodyHash)];
        var packed = ArrayPool<byte>.Shared.Rent(Compression.Before + length);
        byte[]? content = null;
        try
        {
            content = AttachedSealer.TryOpen(key, bodyHash, message, associated, packed.AsSpan(Compression.Before)) ? _compression.Unpack(packed.AsSpan(0, Compression.Before + length), dictionary) : null;
            return content is null ? null : FactsContent.Restore(content, binding);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
            Return(packed, Compression.Before + length);
        }
    }

    /// <summary>The hash of an envelope, as the next version and the audit log refer to it.</summary>
    public static byte[] HashOf(ReadOnlySpan<byte> envelope) => SHA256.HashData(envelope);

    public void Dispose() => _compression.Dispose();

    private static (byte[] Rented, int Length) WithContent(byte[] content, int length, ContentDescriptor beside)
    {
        var whole = ArrayPool<byte>.Shared.Rent(1 + ContentDescriptor.Size + length);
        whole[0] = ContentMark;
        beside.Write().CopyTo(whole, 1);
        content.AsSpan(0, length).CopyTo(whole.AsSpan(1 + ContentDescriptor.Size));
        Return(content, length);
        return (whole, 1 + ContentDescriptor.Size + length);
    }

    private static void Return(byte[] rented, int length)
    {
        if (rented.Length > 0)
        {
            CryptographicOperations.ZeroMemory(rented.AsSpan(0, length));
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
