using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Keys.Development;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Tests.Store;

/// <summary>A store on one engine with a real audit log beside it. Every engine gets a fixture of its own; what it must do is in <see cref="StoreSuite"/>.</summary>
public abstract class StoreFixture : IAsyncDisposable
{
    public static readonly HubIdentity Hub = new(Guid.Parse("6f0f4a3e-8a4e-4d47-9a3b-5f6f0f1c2d3e"), "node-1", "06", "https://localhost:8443");
    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public const string Origin = "ehealthhub/06/node-1/6f0f4a3e/2026H2";

    private RecordStore? _store;
    private AuditLog? _log;

    protected StoreFixture()
    {
        Folder = Directory.CreateTempSubdirectory("ehealthhub-store-").FullName;
        Vault = DevelopmentVault.Open(Path.Combine(Folder, "keys"), Hub.Id, create: true);
    }

    public string Folder { get; }

    public IKeyVault Vault { get; }

    public RecordStore Store => _store ??= OpenStore(Folder);

    public AuditLog Log => _log ??= AuditLog.Open(
        new AuditLogOptions { Folder = Path.Combine(Folder, "audit"), Origin = Origin, FreeBytesMin = 1_048_576 }, new EntryKey(Vault), new Signer(Vault), TimeProvider.System);

    public abstract RecordStore OpenStore(string folder);

    public async Task<AuditReceipt> Receipt(byte[] askHash, EntryKind kind = EntryKind.Read) =>
        await Log.Append(new AuditEntry { Kind = kind, Time = TimeProvider.System.GetUtcNow() }, askHash, default);

    public async Task<CommitResult> Commit(CommitAsk ask)
    {
        var receipt = await Receipt(ask.Hash(), EntryKind.WriteIntent);
        var result = await Store.Commit(ask, receipt, default);
        await Log.Record(
            new AuditEntry
            {
                Kind = EntryKind.WriteOutcome,
                Time = TimeProvider.System.GetUtcNow(),
                IntentIndex = receipt.Position.Index,
                CommitSequence = result.Sequence,
                Hashes = result.EnvelopeHashes,
            },
            default);
        return result;
    }

    public async Task<ResourceLocation> Locate(string type, string id) =>
        await Store.Locate(type, id, default) ?? throw new InvalidOperationException($"{type}/{id} is not there.");

    public async Task<RecordVersion> Read(ResourceLocation location)
    {
        var ask = new ReadAsk(location);
        return await Store.Read(ask, await Receipt(ask.Hash()), default);
    }

    public async Task<RecordVersion> Read(string type, string id) => await Read(await Locate(type, id));

    public async Task<SearchPage> Search(SearchAsk ask) => await Store.Search(ask, RecordView.Everything, await Receipt(ask.Hash(), EntryKind.SearchAsked), default);

    /// <summary>Decides a condition: what matches, and what that rests on.</summary>
    public async Task<(IReadOnlyList<SearchMatch> Matches, DecidedOn[] Decided)> Decide(SearchAsk ask)
    {
        var scope = new SearchScope(ask.Compartment, ask.CompartmentName, ask.AllCompartments, "create", ask.Query.Type, []);
        using var session = await Store.BeginSearch(scope, RecordView.Everything, await Receipt(scope.Hash(), EntryKind.SearchAsked), default);
        session.KeepGrounds();
        return (session.Find(ask.Query, 0, 2).Matches, [.. session.Decided]);
    }

    public async Task<IReadOnlyList<RecordVersion>> Open(SearchPage page) => await Store.Open(page, await Receipt(page.Hash(), EntryKind.SearchReleased), default);

    /// <summary>The outcomes that the log tells of, for the verifier.</summary>
    public IEnumerable<AuditEntry> Outcomes() => Log.ReadFrom(0).Select(e => e.Entry).Where(e => e.Kind == EntryKind.WriteOutcome);

    public async Task CloseStore()
    {
        if (_store is { } store)
        {
            _store = null;
            await store.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseStore();
        if (_log is { } log)
        {
            await log.DisposeAsync();
        }

        Vault.Dispose();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private sealed class EntryKey(IKeyVault vault) : IEntryKey, IDisposable
    {
        private readonly Prf _function = new(vault.Derive("audit/test"), "audit entry");

        public void Derive(ReadOnlySpan<byte> context, Span<byte> secret) => _function.Tag(secret, context);

        public void Dispose() => _function.Dispose();
    }

    private sealed class Signer(IKeyVault vault) : ICheckpointSigner
    {
        public string Name => Origin;

        public byte[] PublicKey => vault.PublicKeyEd25519("sign/checkpoint");

        public byte[] Sign(ReadOnlySpan<byte> text) => vault.SignEd25519("sign/checkpoint", text);
    }
}

/// <summary>The embedded default.</summary>
public sealed class SqliteFixture : StoreFixture
{
    public override RecordStore OpenStore(string folder) => RecordStore.OpenSqlite(folder, Hub, Vault, TimeProvider.System);
}
