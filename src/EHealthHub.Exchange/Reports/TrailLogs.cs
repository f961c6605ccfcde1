using System.Collections.Concurrent;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Audit.Reports;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;

namespace EHealthHub.Exchange.Reports;

/// <summary>The hub's logs of what people did, that which is written now and the earlier ones, with their keys. The log of the hub's own upkeep is left out: nobody looks there.</summary>
internal static class TrailLogs
{
    private const string Maintenance = "-maintenance";

    /// <summary>Over the folder of all logs; with none, of none.</summary>
    public static PatientTrail Open(AuditLog log, string? auditFolder, IKeyVault vault)
    {
        // One key for each half-year, kept as long as the process lives.
        var keys = new ConcurrentDictionary<string, IEntryKey>(StringComparer.Ordinal);
        return new PatientTrail(
            auditFolder ?? "",
            origin => origin.EndsWith(Maintenance, StringComparison.Ordinal) ? null : keys.GetOrAdd(origin[(origin.LastIndexOf('/') + 1)..], period => new VaultEntrySealer(vault.Derive(HubLayout.AuditKey(period)))),
            log);
    }
}
