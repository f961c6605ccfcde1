using EHealthHub.Audit.Entries;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Auditor.Logs;

/// <summary>Adapts a key of the auditors' ring to the log's port. The key stays the ring's.</summary>
internal sealed class RingKey(DataKey key) : IEntryKey, IDisposable
{
    private readonly Prf _function = new(key, "audit entry");

    public void Derive(ReadOnlySpan<byte> context, Span<byte> secret) => _function.Tag(secret, context);

    public void Dispose() => _function.Dispose();
}
