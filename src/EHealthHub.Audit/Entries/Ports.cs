namespace EHealthHub.Audit.Entries;

/// <summary>Port: seals and opens entries under the audit key of the log's period. The host adapts a key from the room Keys.</summary>
public interface IEntrySealer
{
    /// <summary>Seals the encoded entry; <paramref name="associatedData"/> binds it to its log.</summary>
    byte[] Seal(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> associatedData);

    /// <summary>Opens; null for anything that was not sealed so.</summary>
    byte[]? Open(ReadOnlySpan<byte> leaf, ReadOnlySpan<byte> associatedData);
}

/// <summary>Port: signs checkpoints with Ed25519.</summary>
public interface ICheckpointSigner
{
    /// <summary>Name of the key in the signed note (the log's origin).</summary>
    string Name { get; }

    /// <summary>32-byte Ed25519 public key.</summary>
    byte[] PublicKey { get; }

    /// <summary>Signs the note's text.</summary>
    byte[] Sign(ReadOnlySpan<byte> text);
}
