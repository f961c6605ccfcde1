using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;
using EHealthHub.Records.Sqlite;
using EHealthHub.Trust;

namespace EHealthHub.Gateway.Composition;

/// <summary>Adapts the vault's ES256 keys to Trust's port: one for each period, under a name that all gateways of the hub make alike.</summary>
internal sealed class VaultTokenKeys(IKeyVault vault) : ITokenKeys
{
    private readonly ConcurrentDictionary<long, ITokenSigner> _keys = new();

    public ITokenSigner Key(long period) => _keys.GetOrAdd(period, p => new Signer(vault, FormattableString.Invariant($"{HubLayout.TokenKey}/{p}")));

    private sealed class Signer(IKeyVault vault, string name) : ITokenSigner
    {
        public byte[] PublicKey { get; } = vault.PublicKeyEs256(name);

        public string KeyId => field ??= Convert.ToHexStringLower(SHA256.HashData(PublicKey).AsSpan(0, 8));

        public byte[] Sign(ReadOnlySpan<byte> data) => vault.SignEs256(name, data);
    }
}

/// <summary>Adapts the store's ledger to Trust's ports: what was used once, and what was taken back.</summary>
internal sealed class LedgerOfTokens(TokenLedger ledger) : IReplayCache, IRevokedTokens
{
    public bool TryUse(string id, DateTimeOffset until) => ledger.TryUse(SHA256.HashData(Encoding.UTF8.GetBytes(id)), until);

    public bool TryAdd(ReadOnlySpan<byte> id, DateTimeOffset until) => ledger.TryRevoke(id, until);

    public IReadOnlyList<(byte[] Id, DateTimeOffset Until)> Since(ref long mark) => ledger.RevokedSince(ref mark);
}

/// <summary>Adapts a secret of the vault to Trust's port for the registry file.</summary>
internal sealed class VaultRegistryAuthenticator(IKeyVault vault) : IRegistryAuthenticator, IDisposable
{
    private readonly DataKey _key = vault.Derive(HubLayout.RegistryKey);

    public byte[] Tag(ReadOnlySpan<byte> content) => HMACSHA256.HashData(_key.Bytes, content);

    public void Dispose() => _key.Dispose();
}
