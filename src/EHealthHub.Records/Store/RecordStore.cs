using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Records.Store;

/// <summary>The store cannot be reached or cannot write; the request gets 503 and nothing was released.</summary>
public sealed class RecordsUnavailableException : Exception
{
    /// <summary>With its reason.</summary>
    public RecordsUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>For serializers.</summary>
    public RecordsUnavailableException()
    {
    }

    /// <summary>With its reason and cause.</summary>
    public RecordsUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The encrypted, versioned store. Every method that opens patient data takes an <see cref="AuditReceipt"/>. Thread-safe.</summary>
public sealed class RecordStore : IAsyncDisposable
{
    /// <summary>Opens or creates the embedded store in <c>folder/db</c> (SQLite), applies migrations, and starts the group-committing writer.</summary>
    public static RecordStore OpenSqlite(string folder, HubIdentity hub, IKeyVault vault, TimeProvider time) => throw new NotSupportedException("under construction");

    /// <summary>The current version of a resource, or null when there never was one. Opens nothing.</summary>
    public ValueTask<ResourceLocation?> Locate(string type, string id, CancellationToken cancellationToken) => throw new NotSupportedException("under construction");

    /// <summary>A given version, or null.</summary>
    public ValueTask<ResourceLocation?> LocateVersion(string type, string id, int version, CancellationToken cancellationToken) => throw new NotSupportedException("under construction");

    /// <summary>The logical ids of current, not deleted resources with an exact identifier; at most two (none, one, many). Opens nothing.</summary>
    public ValueTask<IReadOnlyList<string>> LocateByIdentifier(IdentifierCondition condition, CancellationToken cancellationToken) => throw new NotSupportedException("under construction");

    /// <summary>What has to be known of a patient in order to decide; null when the hub holds no compartment for the id. Cached under the compartment's manifest counter.</summary>
    public ValueTask<PatientContext?> Context(string patientId, CancellationToken cancellationToken) => throw new NotSupportedException("under construction");

    /// <summary>Opens one version.</summary>
    public ValueTask<RecordVersion> Read(ReadAsk ask, AuditReceipt receipt, CancellationToken cancellationToken) => throw new NotSupportedException("under construction");

    /// <summary>Opens versions of one resource, newest first, and tells how many there are.</summary>
    public ValueTask<(IReadOnlyList<RecordVersion> Versions, int Total)> History(HistoryAsk ask, AuditReceipt receipt, CancellationToken cancellationToken) => throw new NotSupportedException("under construction");

    /// <summary>Opens facts of candidates and decides; opens no body.</summary>
    public ValueTask<SearchPage> Search(SearchAsk ask, AuditReceipt receipt, CancellationToken cancellationToken) => throw new NotSupportedException("under construction");

    /// <summary>Opens the bodies of a page.</summary>
    public ValueTask<IReadOnlyList<RecordVersion>> Open(SearchPage page, AuditReceipt receipt, CancellationToken cancellationToken) => throw new NotSupportedException("under construction");

    /// <summary>Seals outside, then writes in one transaction with whatever else waits; conditions are checked again inside. The receipt's leaf index is stored with the envelope hashes.</summary>
    public ValueTask<CommitResult> Commit(CommitAsk ask, AuditReceipt receipt, CancellationToken cancellationToken) => throw new NotSupportedException("under construction");

    /// <summary>Marks that the outcome of an intent is in the log. Lazy: start-up closes what is not marked.</summary>
    public ValueTask MarkClosed(string origin, long intentIndex, CancellationToken cancellationToken) => throw new NotSupportedException("under construction");

    /// <summary>What was committed under an intent: its sequence and envelope hashes, or null when nothing was. For closing orphans at start-up.</summary>
    public ValueTask<(long Sequence, ReadOnlyMemory<byte> EnvelopeHashes)?> CommittedUnder(string origin, long intentIndex, CancellationToken cancellationToken) => throw new NotSupportedException("under construction");

    /// <summary>Highest commit sequence in the database: compared at start with the log's, to notice a database that was rolled back.</summary>
    public ValueTask<long> LastSequence(CancellationToken cancellationToken) => throw new NotSupportedException("under construction");

    /// <summary>The first result of a request key, or null. Opens only what the same caller was told before.</summary>
    public ValueTask<ReadOnlyMemory<byte>?> FirstResult(string requestKey, CancellationToken cancellationToken) => throw new NotSupportedException("under construction");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotSupportedException("under construction");
}
