using System.Security.Cryptography;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;
using EHealthHub.Trust;

namespace EHealthHub.Operator.Preparing;

/// <summary>Adapts a secret of the vault to Trust's port for the registry file.</summary>
internal sealed class VaultRegistryAuthenticator(IKeyVault vault) : IRegistryAuthenticator, IDisposable
{
    private readonly DataKey _key = vault.Derive(HubLayout.RegistryKey);

    public byte[] Tag(ReadOnlySpan<byte> content) => HMACSHA256.HashData(_key.Bytes, content);

    public void Dispose() => _key.Dispose();
}
