using System.Text;

namespace EHealthHub.Audit.Entries;

/// <summary>An entry sealed for its log, and opened again. The leaf of the tree is the sealed form; whoever holds the audit key of the period can open it.</summary>
public static class EntryEnvelope
{
    /// <summary>What binds a sealed entry to its log.</summary>
    public static byte[] AssociatedData(string origin) => Encoding.UTF8.GetBytes($"EHealthHub audit entry v1\n{origin}");

    /// <summary>Opens a leaf; null when it was not sealed for this log with this key, or does not hold an entry of a known version.</summary>
    public static AuditEntry? Open(IEntrySealer sealer, string origin, ReadOnlySpan<byte> leaf) => Open(sealer, AssociatedData(origin), leaf);

    /// <summary>As above, with the associated data at hand.</summary>
    internal static AuditEntry? Open(IEntrySealer sealer, byte[] associatedData, ReadOnlySpan<byte> leaf) =>
        sealer.Open(leaf, associatedData) is { } entry ? EntryCodec.Decode(entry) : null;
}
