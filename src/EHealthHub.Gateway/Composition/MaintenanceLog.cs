using EHealthHub.Audit.Log;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;

namespace EHealthHub.Gateway.Composition;

/// <summary>The log of the hub's own upkeep, of an origin of its own; opened when it is first written to, so that a hub without upkeep has none.</summary>
internal sealed class MaintenanceLog(HubLayout layout, HubIdentity hub, IKeyVault vault, VaultEntrySealer sealer, string period, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _opening = new();
    private AuditLog? _log;

    public AuditLog Open()
    {
        lock (_opening)
        {
            var origin = HubLayout.AuditOrigin(hub, HubLayout.MaintenancePeriod(period));
            return _log ??= AuditLog.Open(new AuditLogOptions { Folder = layout.Audit, Origin = origin }, sealer, new VaultCheckpointSigner(vault, origin), time);
        }
    }

    public ValueTask DisposeAsync() => _log?.DisposeAsync() ?? ValueTask.CompletedTask;
}
