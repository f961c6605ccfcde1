using System.Security.Cryptography;

namespace EHealthHub.Trust.Tests.Support;

/// <summary>The hub's token key, in memory.</summary>
internal sealed class TestSigner(string keyId) : ITokenSigner, IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string KeyId => keyId;

    public byte[] PublicKey => _key.ExportSubjectPublicKeyInfo();

    public byte[] Sign(ReadOnlySpan<byte> data) => _key.SignData(data, HashAlgorithmName.SHA256);

    public void Dispose() => _key.Dispose();
}

/// <summary>A key for each period, made when it is first asked for.</summary>
internal sealed class TestKeys : ITokenKeys, IDisposable
{
    private readonly Dictionary<long, TestSigner> _keys = [];

    public ITokenSigner Key(long period)
    {
        if (!_keys.TryGetValue(period, out var key))
        {
            _keys[period] = key = new TestSigner(FormattableString.Invariant($"token/{period}"));
        }

        return key;
    }

    public void Dispose()
    {
        foreach (var key in _keys.Values)
        {
            key.Dispose();
        }
    }
}
