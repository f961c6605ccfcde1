using System.Buffers;
using System.Security.Cryptography;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Records.Sealing;

/// <summary>Seals and opens bodies and facts: compress alone, pad, seal with commitment under the compartment's key, bound to the place (FORMAT.md). Thread-safe.</summary>
internal sealed class RecordSealer : IDisposable
{
    /// <summary>The present way of extracting facts; stored in clear with the version and authenticated. A change of the extraction raises it.</summary>
    public const byte FactsGeneration = 1;

    private readonly Compression _compression = new();

    public byte[] SealBody(DataKey key, RecordBinding binding, UInt128 resource, ReadOnlySpan<byte> previousHash, ReadOnlySpan<byte> json)
    {
        Span<byte> associated = stackalloc byte[RecordBinding.SizeMax];
        var length = binding.WriteForBody(associated, Dictionaries.Bodies, resource, previousHash);
        return Seal(key, json, associated[..length], Dictionaries.Bodies);
    }

    public byte[] SealFacts(DataKey key, RecordBinding binding, ReadOnlySpan<byte> bodyHash, ReadOnlySpan<byte> facts)
    {
        Span<byte> associated = stackalloc byte[RecordBinding.SizeMax];
        var length = binding.WriteForFacts(associated, Dictionaries.Facts, FactsGeneration, bodyHash);
        return Seal(key, facts, associated[..length], Dictionaries.Facts);
    }

    /// <summary>The JSON (empty for a deletion), or null when the envelope is not exactly what was sealed for this place.</summary>
    public byte[]? OpenBody(DataKey key, RecordBinding binding, UInt128 resource, ReadOnlySpan<byte> previousHash, ReadOnlySpan<byte> envelope)
    {
        Span<byte> associated = stackalloc byte[RecordBinding.SizeMax];
        var length = binding.WriteForBody(associated, Sealer.DictionaryOf(envelope), resource, previousHash);
        return Open(key, envelope, associated[..length]);
    }

    /// <summary>The facts, or null as for <see cref="OpenBody"/>.</summary>
    public byte[]? OpenFacts(DataKey key, RecordBinding binding, byte generation, ReadOnlySpan<byte> bodyHash, ReadOnlySpan<byte> envelope)
    {
        Span<byte> associated = stackalloc byte[RecordBinding.SizeMax];
        var length = binding.WriteForFacts(associated, Sealer.DictionaryOf(envelope), generation, bodyHash);
        return Open(key, envelope, associated[..length]);
    }

    /// <summary>The hash of an envelope, as the next version and the audit log refer to it.</summary>
    public static byte[] HashOf(ReadOnlySpan<byte> envelope) => SHA256.HashData(envelope);

    public void Dispose() => _compression.Dispose();

    private byte[] Seal(DataKey key, ReadOnlySpan<byte> content, ReadOnlySpan<byte> associated, byte dictionary)
    {
        var (rented, length) = _compression.Pack(content, dictionary);
        try
        {
            return Sealer.Seal(key, rented.AsSpan(0, length), associated, dictionary);
        }
        finally
        {
            Return(rented, length);
        }
    }

    private byte[]? Open(DataKey key, ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> associated)
    {
        var length = envelope.Length - Sealer.Overhead;
        if (length is < 0 or > Compression.ContentMax * 2)
        {
            return null;
        }

        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return Sealer.TryOpen(key, envelope, associated, rented) ? _compression.Unpack(rented.AsSpan(0, length), Sealer.DictionaryOf(envelope)) : null;
        }
        finally
        {
            Return(rented, length);
        }
    }

    private static void Return(byte[] rented, int length)
    {
        CryptographicOperations.ZeroMemory(rented.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(rented);
    }
}
