using System.Security.Cryptography;
using EHealthHub.Audit.Entries;
using NSec.Cryptography;

namespace EHealthHub.Audit.Tests;

/// <summary>HMAC-SHA-256: what a host would adapt from its vault.</summary>
internal sealed class TestEntryKey(byte[]? key = null) : IEntryKey
{
    private readonly byte[] _key = key ?? RandomNumberGenerator.GetBytes(32);

    /// <summary>The vault is out of reach.</summary>
    public bool IsBroken { get; set; }

    public void Derive(ReadOnlySpan<byte> context, Span<byte> secret)
    {
        if (IsBroken)
        {
            throw new CryptographicException("The vault is gone.");
        }

        HMACSHA256.HashData(_key, context, secret);
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
