using EHealthHub.Audit.Log;
using EHealthHub.Audit.Tiles;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;

namespace EHealthHub.Gateway.Composition;

/// <summary>The log of the hub's own upkeep, of an origin of its own; made when it is first written to, so that a hub without upkeep has none. One that is there is opened at the start, which signs what a crash left unsigned.</summary>
internal sealed class MaintenanceLog(HubLayout layout, HubIdentity hub, IKeyVault vault, VaultEntrySealer sealer, LogLine line, string period, TimeProvider time) : IAsyncDisposable
{
    private readonly string _origin = HubLayout.AuditOrigin(hub, HubLayout.MaintenancePeriod(period));
    private readonly Lock _opening = new();
    private AuditLog? _log;

    public AuditLog Open()
    {
        lock (_opening)
        {
            return _log ??= AuditLog.Open(new AuditLogOptions { Folder = layout.Audit, Origin = _origin, Predecessor = line.Before(_origin) }, sealer, new VaultCheckpointSigner(vault, _origin), time);
        }
    }

    public MaintenanceLog OpenIfThere()
    {
        if (Directory.Exists(Path.Combine(layout.Audit, LogFolder.NameOf(_origin))))
        {
            Open();
        }

        return this;
    }

    public ValueTask DisposeAsync() => _log?.DisposeAsync() ?? ValueTask.CompletedTask;
}
