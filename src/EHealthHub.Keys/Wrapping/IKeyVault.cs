namespace EHealthHub.Keys.Wrapping;

/// <summary>
/// Named keys that wrap, derive and sign, and never leave. An outside boundary: the development key file today, a PKCS#11 token in production. Thread-safe.
/// Names look like <c>kek/06/1</c>, <c>index/national</c>, <c>audit/2026H2</c>, <c>sign/checkpoint</c>; the hub's identity is mixed in by the vault.
/// </summary>
public interface IKeyVault : IDisposable
{
    /// <summary>Wraps a data key by AES-256-GCM under the named KEK with associated data. Creates the KEK on first use only where the vault allows it.</summary>
    byte[] Wrap(string kekName, DataKey key, ReadOnlySpan<byte> associatedData);

    /// <summary>Unwraps; null where the wrapped bytes, the name or the associated data are not those of <see cref="Wrap"/>.</summary>
    DataKey? Unwrap(string kekName, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associatedData, int epoch);

    /// <summary>A 256-bit secret derived for a purpose (SP 800-108), for PRFs and for sealing that no single KEK wraps: index roots, audit sealing keys per period.</summary>
    DataKey Derive(string name);

    /// <summary>Signs with the named Ed25519 key (RFC 8032).</summary>
    byte[] SignEd25519(string name, ReadOnlySpan<byte> data);

    /// <summary>The 32-byte Ed25519 public key of the name.</summary>
    byte[] PublicKeyEd25519(string name);

    /// <summary>Signs SHA-256 of the data with the named ECDSA P-256 key; IEEE P1363 form, 64 bytes (JOSE ES256).</summary>
    byte[] SignEs256(string name, ReadOnlySpan<byte> data);

    /// <summary>SubjectPublicKeyInfo of the named ECDSA P-256 key.</summary>
    byte[] PublicKeyEs256(string name);
}
