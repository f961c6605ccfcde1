using EHealthHub.Audit.Entries;

namespace EHealthHub.Audit.Log;

/// <summary>A sealed entry on its way to the disk, and somebody who waits for it.</summary>
internal abstract class WaitingEntry(DraftLeaf[] leaves, bool isBrief)
{
    /// <summary>Its leaves: one, or several for an entry with very many patients. They are committed together.</summary>
    public DraftLeaf[] Leaves => leaves;

    /// <summary>
    /// Whoever waits goes on within <see cref="Release"/> or <see cref="Refuse"/>, on the caller's thread, and is soon done. All others go on as work of their own.
    /// </summary>
    public bool IsBrief => isBrief;

    /// <summary>How whoever waits goes on: never on the committing thread, which goes straight on to the next group.</summary>
    protected TaskCreationOptions Continuing => isBrief ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously;

    /// <summary>It is durable, its first leaf at this index.</summary>
    public abstract void Release(string origin, long index);

    /// <summary>It is not in the log, or nobody knows whether it is.</summary>
    public abstract void Refuse(string reason, Exception? cause);
}

/// <summary>Waits for a receipt.</summary>
internal sealed class WaitingAccess : WaitingEntry
{
    private readonly ReadOnlyMemory<byte> _askHash;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<AuditReceipt> _receipt;

    public WaitingAccess(DraftLeaf[] leaves, ReadOnlyMemory<byte> askHash, bool isBrief, TimeProvider time)
        : base(leaves, isBrief) => (_askHash, _time, _receipt) = (askHash, time, new TaskCompletionSource<AuditReceipt>(Continuing));

    public Task<AuditReceipt> Receipt => _receipt.Task;

    public override void Release(string origin, long index) => _receipt.SetResult(new AuditReceipt(new LogPosition(origin, index, Leaves[0].Hash), _askHash.Span, _time));

    public override void Refuse(string reason, Exception? cause) => _receipt.SetException(Unavailable.Because(reason, cause));
}

/// <summary>Waits for a position.</summary>
internal sealed class WaitingRecord : WaitingEntry
{
    private readonly TaskCompletionSource<LogPosition> _position;

    public WaitingRecord(DraftLeaf[] leaves)
        : base(leaves, isBrief: false) => _position = new TaskCompletionSource<LogPosition>(Continuing);

    public Task<LogPosition> Position => _position.Task;

    public override void Release(string origin, long index) => _position.SetResult(new LogPosition(origin, index, Leaves[0].Hash));

    public override void Refuse(string reason, Exception? cause) => _position.SetException(Unavailable.Because(reason, cause));
}

internal static class Unavailable
{
    public static AuditUnavailableException Because(string reason, Exception? cause) =>
        cause is null ? new AuditUnavailableException(reason) : new AuditUnavailableException(reason, cause);
}
