using System.Collections.Immutable;
using EHealthHub.Audit.Log;
using EHealthHub.Audit.Tiles;
using EHealthHub.Keys.AuditKeys;
using EHealthHub.Operator.Checking;
using EHealthHub.Operator.Commands;
using EHealthHub.Operator.Preparing;
using EHealthHub.Records;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Operator.Backup;

/// <summary>Where a backup goes.</summary>
/// <param name="Folder">The records' part.</param>
/// <param name="KeysFolder">The keys' part; null for its place inside the other.</param>
internal sealed record BackupTarget(string Folder, string? KeysFolder);

/// <summary>
/// Takes a backup of a hub that runs or not. The order is what makes it whole: what the auditor kept before the log, so that the log extends it; records and journal at one moment, in which nothing is committed and every commit's outcome
/// is in the log; then, while the hub goes on, what takes time; the keys last, since a key is durable before anything sealed with it. A new backup takes the place of an earlier one when it is whole and verified, not before.
/// </summary>
internal sealed class BackupRun(OpenedHub hub, BackupTarget target, TimeProvider time)
{
    private const string Unfinished = ".partial";

    // More than can be under way at once; whatever is older and has no outcome, the verification afterwards tells of.
    private const int CommitsWatched = 4_096;
    private const int AttemptsMax = 3;
    private static readonly TimeSpan WritersWaitMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);

    private readonly HubLayout _layout = hub.Layout;

    /// <summary>True when the copy is whole and in its place. Throws <see cref="IOException"/>, <see cref="InvalidDataException"/> and what the store throws, with nothing changed at the target.</summary>
    public async Task<bool> Run(bool fast, CancellationToken cancel)
    {
        RefuseTarget();
        using var records = StagedFolder.Begin(target.Folder, Unfinished);
        using var keys = target.KeysFolder is { } apart ? StagedFolder.Begin(apart, Unfinished) : null;
        var keysPath = keys?.Path ?? Path.Combine(records.Path, BackupParts.KeysName);

        CopyWhatIsSmall(records.Path);
        var (moment, commits) = await CopyRecordsAndLog(records.Path, cancel).ConfigureAwait(false);
        CopyKeys(keysPath, cancel);
        TakeDown(records.Path, keysPath, moment, commits, cancel);

        var parts = BackupParts.Open(records.Path, keysPath);
        if (!BackupCheck.Run(parts, fast, cancel))
        {
            records.Keep();
            keys?.Keep();
            Say.Error($"the copy is not whole; it stays in {records.Path} for you to look at, and what was in {target.Folder} is as it was");
            return false;
        }

        PutInPlace(records, keys);
        Tell(parts);
        return true;
    }

    /// <summary>Identity, registry, what the auditor kept. Before the log, which must extend the kept checkpoints.</summary>
    private void CopyWhatIsSmall(string to)
    {
        foreach (var file in Directory.EnumerateFiles(_layout.Root, "*.json"))
        {
            PrivateFiles.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        PrivateFiles.CopyFolder(Path.Combine(_layout.Auditor, "checkpoints"), Path.Combine(to, "auditor", "checkpoints"));
        PrivateFiles.MakeFolder(Path.Combine(to, "db"));
        PrivateFiles.Copy(_layout.Registry, Path.Combine(to, "db", Path.GetFileName(_layout.Registry)));
    }

    private async Task<(DateTimeOffset Moment, long Commits)> CopyRecordsAndLog(string to, CancellationToken cancel)
    {
        var since = time.GetTimestamp();
        var (snapshot, logs, moment) = await Hold(Path.Combine(to, "audit"), cancel).ConfigureAwait(false);
        using (snapshot)
        {
            logs.Finish(new PacedProgress(n => $"backup: {Say.Number(n)} entries of the log copied"), cancel);
            await SignTails(Path.Combine(to, "audit")).ConfigureAwait(false);
            var records = Path.Combine(to, "db", "records.db");
            snapshot.CopyTo(records, new PacedProgress(n => $"backup: {Mebibytes(n)} of records copied"), cancel);
            StoreSnapshot.CopyContents(_layout.Root, records, Path.Combine(to, "db", "contents.db"), new PacedProgress(n => $"backup: {Mebibytes(n)} of contents copied"), cancel);
            Say.Line($"records and log of {BackupParts.Moment(moment)} copied in {time.GetElapsedTime(since).TotalSeconds:0.0} s: {Say.Number(snapshot.LastSequence)} commits");
            return (moment, snapshot.LastSequence);
        }
    }

    /// <summary>The one moment: holds the writers until the log tells of every commit, copies the journal, and lets them go.</summary>
    private async Task<(StoreSnapshot Snapshot, LogCopy Logs, DateTimeOffset Moment)> Hold(string audit, CancellationToken cancel)
    {
        using var watch = new OutcomeWatch(_layout, hub.Vault);
        using (var first = StoreSnapshot.Begin(_layout.Root))
        {
            // Reads most of what has to be read while nobody waits.
            first.LetWritersGo();
            watch.Untold(first.LastCommits(CommitsWatched));
        }

        for (var attempt = 1; ; attempt++)
        {
            var snapshot = StoreSnapshot.Begin(_layout.Root);
            try
            {
                var since = time.GetTimestamp();
                var commits = snapshot.LastCommits(CommitsWatched);
                IReadOnlyList<CommitPlace> untold;
                while ((untold = watch.Untold(commits)).Count > 0 && time.GetElapsedTime(since) < WritersWaitMax)
                {
                    await Task.Delay(Look, time, cancel).ConfigureAwait(false);
                }

                if (untold.Count == 0)
                {
                    var logs = LogCopy.Begin(_layout.Audit, audit);
                    var moment = time.GetUtcNow();
                    snapshot.LetWritersGo();
                    Say.Line($"writers waited {time.GetElapsedTime(since).TotalMilliseconds:0} ms");
                    var held = snapshot;
                    snapshot = null;
                    return (held, logs, moment);
                }

                if (attempt == AttemptsMax)
                {
                    throw new InvalidDataException($"The log does not tell yet how commit {untold[0].Sequence} ended: a running hub mends that within a minute, a stopped one at its next start. Back up after that.");
                }
            }
            finally
            {
                snapshot?.Dispose();
            }

            await Task.Delay(BetweenAttempts, time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Has the last seconds' entries, which only the copied journal holds, taken into the copy's tree and signed, so that nobody can cut them off unseen. They are the same entries in the same order as in the hub's own log: what is signed is a
    /// beginning of what the hub signs, and no second view of the log.
    /// </summary>
    private async Task SignTails(string audit)
    {
        foreach (var log in LogReader.FoldersIn(audit).Select(LogReader.Open).Where(l => l.CheckpointSize < l.Size))
        {
            using var sealer = new VaultEntrySealer(hub.Vault.Derive(HubLayout.AuditKey(LogReplay.PeriodOf(log.Origin))));
            await using (AuditLog.Open(new AuditLogOptions { Folder = audit, Origin = log.Origin, StatesHeads = false }, sealer, new VaultCheckpointSigner(hub.Vault, log.Origin), time).ConfigureAwait(false))
            {
                // Closing it signs what it found.
            }

            File.Delete(Path.Combine(audit, LogFolder.NameOf(log.Origin), LogFolder.Lock));
            log.Refresh();
            if (log.CheckpointSize < log.Size)
            {
                throw new InvalidDataException($"The last entries of the copied log {log.Origin} could not be signed: {log.CheckpointSize} of {log.Size} are.");
            }
        }
    }

    /// <summary>Wrapped keys, the key file, the auditors' keys, and the development PKI, which is private keys for the most part.</summary>
    private void CopyKeys(string to, CancellationToken cancel)
    {
        PrivateFiles.MakeFolder(to);
        StoreSnapshot.CopyKeys(_layout.Root, Path.Combine(to, "keys.db"), cancel);
        PrivateFiles.CopyFolder(_layout.Keys, to);
        PrivateFiles.CopyFolder(_layout.Pki, Path.Combine(to, "pki"));
        PrivateFiles.Copy(Path.Combine(_layout.Auditor, AuditKeyRing.FileName), Path.Combine(to, AuditKeyRing.FileName));
    }

    /// <summary>The manifests, last: the keys' before the records'.</summary>
    private void TakeDown(string records, string keys, DateTimeOffset moment, long commits, CancellationToken cancel)
    {
        var progress = new PacedProgress(n => $"backup: {Mebibytes(n)} taken down");
        var inside = keys.StartsWith(records + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? BackupParts.KeysName + "/" : null;
        var logs = LogReader.FoldersIn(Path.Combine(records, "audit")).Select(LogReader.Open).Select(l => new BackedLog(l.Origin, l.CheckpointSize, l.Size)).ToImmutableArray();
        var keyFiles = PrivateFiles.Take(keys, p => p == StagedFolder.Marker, null, cancel);
        new BackupManifest(BackupManifest.Keys, hub.Identity.Id, moment, commits, [], keyFiles).Write(keys);
        var files = PrivateFiles.Take(records, p => p == StagedFolder.Marker || (inside is not null && p.StartsWith(inside, StringComparison.Ordinal)), progress, cancel);
        new BackupManifest(BackupManifest.Records, hub.Identity.Id, moment, commits, logs, files).Write(records);
    }

    /// <summary>The keys first: a crash between the two leaves older records with younger keys, which fit.</summary>
    private static void PutInPlace(StagedFolder records, StagedFolder? keys)
    {
        foreach (var part in new[] { keys, records }.OfType<StagedFolder>())
        {
            var old = part.Path + ".old";
            Clear(old);
            part.Finish(old);
            Clear(old);
        }
    }

    /// <summary>Deletes an earlier backup that has been replaced, and nothing else of that name.</summary>
    private static void Clear(string folder)
    {
        if (File.Exists(Path.Combine(folder, BackupManifest.FileName)))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Tell(BackupParts parts)
    {
        var keys = target.KeysFolder ?? Path.Combine(target.Folder, BackupParts.KeysName);
        Say.Good($"backup of hub {parts.Records.Hub} as of {BackupParts.Moment(parts.Records.Time)} in {target.Folder}: {parts.Records.Files.Length} files, {Mebibytes(parts.Records.Bytes)}");
        foreach (var log in parts.Records.Logs)
        {
            Say.Line($"log {log.Origin}: {Say.Number(log.Size)} entries, all signed");
        }

        Say.Line($"PRIVATE KEYS are in {keys} ({parts.Keys.Files.Length} files, {Mebibytes(parts.Keys.Bytes)}): whoever has both parts can read every record.");
        Say.Line("Keep the keys elsewhere (--keys-to) and for a short time only: who keeps old keys undoes every erasure.");
    }

    private void RefuseTarget()
    {
        foreach (var (folder, part) in new[] { (target.Folder, BackupManifest.Records), (target.KeysFolder, BackupManifest.Keys) })
        {
            if (folder is null)
            {
                continue;
            }

            if (FolderNames.Overlap(folder, _layout.Root))
            {
                throw new InvalidDataException($"{folder} and the data directory {_layout.Root} lie one in the other: choose a folder apart from it.");
            }

            if (File.Exists(folder))
            {
                throw new InvalidDataException($"{folder} is a file.");
            }

            if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            {
                RefuseForeign(folder, part);
            }
        }

        if (target.KeysFolder is { } keys && FolderNames.Overlap(keys, target.Folder))
        {
            throw new InvalidDataException($"{keys} and {target.Folder} lie one in the other: without --keys-to the keys go to {Path.Combine(target.Folder, BackupParts.KeysName)}.");
        }
    }

    private void RefuseForeign(string folder, string part)
    {
        if (!File.Exists(Path.Combine(folder, BackupManifest.FileName)))
        {
            throw new InvalidDataException($"{folder} is not empty and holds no backup: choose an empty folder, a new one, or an earlier backup of this hub.");
        }

        var there = BackupManifest.Read(folder, part);
        if (there.Hub != hub.Identity.Id)
        {
            throw new InvalidDataException($"{folder} holds a backup of another hub, {there.Hub}.");
        }
    }

    private static string Mebibytes(long bytes) => $"{Say.Number(bytes / 1048576.0)} MiB";
}
