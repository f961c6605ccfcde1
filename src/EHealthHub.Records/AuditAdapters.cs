using EHealthHub.Audit.Entries;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Records;

/// <summary>Adapts a sealing key to the log's port. Audit keys are per period and not a patient's: retention outlives erasure.</summary>
public sealed class VaultEntrySealer(DataKey key) : IEntrySealer, IDisposable
{
    /// <inheritdoc/>
    public byte[] Seal(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> associatedData) => Sealer.Seal(key, entry, associatedData);

    /// <inheritdoc/>
    public byte[]? Open(ReadOnlySpan<byte> leaf, ReadOnlySpan<byte> associatedData)
    {
        if (leaf.Length < Sealer.Overhead)
        {
            return null;
        }

        var entry = new byte[leaf.Length - Sealer.Overhead];
        return Sealer.TryOpen(key, leaf, associatedData, entry) ? entry : null;
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();
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
