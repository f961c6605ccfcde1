using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Erasing;
using EHealthHub.Records.Index;
using EHealthHub.Records.Reindexing;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>
/// The encrypted, versioned store. Every method that opens patient data takes an <see cref="AuditReceipt"/>. Thread-safe.
/// Every method throws <see cref="RecordsUnavailableException"/> when the database cannot answer, and <see cref="RecordsTamperedException"/> when what it answers is not what the hub wrote.
/// </summary>
public sealed class RecordStore : IAsyncDisposable
{
    /// <summary>How often a commit is prepared whose facts or index were overtaken by new search parameters, or by their re-indexing.</summary>
    private const int PreparationsMax = 5;

    private readonly StoreParts _parts;
    private readonly FileStream _lock;
    private readonly SqliteReaders _readers;
    private readonly SqliteCommitQueue _queue;

    private RecordStore(string databaseFolder, FileStream folderLock, HubIdentity hub, IKeyVault vault, RecordStoreOptions options, TimeProvider time)
    {
        _lock = folderLock;
        _parts = new StoreParts(databaseFolder, hub, vault, options, time);
        _queue = new SqliteCommitQueue(databaseFolder, options.WriterCacheKiB, _parts.CommitSeal);
        _readers = new SqliteReaders(databaseFolder, options.ReadersMax, options.ReaderCacheKiB);
        using var reader = new SqliteReader(databaseFolder, options.ReaderCacheKiB);
        Generations = new SearchGenerations(_parts, _readers, _queue, hub, reader.Generations());
        var gate = new ErasureGate();
        Contents = new ContentStore(databaseFolder, hub, _parts, _readers, gate);
        Cases = new PatientCases(databaseFolder, _parts, _readers, _queue, Contents, new CaseSeal(vault, hub), gate);
    }

    /// <summary>The hub's own search parameters, and the re-indexing that brings them into force.</summary>
    public SearchGenerations Generations { get; }

    /// <summary>Long content beside versions.</summary>
    public ContentStore Contents { get; }

    /// <summary>Erasures and legal holds.</summary>
    public PatientCases Cases { get; }

    /// <summary>The queue of writes, for tests of a failing disk.</summary>
    internal SqliteCommitQueue Queue => _queue;

    /// <summary>Opens or creates the embedded store in <c>folder/db</c> (SQLite), applies its schema, and starts the group-committing writer. Refuses a folder that another process holds.</summary>
    public static RecordStore OpenSqlite(string folder, HubIdentity hub, IKeyVault vault, TimeProvider time) => OpenSqlite(folder, hub, vault, new RecordStoreOptions(), time);

    /// <summary>With settings.</summary>
    public static RecordStore OpenSqlite(string folder, HubIdentity hub, IKeyVault vault, RecordStoreOptions options, TimeProvider time)
    {
        options.ThrowIfFaulty();
        var database = Path.Combine(folder, "db");
        Directory.CreateDirectory(database);
        FileStream? held = null;
        try
        {
            held = new FileStream(Path.Combine(database, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var store = new RecordStore(database, held, hub, vault, options, time);
            held = null;
            try
            {
                // Before anybody may write: a compartment made anew must not find the key of one that is being erased.
                store.Cases.ResumeAtStart();
                return store;
            }
            catch
            {
                store.DisposeAsync().AsTask().GetAwaiter().GetResult();
                throw;
            }
        }
        catch (Exception exception)
        {
            held?.Dispose();
            throw exception is IOException && held is null ? new RecordsUnavailableException("Another process holds the store.", exception) : exception;
        }
    }

    /// <summary>From now on these are served beside what is stored; called once, before the first question. One with the id of a stored resource stands before it.</summary>
    public void Serve(FixedResources resources) => _parts.Fixed = resources;

    /// <summary>The current version of a resource, or null when there never was one. Opens no more than the name of its compartment.</summary>
    public async ValueTask<ResourceLocation?> Locate(string type, string id, CancellationToken cancellationToken)
    {
        if (_parts.Fixed.Find(type, id) is { } known)
        {
            return known;
        }

        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        return Located(lease.Reader, lease.Reader.HeadsByToken(_parts.National.Resource(type, id)), type, id);
    }

    /// <summary>
    /// The current version of a resource together with what has to be known of its patient in order to decide, as <see cref="Locate"/> and <see cref="Context"/> give them, in one snapshot; no context for what belongs to no patient.
    /// </summary>
    public async ValueTask<(ResourceLocation? Location, T? Patient)> LocateToDecide<T>(string type, string id, Func<PatientSource, T> make, CancellationToken cancellationToken)
        where T : class
    {
        if (_parts.Fixed.Find(type, id) is { } known)
        {
            return (known, null);
        }

        var token = _parts.National.Resource(type, id);
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        lease.Reader.BeginSnapshot();
        try
        {
            var location = Located(lease.Reader, lease.Reader.HeadsByToken(token), type, id);
            var patient = location?.Compartment == CompartmentKind.Patient ? _parts.Contexts.FindInSnapshot(lease.Reader, _parts.Compartments.Get(lease.Reader, location.CompartmentKey), make) : null;
            return (location, patient);
        }
        finally
        {
            lease.Reader.EndSnapshot();
        }
    }

    /// <summary>A given version, or null.</summary>
    public async ValueTask<ResourceLocation?> LocateVersion(string type, string id, int version, CancellationToken cancellationToken)
    {
        if (_parts.Fixed.Find(type, id) is { } known)
        {
            return version == known.Version ? known : null;
        }

        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        return Located(lease.Reader, lease.Reader.VersionsByToken(_parts.National.Resource(type, id), version), type, id);
    }

    /// <summary>
    /// What the caller may know of a located version: the stricter of what may be known of it and of the current one; of a deletion, of what was deleted. Opens their facts in order to decide, and gives nothing of them out. Where the view restricts
    /// nothing, nothing is opened.
    /// </summary>
    public async ValueTask<Sight> SightOf(ResourceLocation location, RecordView view, CancellationToken cancellationToken)
    {
        if (!view.Restricts || location.IsFixed || location.Compartment == CompartmentKind.Directory)
        {
            return Sight.See;
        }

        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        lease.Reader.BeginSnapshot();
        try
        {
            return _parts.Sight(lease.Reader, _parts.Compartments.Get(lease.Reader, location.CompartmentKey), location.Row, view);
        }
        finally
        {
            lease.Reader.EndSnapshot();
        }
    }

    /// <summary>
    /// The logical ids of current, not deleted resources with an exact identifier; at most two (none, one, many). Opens the facts of what it finds, to learn the id and to see that it bears the identifier indeed; nothing of them is given out.
    /// </summary>
    public async ValueTask<IReadOnlyList<string>> LocateByIdentifier(IdentifierCondition condition, CancellationToken cancellationToken)
    {
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        return _parts.IdentifierLookup(lease.Reader).Find(condition);
    }

    /// <summary>As <see cref="LocateByIdentifier"/>, with what the answer rests on: a commit that carries it holds only while the same resources bear the identifier, as far as was asked.</summary>
    public async ValueTask<(IReadOnlyList<string> Ids, DecidedOn Decided)> DecideByIdentifier(IdentifierCondition condition, CancellationToken cancellationToken, int countMax = 2)
    {
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        return _parts.IdentifierLookup(lease.Reader).Decide(condition, countMax);
    }

    /// <summary>
    /// What has to be known of a patient in order to decide, made by <paramref name="make"/> of what may be read for that; null when the hub holds no compartment for the id. Kept, one of a kind for each patient, under the compartment's manifest counter:
    /// so <paramref name="make"/> must be the same for the same <typeparamref name="T"/>.
    /// </summary>
    public async ValueTask<T?> Context<T>(string patientId, Func<PatientSource, T> make, CancellationToken cancellationToken)
        where T : class
    {
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        return _parts.Contexts.Find(lease.Reader, patientId, make);
    }

    /// <summary>
    /// The security labels of a located version, from its sealed facts: they are read in order to decide, like encounters, and so without a receipt; nothing else of the facts is given out. None for a deletion and for what is part of the hub.
    /// </summary>
    public async ValueTask<IReadOnlyList<(string System, string Code)>> LabelsOf(ResourceLocation location, CancellationToken cancellationToken)
    {
        if (location.IsFixed || location.Deleted)
        {
            return [];
        }

        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        var row = lease.Reader.Facts(location.CompartmentKey, location.Slot, location.Version) ?? throw new RecordsTamperedException("A version is gone", location.CompartmentKey, location.Slot);
        var compartment = _parts.Compartments.Get(lease.Reader, location.CompartmentKey);
        return [.. _parts.Facts(compartment, row, _parts.Parties.Name(lease.Reader, row.Submitter)).Labels.Where(l => l is { System: not null, Code: not null }).Select(l => (l.System!, l.Code!))];
    }

    /// <summary>Asks the directory who is meant, in one snapshot.</summary>
    public async ValueTask<T> AskDirectory<T>(Func<DirectorySource, T> ask, CancellationToken cancellationToken)
    {
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        lease.Reader.BeginSnapshot();
        try
        {
            return ask(_parts.Directory(lease.Reader));
        }
        finally
        {
            lease.Reader.EndSnapshot();
        }
    }

    /// <summary>Opens one version.</summary>
    public async ValueTask<RecordVersion> Read(ReadAsk ask, AuditReceipt receipt, CancellationToken cancellationToken)
    {
        receipt.Use(ask.Hash());
        var location = ask.Location;
        if (location.IsFixed)
        {
            return FixedResources.Open(location);
        }

        if (location.Row.Body.Length > 0)
        {
            return _parts.Open(location);
        }

        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        return _parts.Open(WithBody(lease.Reader, location));
    }

    /// <summary>
    /// Opens versions of one resource, newest first, and tells how many there are in the window that was asked for; null where they are too many to be looked at. Versions that the view does not show whole are left out and not counted.
    /// </summary>
    public async ValueTask<(IReadOnlyList<RecordVersion> Versions, int? Total)> History(HistoryAsk ask, RecordView view, AuditReceipt receipt, CancellationToken cancellationToken)
    {
        receipt.Use(ask.Hash());
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ask.CountMax, 1_000, nameof(ask));
        if (ask.Location.IsFixed)
        {
            return FixedResources.History(ask);
        }

        var (location, versions) = (ask.Location, new List<RecordVersion>());
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        if (view.Restricts)
        {
            return _parts.VersionsSeen(lease.Reader).Execute(ask, view);
        }

        var below = Math.Min(ask.BeforeVersion ?? int.MaxValue, location.Version + 1); // what came after the ask was not asked for
        foreach (var row in lease.Reader.VersionsBelow(location.CompartmentKey, location.Slot, below, ask.CountMax, ask.Window))
        {
            versions.Add(_parts.Open(location.CompartmentHandle, location.Patient, row, _parts.Parties.Name(lease.Reader, row.Submitter), location.Type, location.Id));
            if (HistoryAsk.FillsPage(versions))
            {
                break;
            }
        }

        return (versions, ask.Window == HistoryWindow.Always ? location.Version : lease.Reader.VersionCount(location.CompartmentKey, location.Slot, location.Version, ask.Window));
    }

    /// <summary>Opens facts of candidates and decides; opens no body.</summary>
    public async ValueTask<SearchPage> Search(SearchAsk ask, RecordView view, AuditReceipt receipt, CancellationToken cancellationToken)
    {
        receipt.Use(ask.Hash());
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        lease.Reader.BeginSnapshot();
        try
        {
            return _parts.SearchRun(lease.Reader, new SearchBudget(), view).Execute(ask, cancellationToken);
        }
        finally
        {
            lease.Reader.EndSnapshot();
        }
    }

    /// <summary>Begins a search of several steps, which finds nothing that the view hides; dispose it as soon as its matches are known, for it holds a snapshot.</summary>
    public async ValueTask<SearchSession> BeginSearch(SearchScope scope, RecordView view, AuditReceipt receipt, CancellationToken cancellationToken)
    {
        receipt.Use(scope.Hash());
        var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        try
        {
            return new SearchSession(lease, _parts, scope, view, cancellationToken);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Begins to go through the patients of the hub, behind a place where an earlier walk ended; 0 from the first.</summary>
    public CohortWalk BeginCohort(SearchScope scope, long after, AuditReceipt receipt)
    {
        receipt.Use(scope.Hash());
        return new CohortWalk(_readers, _parts, scope, after);
    }

    /// <summary>Opens the bodies of a page; fewer than it names when together they have more than <paramref name="bytesMax"/> bytes of JSON.</summary>
    public ValueTask<IReadOnlyList<RecordVersion>> Open(SearchPage page, AuditReceipt receipt, CancellationToken cancellationToken, long bytesMax = long.MaxValue)
    {
        receipt.Use(page.Hash());
        return OpenAll(page.Matches, bytesMax, cancellationToken);
    }

    /// <summary>Walks back through the versions of the whole store by time: opens facts, to learn what each is, whom it concerns and whether the view shows it, and no body.</summary>
    public async ValueTask<HistoryPage> Walk(HistoryWalkAsk ask, RecordView view, AuditReceipt receipt, CancellationToken cancellationToken)
    {
        receipt.Use(ask.Hash());
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ask.CountMax, 1_000, nameof(ask));
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        lease.Reader.BeginSnapshot();
        try
        {
            return _parts.HistoryWalk(lease.Reader, view).Execute(ask, cancellationToken);
        }
        finally
        {
            lease.Reader.EndSnapshot();
        }
    }

    /// <summary>Opens the bodies of a page of history; a deletion has none. Fewer than it names when together they have more than <paramref name="bytesMax"/> bytes of JSON.</summary>
    public ValueTask<IReadOnlyList<RecordVersion>> Open(HistoryPage page, AuditReceipt receipt, CancellationToken cancellationToken, long bytesMax = long.MaxValue)
    {
        receipt.Use(page.Hash());
        return OpenAll(page.Versions, bytesMax, cancellationToken);
    }

    /// <summary>
    /// Seals outside, then writes in one transaction with whatever else waits; conditions are checked again inside. The receipt's leaf index is stored with the envelope hashes. When this throws <see cref="RecordsUnavailableException"/>
    /// the outcome is unknown until <see cref="CommittedUnder"/> is asked: a disk that failed to sync may hold the commit all the same.
    /// </summary>
    public async ValueTask<CommitResult> Commit(CommitAsk ask, AuditReceipt receipt, CancellationToken cancellationToken)
    {
        receipt.Use(ask.Hash());
        using var pass = await Cases.Gate.Pass(cancellationToken).ConfigureAwait(false);
        var uploads = Contents.UploadsOf(ask);
        if (uploads.Exists(u => u.IsErased))
        {
            return new CommitResult(CommitStatus.Conflict, 0, default, -1, default);
        }

        for (var attempt = 1; ; attempt++)
        {
            using var prepared = await Prepare(ask, receipt.Position, anew: attempt > 1, cancellationToken).ConfigureAwait(false);
            uploads.ForEach(u => u.Committing());
            var result = await _queue.Enqueue(prepared).ConfigureAwait(false);
            uploads.ForEach(u => u.Ended(result.Status));
            if (prepared.IsStale && attempt < PreparationsMax)
            {
                continue;
            }

            return result.Status == CommitStatus.Committed && ask.KeepStored ? result with { Stored = [.. prepared.Entries.Select(e => (ReadOnlyMemory<byte>)e.Json)] }
                : result.Status == CommitStatus.Repeated ? result with { FirstResult = _parts.Results.Open(prepared.Request!.Value, result.FirstResult.ToArray()) } : result;
        }
    }

    private async ValueTask<PreparedCommit> Prepare(CommitAsk ask, LogPosition intent, bool anew, CancellationToken cancellationToken)
    {
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        return _parts.Preparation.Prepare(lease.Reader, ask, intent, anew);
    }

    /// <summary>What was committed under an intent: its sequence and envelope hashes, or null when nothing was. For closing orphans at start-up.</summary>
    public async ValueTask<(long Sequence, ReadOnlyMemory<byte> EnvelopeHashes)?> CommittedUnder(string origin, long intentIndex, CancellationToken cancellationToken)
    {
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        return lease.Reader.CommittedUnder(System.Text.Encoding.UTF8.GetBytes(origin), intentIndex) is { } found ? (found.Sequence, found.Hashes) : null;
    }

    /// <summary>Highest commit sequence in the database: compared at start with the log's, to notice a database that was rolled back.</summary>
    public async ValueTask<long> LastSequence(CancellationToken cancellationToken)
    {
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        return lease.Reader.LastSequence();
    }

    /// <summary>The first result of a request key, or null. Opens only what the same caller was told before.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> FirstResult(string requestKey, CancellationToken cancellationToken)
    {
        var request = _parts.National.Request(requestKey);
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        return lease.Reader.ResultOf(request) is { } sealedResult ? _parts.Results.Open(request, sealedResult) : (ReadOnlyMemory<byte>?)null; // a bare null would become an empty memory
    }

    /// <summary>Lets what waits be written, then closes. No other method may be running.</summary>
    public ValueTask DisposeAsync()
    {
        _queue.Dispose();
        Generations.Dispose();
        Contents.Dispose();
        Cases.Dispose();
        _readers.Dispose();
        _parts.Dispose();
        _lock.Dispose();
        return ValueTask.CompletedTask;
    }

    private ResourceLocation? Located(SqliteReader reader, List<VersionRow> rows, string type, string id) => rows switch
    {
        [] => null,
        [var row] => Locations.From(_parts.Compartments.Get(reader, row.Key), row, _parts.Parties.Name(reader, row.Submitter), type, id),
        _ => throw new RecordsTamperedException("Two resources bear one id", rows[1].Key, rows[1].Slot),
    };

    private async ValueTask<IReadOnlyList<RecordVersion>> OpenAll(IReadOnlyList<ResourceLocation> locations, long bytesMax, CancellationToken cancellationToken)
    {
        var opened = new List<RecordVersion>(locations.Count);
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        lease.Reader.BeginSnapshot(); // once for the page: each question by itself would take and give back SQLite's file locks
        try
        {
            foreach (var location in locations)
            {
                var version = location.IsFixed ? FixedResources.Open(location) : _parts.Open(WithBody(lease.Reader, location));
                bytesMax -= version.Json.Length;
                if (bytesMax < 0)
                {
                    return opened;
                }

                opened.Add(version);
            }
        }
        finally
        {
            lease.Reader.EndSnapshot();
        }

        return opened;
    }

    private static ResourceLocation WithBody(SqliteReader reader, ResourceLocation location) => location.With(
        reader.Version(location.CompartmentKey, location.Slot, location.Version) ?? throw new RecordsTamperedException("A version is gone", location.CompartmentKey, location.Slot));
}
