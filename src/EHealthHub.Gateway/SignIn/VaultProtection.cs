using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;
using Microsoft.AspNetCore.DataProtection;

namespace EHealthHub.Gateway.SignIn;

/// <summary>
/// What travels through a browser is sealed under secrets of the vault, one for each purpose: every gateway of the hub opens it, nothing of it lies on a disk, and a restored hub has others.
/// </summary>
internal sealed class VaultProtection(IKeyVault vault, string purpose) : IDataProtector, IDisposable
{
    private readonly DataKey _key = vault.Derive(purpose);

    public IDataProtector CreateProtector(string more) => new VaultProtection(vault, $"{purpose}/{more}");

    public byte[] Protect(byte[] plaintext) => Sealer.Seal(_key, plaintext, []);

    public byte[] Unprotect(byte[] protectedData)
    {
        var plaintext = new byte[Math.Max(0, protectedData.Length - Sealer.Overhead)];
        return protectedData.Length >= Sealer.Overhead && Sealer.TryOpen(_key, protectedData, [], plaintext)
            ? plaintext
            : throw new System.Security.Cryptography.CryptographicException("Not sealed by this hub for this purpose.");
    }

    public void Dispose() => _key.Dispose();
}
