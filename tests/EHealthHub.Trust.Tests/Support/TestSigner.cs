using System.Security.Cryptography;

namespace EHealthHub.Trust.Tests.Support;

/// <summary>The hub's token key, in memory.</summary>
internal sealed class TestSigner : ITokenSigner, IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string KeyId => "token/1";

    public byte[] PublicKey => _key.ExportSubjectPublicKeyInfo();

    public byte[] Sign(ReadOnlySpan<byte> data) => _key.SignData(data, HashAlgorithmName.SHA256);

    public void Dispose() => _key.Dispose();
}
