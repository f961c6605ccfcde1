using EHealthHub.Fhir.Search;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Index;
using EHealthHub.Records.Reindexing;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>What the store is made of, each part once. Thread-safe, as every part is.</summary>
internal sealed class StoreParts : IDisposable
{
    private readonly SqliteKeys _keyTable;
    private readonly KeyRing _keys;
    private readonly RecordSealer _sealer;
    private readonly Opener _opener;
    private volatile SearchGeneration _search = null!;

    public StoreParts(string databaseFolder, HubIdentity hub, IKeyVault vault, RecordStoreOptions options, TimeProvider time)
    {
        _keyTable = new SqliteKeys(databaseFolder);
        _keys = new KeyRing(hub, vault, _keyTable, new DataKeyCache(new DataKeyCacheOptions { KeysMax = options.KeysMax, Lifetime = options.KeyLifetime }, time));
        _sealer = new RecordSealer();
        National = new NationalTokens(vault);
        CommitSeal = new CommitSeal(vault);
        Results = new RequestResults(vault, hub);
        Parties = new Parties(hub, National, vault);
        Compartments = new Compartments(hub, National, _keys);
        _opener = new Opener(hub, National, _keys, _sealer);
        Contexts = new PatientContexts(National, Compartments, _keys, _opener, Parties);
        Preparation = new CommitPreparation(hub, National, _keys, _sealer, Compartments, Parties, _opener, Results, () => Search);
        GenerationSeal = new GenerationSeal(vault, hub);
        Reindexing = new ReindexRun(National, _keys, _sealer, Compartments, Parties, _opener);
        Search = new SearchGeneration(SearchTables.FirstGeneration, true, [], SearchTables.FirstGeneration, default, hub.Search);
    }

    public NationalTokens National { get; }

    public CommitSeal CommitSeal { get; }

    public RequestResults Results { get; }

    public Parties Parties { get; }

    public Compartments Compartments { get; }

    public PatientContexts Contexts { get; }

    public CommitPreparation Preparation { get; }

    public KeyRing Keys => _keys;

    /// <summary>The search parameters: what facts are extracted by, and what may be asked by.</summary>
    public SearchGeneration Search
    {
        get => _search;
        set => _search = value;
    }

    public GenerationSeal GenerationSeal { get; }

    public ReindexRun Reindexing { get; }

    /// <summary>What is served beside what is stored.</summary>
    public FixedResources Fixed { get; set; } = FixedResources.None;

    public DirectorySource Directory(SqliteReader reader) => new(reader, National, Compartments, _opener, Parties);

    public SearchRun SearchRun(SqliteReader reader, SearchBudget budget, RecordView view) => new(reader, National, _keys, Compartments, _opener, Parties, budget, Fixed, Search, view);

    /// <summary>The facts of what is served beside what is stored.</summary>
    public byte[] FixedFacts(ResourceLocation known) => Fixed.Of(known.Type, Search.Asking).First(f => f.Location.Id == known.Id).Facts;

    /// <summary>The facts of a version, opened, as they were sealed.</summary>
    public byte[] FactsBytes(CompartmentInfo compartment, VersionRow row, string submitter)
    {
        using var lease = _keys.Lease(compartment.Key, compartment.Handle, row.Epoch);
        return _opener.FactsBytes(lease.Key, compartment, row, submitter);
    }

    /// <summary>The facts of a version, opened and read.</summary>
    public SearchFacts Facts(CompartmentInfo compartment, VersionRow row, string submitter) => _opener.Facts(compartment, row, submitter).Facts;

    /// <summary>
    /// What the caller may know of a version: what may be known of it and of the current one, the stricter of both, so that neither a label that came later nor one that was taken away is undone by asking for another version. A deletion has
    /// no facts of its own to decide by: the version before it has.
    /// </summary>
    public Sight Sight(SqliteReader reader, CompartmentInfo compartment, VersionRow row, RecordView view)
    {
        if (!view.Restricts || compartment.Kind == CompartmentKind.Directory)
        {
            return Store.Sight.See;
        }

        var current = reader.Head(row.Key, row.Slot) ?? throw new RecordsTamperedException("A version is gone", row.Key, row.Slot);
        var sight = SightAlone(reader, compartment, row, view);
        return current.Version == row.Version || sight == Store.Sight.Hide ? sight : (Sight)Math.Max((int)sight, (int)SightAlone(reader, compartment, current, view));
    }

    /// <summary>By one version alone.</summary>
    public Sight SightAlone(SqliteReader reader, CompartmentInfo compartment, VersionRow row, RecordView view)
    {
        if (row is { Deleted: true, Version: > 1 })
        {
            row = reader.Facts(row.Key, row.Slot, row.Version - 1) ?? throw new RecordsTamperedException("A version is gone", row.Key, row.Slot);
        }

        var submitter = Parties.Name(reader, row.Submitter);
        return view.Of(compartment, submitter, Opener.Split(FactsBytes(compartment, row, submitter), out _));
    }

    public VersionsSeen VersionsSeen(SqliteReader reader) => new(reader, this);

    public HistoryWalk HistoryWalk(SqliteReader reader, RecordView view) => new(reader, this, _keys, _opener, view);

    public IdentifierLookup IdentifierLookup(SqliteReader reader) => new(reader, National, Compartments, _opener, Parties);

    /// <summary>Opens a located version, bound to the type and id that were asked for.</summary>
    public RecordVersion Open(ResourceLocation location) => Open(location.CompartmentHandle, location.Patient, location.Row, location.Submitter, location.Type, location.Id);

    public RecordVersion Open(UInt128 compartment, string? patient, VersionRow row, string submitter, string type, string id)
    {
        var json = _opener.Body(compartment, patient, row, submitter, type, id, out var beside);
        return new RecordVersion(type, id, row.Version, row.Deleted, Microseconds.ToTime(row.Time), json)
        {
            MadeByUpdate = row.MadeByUpdate,
            Content = beside is null ? null : new StoredContent(beside, compartment, row.Key),
        };
    }

    public void Dispose()
    {
        Parties.Dispose();
        Results.Dispose();
        GenerationSeal.Dispose();
        CommitSeal.Dispose();
        National.Dispose();
        _sealer.Dispose();
        _keys.Dispose();
        _keyTable.Dispose();
    }
}
