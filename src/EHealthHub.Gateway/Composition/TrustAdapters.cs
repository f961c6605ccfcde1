using System.Security.Cryptography;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;
using EHealthHub.Trust;

namespace EHealthHub.Gateway.Composition;

/// <summary>Adapts the vault's ES256 key to Trust's port.</summary>
internal sealed class VaultTokenSigner(IKeyVault vault) : ITokenSigner
{
    public byte[] PublicKey { get; } = vault.PublicKeyEs256(HubLayout.TokenKey);

    public string KeyId => Convert.ToHexStringLower(SHA256.HashData(PublicKey).AsSpan(0, 8));

    public byte[] Sign(ReadOnlySpan<byte> data) => vault.SignEs256(HubLayout.TokenKey, data);
}

/// <summary>Adapts a secret of the vault to Trust's port for the registry file.</summary>
internal sealed class VaultRegistryAuthenticator(IKeyVault vault) : IRegistryAuthenticator, IDisposable
{
    private readonly DataKey _key = vault.Derive(HubLayout.RegistryKey);

    public byte[] Tag(ReadOnlySpan<byte> content) => HMACSHA256.HashData(_key.Bytes, content);

    public void Dispose() => _key.Dispose();
}
