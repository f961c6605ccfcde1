using EHealthHub.Audit.Log;
using EHealthHub.Audit.Reports;

namespace EHealthHub.Exchange.Reports;

/// <summary>The hub's logs of what people did, that which is written now and the earlier ones, with their keys. The log of the hub's own upkeep is left out: nobody looks there.</summary>
internal static class TrailLogs
{
    private const string Maintenance = "-maintenance";

    /// <summary>Over the folder of all logs; with none, of none.</summary>
    public static PatientTrail Open(AuditLog log, string? auditFolder, LogKeys keys) =>
        new(auditFolder ?? "", origin => origin.EndsWith(Maintenance, StringComparison.Ordinal) ? null : keys.Of(origin), log);
}
