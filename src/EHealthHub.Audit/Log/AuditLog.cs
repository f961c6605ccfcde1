using EHealthHub.Audit.Entries;

namespace EHealthHub.Audit.Log;

/// <summary>Settings of the writer.</summary>
public sealed record AuditLogOptions
{
    /// <summary>Folder of this log's files: <c>DIR/audit</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>The log's origin, for example <c>ehealthhub/06/node-1/2026H2</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>Most entries in one commit group.</summary>
    public int GroupMax { get; init; } = 1_024;

    /// <summary>Most entries waiting; beyond it an append fails at once (the request gets 503).</summary>
    public int WaitingMax { get; init; } = 8_192;

    /// <summary>Disk space in bytes below which appends fail.</summary>
    public long FreeBytesMin { get; init; } = 64L * 1024 * 1024;

    /// <summary>Time until a durable entry is in the tiles.</summary>
    public TimeSpan IntegrateEvery { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Time until a signed checkpoint covers it.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>The log cannot take the entry: no durable audit, no data.</summary>
public sealed class AuditUnavailableException : Exception
{
    /// <summary>With its reason.</summary>
    public AuditUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>For serializers.</summary>
    public AuditUnavailableException()
    {
    }

    /// <summary>With its reason and cause.</summary>
    public AuditUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>
/// The writer: one per process and log. Entries that wait are written and fsynced together, then their receipts are released. Thread-safe.
/// Every method throws <see cref="AuditUnavailableException"/> when the entry could not be made durable.
/// </summary>
public sealed class AuditLog : IAsyncDisposable
{
    /// <summary>The log's origin.</summary>
    public string Origin => throw new NotSupportedException("under construction");

    /// <summary>Number of durable entries.</summary>
    public long Size => throw new NotSupportedException("under construction");

    /// <summary>Opens or creates the log, recovers from a crash (a torn tail that was never acknowledged is dropped), and starts the writer. Refuses a folder that another process holds.</summary>
    public static AuditLog Open(AuditLogOptions options, IEntrySealer sealer, ICheckpointSigner signer, TimeProvider time) => throw new NotSupportedException("under construction");

    /// <summary>Appends a granted access; the receipt is bound to <paramref name="askHash"/> (32 bytes).</summary>
    public ValueTask<AuditReceipt> Append(AuditEntry entry, ReadOnlyMemory<byte> askHash, CancellationToken cancellationToken) => throw new NotSupportedException("under construction");

    /// <summary>Records anything that gives no right: a refusal, an outcome, an administrative act.</summary>
    public ValueTask<LogPosition> Record(AuditEntry entry, CancellationToken cancellationToken) => throw new NotSupportedException("under construction");

    /// <summary>The C2SP tlog-proof of an entry, as text, when a checkpoint covers it; null when none does yet or the index is beyond the log.</summary>
    public string? Proof(long index) => throw new NotSupportedException("under construction");

    /// <summary>Opens entries from <paramref name="index"/> on, in order, up to the durable size at the time of the call. An entry that cannot be opened throws <see cref="InvalidDataException"/>.</summary>
    public IEnumerable<(long Index, AuditEntry Entry)> ReadFrom(long index) => throw new NotSupportedException("under construction");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotSupportedException("under construction");
}
