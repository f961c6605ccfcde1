using System.Security.Cryptography;
using EHealthHub.Audit.Entries;
using NSec.Cryptography;

namespace EHealthHub.Audit.Tests;

/// <summary>Seals with AES-256-GCM: what a host would adapt from its vault.</summary>
internal sealed class TestSealer : IEntrySealer
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public byte[] Seal(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> associatedData)
    {
        var leaf = new byte[12 + entry.Length + 16];
        RandomNumberGenerator.Fill(leaf.AsSpan(0, 12));
        using var aes = new AesGcm(_key, 16);
        aes.Encrypt(leaf.AsSpan(0, 12), entry, leaf.AsSpan(12, entry.Length), leaf.AsSpan(12 + entry.Length), associatedData);
        return leaf;
    }

    public byte[]? Open(ReadOnlySpan<byte> leaf, ReadOnlySpan<byte> associatedData)
    {
        if (leaf.Length < 28)
        {
            return null;
        }

        var entry = new byte[leaf.Length - 28];
        using var aes = new AesGcm(_key, 16);
        try
        {
            aes.Decrypt(leaf[..12], leaf[12..^16], leaf[^16..], entry, associatedData);
            return entry;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}

/// <summary>Signs with a key made for the test.</summary>
internal sealed class TestSigner : ICheckpointSigner, IDisposable
{
    private readonly Key _key = Key.Create(SignatureAlgorithm.Ed25519);

    public TestSigner(string name) => Name = name;

    public string Name { get; }

    public byte[] PublicKey => _key.PublicKey.Export(KeyBlobFormat.RawPublicKey);

    /// <summary>The token is out of reach.</summary>
    public bool IsBroken { get; set; }

    public byte[] Sign(ReadOnlySpan<byte> text) => IsBroken ? throw new CryptographicException("The token is gone.") : SignatureAlgorithm.Ed25519.Sign(_key, text);

    public void Dispose() => _key.Dispose();
}
