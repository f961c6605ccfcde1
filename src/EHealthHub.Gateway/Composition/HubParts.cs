using EHealthHub.Audit.Log;
using EHealthHub.Exchange;
using EHealthHub.Exchange.Derived;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Validation;
using EHealthHub.Keys.Development;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;
using EHealthHub.Records.Store;

namespace EHealthHub.Gateway.Composition;

/// <summary>The hub's parts, opened in the order in which they need each other, and closed in the opposite one.</summary>
public sealed class HubParts : IAsyncDisposable
{
    private readonly VaultEntrySealer _sealer;

    private readonly MaintenanceLog _maintenance;

    private HubParts(HubLayout layout, HubIdentity hub, IKeyVault vault, VaultEntrySealer sealer, AuditLog log, MaintenanceLog maintenance, RecordStore records, FhirLimits limits, DerivedBounds derived, TimeProvider time)
    {
        Layout = layout;
        Hub = hub;
        Vault = vault;
        _sealer = sealer;
        Log = log;
        _maintenance = maintenance;
        Records = records;
        Limits = limits;
        Time = time;
        Acts = new Acts(log, records, new Validator(), vault, hub, limits, time, maintenance.Open, layout.Audit, derived);
    }

    /// <summary>Places in the data directory.</summary>
    public HubLayout Layout { get; }

    /// <summary>Who this hub is.</summary>
    public HubIdentity Hub { get; }

    /// <summary>Named keys.</summary>
    public IKeyVault Vault { get; }

    /// <summary>The audit log's writer.</summary>
    public AuditLog Log { get; }

    /// <summary>The store.</summary>
    public RecordStore Records { get; }

    /// <summary>Bounds on messages.</summary>
    public FhirLimits Limits { get; }

    /// <summary>Time.</summary>
    public TimeProvider Time { get; }

    /// <summary>Longest content of a Binary that is posted as itself, in bytes.</summary>
    public long BinaryBytesMax { get; private init; }

    /// <summary>The acts.</summary>
    public Acts Acts { get; }

    /// <summary>Opens everything; throws <see cref="InvalidDataException"/> when the directory is not whole.</summary>
    public static HubParts Open(string data, TimeProvider time, long binaryBytesMax = GatewaySettings.BinaryMibDefault * 1_048_576L, DerivedBounds? derived = null)
    {
        var layout = new HubLayout(data);
        var hub = HubIdentity.Open(data, null) ?? throw new InvalidDataException("The data directory has no hub.json; ./hub up prepares one.");
        var vault = DevelopmentVault.Open(layout.Keys, hub.Id, create: false);
        var period = layout.LogPeriod(time.GetUtcNow());
        var origin = HubLayout.AuditOrigin(hub, period);
        var sealer = new VaultEntrySealer(vault.Derive(HubLayout.AuditKey(period)));
        var line = new LogLine(layout, hub, vault, time);
        var log = AuditLog.Open(new AuditLogOptions { Folder = layout.Audit, Origin = origin, Predecessor = line.Before(origin) }, sealer, new VaultCheckpointSigner(vault, origin), time);
        var records = RecordStore.OpenSqlite(data, hub, vault, time);
        var maintenance = new MaintenanceLog(layout, hub, vault, sealer, line, period, time).OpenIfThere();
        return new HubParts(layout, hub, vault, sealer, log, maintenance, records, new FhirLimits { BytesMax = GatewayBounds.BodyBytesMax }, derived ?? new DerivedBounds(), time) { BinaryBytesMax = binaryBytesMax };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Acts.Deferred.DisposeAsync().ConfigureAwait(false);
        await Records.DisposeAsync().ConfigureAwait(false);
        await _maintenance.DisposeAsync().ConfigureAwait(false);
        await Log.DisposeAsync().ConfigureAwait(false);
        _sealer.Dispose();
        Vault.Dispose();
    }
}
