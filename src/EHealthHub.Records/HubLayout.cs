using System.Globalization;

namespace EHealthHub.Records;

/// <summary>Where things lie in a data directory, and what the hub's keys are called. Both doors that open the directory (Gateway, Operator) read it from here.</summary>
/// <param name="Root">The data directory.</param>
public sealed record HubLayout(string Root)
{
    /// <summary>Name of the ES256 keys that sign access tokens; the number of the period follows.</summary>
    public const string TokenKey = "sign/token";

    /// <summary>Name of the Ed25519 key that signs checkpoints.</summary>
    public const string CheckpointKey = "sign/checkpoint";

    /// <summary>Name of the secret that authenticates the registry file.</summary>
    public const string RegistryKey = "registry/1";

    private const string Maintenance = "-maintenance";

    /// <summary>Databases.</summary>
    public string Databases => Path.Combine(Root, "db");

    /// <summary>The registry of institutions and persons.</summary>
    public string Registry => Path.Combine(Databases, "registry.json");

    /// <summary>The last revision of the registry whose changes stand in the audit log.</summary>
    public string RegistryMark => Path.Combine(Databases, "registry.mark");

    /// <summary>OCSP answers, kept over a restart.</summary>
    public string OcspAnswers => Path.Combine(Databases, "ocsp.answers");

    /// <summary>The development key file.</summary>
    public string Keys => Path.Combine(Root, "keys");

    /// <summary>Log files only.</summary>
    public string Audit => Path.Combine(Root, "audit");

    /// <summary>The auditors' key file and kept checkpoints.</summary>
    public string Auditor => Path.Combine(Root, "auditor");

    /// <summary>Development PKI.</summary>
    public string Pki => Path.Combine(Root, "pki");

    /// <summary>Text logs and process ids.</summary>
    public string Logs => Path.Combine(Root, "logs");

    /// <summary>
    /// The period whose log the hub writes now: the half-year, and for a hub that was restored from a backup its mark behind it, for example <c>2026H2-r5f0c12ab</c>. Somebody may have seen entries that the backup does not hold, and no index
    /// of a log may ever get a second entry: so a restored hub begins a log of its own. Throws <see cref="InvalidDataException"/> for a damaged <c>restored.json</c>.
    /// </summary>
    public string LogPeriod(DateTimeOffset time) => Period(time) + (RestoreMark.Read(Root) is { } mark ? "-" + mark.Name : "");

    /// <summary>
    /// Names the secrets that seal authorization codes and refresh tokens. A restored hub has others: what was taken back or used up after the backup is not known to it, so everybody signs in again. Throws
    /// <see cref="InvalidDataException"/> for a damaged <c>restored.json</c>.
    /// </summary>
    public string GrantEpoch => RestoreMark.Read(Root)?.Name ?? "first";

    /// <summary>The half-year of a time, for example <c>2026H2</c>: a log and its sealing key last that long.</summary>
    public static string Period(DateTimeOffset time) => string.Create(CultureInfo.InvariantCulture, $"{time.Year}H{(time.Month <= 6 ? 1 : 2)}");

    /// <summary>The period's log of what the hub does to itself (re-indexing): apart from that of what people do, which it would drown.</summary>
    public static string MaintenancePeriod(string period) => period + Maintenance;

    /// <summary>Name of the secret that seals the audit entries of a period; the maintenance log has the same, for whom it is handed to reads both.</summary>
    public static string AuditKey(string period) => "audit/" + (period.EndsWith(Maintenance, StringComparison.Ordinal) ? period[..^Maintenance.Length] : period);

    /// <summary>Origin of the log of a hub and period: names province, node, hub and half-year.</summary>
    public static string AuditOrigin(HubIdentity hub, string period) => $"ehealthhub/{hub.Province}/{hub.Node}/{hub.Id.ToString("N")[..8]}/{period}";
}
