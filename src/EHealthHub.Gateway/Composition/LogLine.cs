using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Audit.Tiles;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;

namespace EHealthHub.Gateway.Composition;

/// <summary>The line of logs that a gateway writes one after the other: by half-year, and after a restore. Each names the one before it and how that ended, so that none can be left out unnoticed.</summary>
internal sealed class LogLine(HubLayout layout, HubIdentity hub, IKeyVault vault, TimeProvider time)
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(10);

    /// <summary>How the log ended after which the log of this origin begins; null when that has begun, or is the first. Takes as long as it takes to read what the last heads of the ended log do not cover, once in a half-year.</summary>
    public LogEnd? Before(string origin)
    {
        var isMaintenance = IsMaintenance(origin);
        if (LogFolder.LastBefore(layout.Audit, origin, other => IsOurs(other) && IsMaintenance(other) == isMaintenance) is not { } last)
        {
            return null;
        }

        using var key = new VaultEntrySealer(vault.Derive(HubLayout.AuditKey(last[(last.LastIndexOf('/') + 1)..])));
        using var patience = new CancellationTokenSource(EndsWithin);
        return AuditLog.End(new AuditLogOptions { Folder = layout.Audit, Origin = last }, key, new VaultCheckpointSigner(vault, last), time, patience.Token).GetAwaiter().GetResult();
    }

    private static bool IsMaintenance(string origin) => HubLayout.AuditKey(origin) != "audit/" + origin;

    private bool IsOurs(string origin) => origin[..(origin.LastIndexOf('/') + 1)] == HubLayout.AuditOrigin(hub, "");
}
