using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace EHealthHub.Keys.Pkcs11;

/// <summary>A private key that stays on its token; open while its session is. Disposing ends the session, and with the last one the login.</summary>
public sealed class TokenKey : IDisposable
{
    // DigestInfo of SHA-256 before the digest (RFC 8017 9.2, note 1).
    private static readonly byte[] Sha256DigestInfo = [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

    private readonly Pkcs11Module _module;
    private readonly ISession _session;
    private readonly IObjectHandle _key;

    internal TokenKey(Pkcs11Module module, ISession session, IObjectHandle key, TokenCertificate certificate)
    {
        _module = module;
        _session = session;
        _key = key;
        Certificate = certificate;
    }

    /// <summary>The certificate beside the key.</summary>
    public TokenCertificate Certificate { get; }

    /// <summary>Signs as a JSON Web Signature does (RFC 7518 3.3, 3.4). Throws <see cref="Pkcs11TokenException"/>.</summary>
    /// <param name="algorithm"><c>ES256</c>, <c>ES384</c> or <c>RS256</c>.</param>
    /// <param name="data">What is signed; hashed here, since not every token hashes.</param>
    public byte[] Sign(string algorithm, byte[] data) => algorithm switch
    {
        "ES256" => Sign(CKM.CKM_ECDSA, SHA256.HashData(data)),
        "ES384" => Sign(CKM.CKM_ECDSA, SHA384.HashData(data)),
        "RS256" => Sign(CKM.CKM_RSA_PKCS, [.. Sha256DigestInfo, .. SHA256.HashData(data)]),
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "ES256, ES384 or RS256."),
    };

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private byte[] Sign(CKM mechanism, byte[] digest)
    {
        try
        {
            using var how = _session.Factories.MechanismFactory.Create(mechanism);
            if (!_module.Serial)
            {
                return _session.Sign(how, _key, digest);
            }

            lock (_module.Turn)
            {
                return _session.Sign(how, _key, digest);
            }
        }
        catch (Pkcs11Exception e)
        {
            throw Pkcs11Module.Fault(e);
        }
    }
}
