using EHealthHub.Audit.Entries;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Auditor.Logs;

/// <summary>Opens entries with a key of the auditors' ring. Seals nothing: the auditors write no log.</summary>
internal sealed class RingSealer(DataKey key) : IEntrySealer
{
    public byte[] Seal(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> associatedData) => throw new InvalidOperationException("Auditors seal no entries.");

    public byte[]? Open(ReadOnlySpan<byte> leaf, ReadOnlySpan<byte> associatedData)
    {
        if (leaf.Length < Sealer.Overhead)
        {
            return null;
        }

        var entry = new byte[leaf.Length - Sealer.Overhead];
        return Sealer.TryOpen(key, leaf, associatedData, entry) ? entry : null;
    }
}
