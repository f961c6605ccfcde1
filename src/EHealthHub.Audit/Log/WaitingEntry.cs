using EHealthHub.Audit.Entries;

namespace EHealthHub.Audit.Log;

/// <summary>A sealed entry on its way to the disk, and somebody who waits for it.</summary>
internal abstract class WaitingEntry(byte[] leaf, byte[] hash)
{
    /// <summary>The sealed entry.</summary>
    public byte[] Leaf => leaf;

    /// <summary>Its RFC 6962 leaf hash.</summary>
    public byte[] Hash => hash;

    /// <summary>It is durable at this index.</summary>
    public abstract void Release(string origin, long index);

    /// <summary>It is not in the log, or nobody knows whether it is.</summary>
    public abstract void Refuse(string reason, Exception? cause);
}

/// <summary>Waits for a receipt.</summary>
internal sealed class WaitingAccess(byte[] leaf, byte[] hash, ReadOnlyMemory<byte> askHash, TimeProvider time) : WaitingEntry(leaf, hash)
{
    // Continuations run on the pool: the committing thread goes straight on to the next group.
    private readonly TaskCompletionSource<AuditReceipt> _receipt = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<AuditReceipt> Receipt => _receipt.Task;

    public override void Release(string origin, long index) => _receipt.SetResult(new AuditReceipt(new LogPosition(origin, index, Hash), askHash.Span, time));

    public override void Refuse(string reason, Exception? cause) => _receipt.SetException(Unavailable.Because(reason, cause));
}

/// <summary>Waits for a position.</summary>
internal sealed class WaitingRecord(byte[] leaf, byte[] hash) : WaitingEntry(leaf, hash)
{
    private readonly TaskCompletionSource<LogPosition> _position = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<LogPosition> Position => _position.Task;

    public override void Release(string origin, long index) => _position.SetResult(new LogPosition(origin, index, Hash));

    public override void Refuse(string reason, Exception? cause) => _position.SetException(Unavailable.Because(reason, cause));
}

internal static class Unavailable
{
    public static AuditUnavailableException Because(string reason, Exception? cause) =>
        cause is null ? new AuditUnavailableException(reason) : new AuditUnavailableException(reason, cause);
}
