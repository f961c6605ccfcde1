using EHealthHub.Audit.Verify;
using EHealthHub.Keys.Development;
using EHealthHub.Operator.Checking;
using EHealthHub.Operator.Commands;
using EHealthHub.Records;
using EHealthHub.Records.Verify;

namespace EHealthHub.Operator.Backup;

/// <summary>Verifies a backup as it lies: every file against the manifest, the log, and every record with the keys' part. Writes nothing, and says what it finds.</summary>
internal static class BackupCheck
{
    private const int ProblemsShown = 50;

    /// <summary>True when all is whole. <paramref name="fast"/> leaves the records unopened.</summary>
    public static bool Run(BackupParts parts, bool fast, CancellationToken cancel) =>
        FilesAreWhole(parts, cancel) && ContentsAreWhole(parts, fast, cancel);

    /// <summary>Every file against its manifest.</summary>
    public static bool FilesAreWhole(BackupParts parts, CancellationToken cancel)
    {
        var problems = parts.Differences(new PacedProgress(n => $"check: {Say.Number(n / 1048576.0)} MiB of files read"), cancel);
        foreach (var problem in problems.Take(ProblemsShown))
        {
            Say.Bad(problem);
        }

        if (problems.Count == 0)
        {
            Say.Good($"{parts.Records.Files.Length + parts.Keys.Files.Length} files are as their manifests say");
        }

        return problems.Count == 0;
    }

    private static bool ContentsAreWhole(BackupParts parts, bool fast, CancellationToken cancel)
    {
        var layout = new HubLayout(parts.Folder);
        var hub = HubIdentity.Open(parts.Folder, null);
        if (hub is null || hub.Id != parts.Records.Hub)
        {
            Say.Bad($"{parts.Folder} does not hold the hub.json of hub {parts.Records.Hub}");
            return false;
        }

        using var vault = DevelopmentVault.Open(parts.KeysFolder, hub.Id, create: false);
        var since = TimeProvider.System.GetTimestamp();
        var logs = LogVerifier.Verify(layout.Audit, CheckpointKeys.OfHub(layout, hub, vault), CheckpointKeys.Kept(layout), new PacedProgress(n => $"audit verify: {n} entries"), cancel);
        if (AuditCommand.Tell(logs, TimeProvider.System.GetElapsedTime(since)) != HubCommand.Done || fast)
        {
            return logs.Length > 0 && logs.All(l => l.Problems.IsEmpty);
        }

        since = TimeProvider.System.GetTimestamp();
        var progress = new PacedProgress(n => $"records verify: {n} versions opened");
        var report = RecordsVerifier.Verify(parts.Folder, parts.KeysFolder, hub, vault, LogReplay.Outcomes(layout, vault), progress, TimeProvider.System, cancel);
        return RecordsCommand.Tell(report, TimeProvider.System.GetElapsedTime(since)) == HubCommand.Done;
    }
}
