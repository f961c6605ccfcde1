using EHealthHub.Audit.Entries;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Records;

/// <summary>Adapts an audit key to the log's port, and disposes of it. Audit keys are per period and not a patient's: retention outlives erasure.</summary>
public sealed class VaultEntrySealer : IEntryKey, IDisposable
{
    private const int StatesPooled = 64;

    private readonly DataKey _key;
    private readonly Prf _function;

    /// <summary>Takes over the key.</summary>
    public VaultEntrySealer(DataKey key) => (_key, _function) = (key, new Prf(key, "audit entry", pooledMax: StatesPooled));

    /// <inheritdoc/>
    public void Derive(ReadOnlySpan<byte> context, Span<byte> secret) => _function.Tag(secret, context);

    /// <inheritdoc/>
    public void Dispose()
    {
        _function.Dispose();
        _key.Dispose();
    }
}

/// <summary>Adapts the vault's Ed25519 key to the log's port.</summary>
public sealed class VaultCheckpointSigner(IKeyVault vault, string origin) : ICheckpointSigner
{
    /// <inheritdoc/>
    public string Name => origin;

    /// <inheritdoc/>
    public byte[] PublicKey { get; } = vault.PublicKeyEd25519(HubLayout.CheckpointKey);

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> text) => vault.SignEd25519(HubLayout.CheckpointKey, text);
}
