namespace EHealthHub.Audit.Entries;

/// <summary>
/// Port: the audit key of a log's period, as a keyed function. What seals an entry's parts and names its patients is derived through it, so that the parts of one leaf can be disclosed without the key. The host adapts a key from the room
/// Keys. Thread-safe.
/// </summary>
public interface IEntryKey
{
    /// <summary>
    /// Fills <paramref name="secret"/>, 32 bytes, with what the key makes of <paramref name="context"/>, at most 1,024 bytes: a pseudorandom function such as HMAC-SHA-256, the same for the same context. May throw when the key is out of reach.
    /// </summary>
    void Derive(ReadOnlySpan<byte> context, Span<byte> secret);
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
