using EHealthHub.Audit.Log;
using EHealthHub.Audit.Tiles;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;

namespace EHealthHub.Exchange.Reports;

/// <summary>The hub's logs of what people did, oldest first: the earlier ones from their files, and the one that is written now.</summary>
internal static class TrailLogs
{
    private const string Maintenance = "-maintenance";

    public static IReadOnlyList<TrailLog> Open(AuditLog log, string? auditFolder, IKeyVault vault)
    {
        var logs = new List<TrailLog>();
        foreach (var folder in auditFolder is null ? [] : LogReader.FoldersIn(auditFolder))
        {
            var reader = LogReader.Open(folder);
            if (reader.Origin != log.Origin && !reader.Origin.EndsWith(Maintenance, StringComparison.Ordinal))
            {
                // The sealer lives as long as the log is read: until the process ends.
                logs.Add(new TrailLog(reader, new VaultEntrySealer(vault.Derive(HubLayout.AuditKey(reader.Origin[(reader.Origin.LastIndexOf('/') + 1)..])))));
            }
        }

        logs.Add(new TrailLog(log));
        return logs;
    }
}
