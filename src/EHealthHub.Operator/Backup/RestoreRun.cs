using System.Collections.Immutable;
using System.Globalization;
using EHealthHub.Keys.AuditKeys;
using EHealthHub.Operator.Commands;
using EHealthHub.Operator.Preparing;
using EHealthHub.Operator.Running;
using EHealthHub.Records;

namespace EHealthHub.Operator.Backup;

/// <summary>What a restoration may do.</summary>
/// <param name="Replace">Move what is in the data directory aside.</param>
/// <param name="AcceptRollback">Restore although entries of the log are known that the backup does not hold.</param>
internal sealed record RestoreLeave(bool Replace, bool AcceptRollback);

/// <summary>
/// Makes a data directory from a backup. Everything is looked at before anything is written; the directory is made under another name and appears whole, in one step. The restored hub writes a log of its own from then on
/// (<see cref="HubLayout.LogPeriod"/>), since somebody may hold receipts for entries that the backup does not know.
/// </summary>
internal sealed class RestoreRun(BackupParts backup, string data, RestoreLeave leave, TimeProvider time)
{
    private const string Unfinished = ".restoring";
    private static readonly TimeSpan TurnWithin = TimeSpan.FromSeconds(10);

    private readonly HubLayout _layout = new(FolderNames.Full(data));

    /// <summary>True when the hub is restored. Throws <see cref="IOException"/> and <see cref="InvalidDataException"/>, with the data directory as it was.</summary>
    public async Task<bool> Run(CancellationToken cancel)
    {
        var occupied = Directory.Exists(_layout.Root) && Directory.EnumerateFileSystemEntries(_layout.Root).Any();
        RefusePlace(occupied);
        using var turn = occupied && Directory.Exists(_layout.Logs)
            ? await DirectoryTurn.Take(Path.Combine(_layout.Logs, "hub.lock"), TurnWithin, time, cancel).ConfigureAwait(false)
            : null;
        RefuseRunning();
        var logs = Rollback.Compare(backup.Records, _layout);
        if (!MayRollBack(logs) || !BackupCheck.FilesAreWhole(backup, cancel))
        {
            return false;
        }

        var now = time.GetUtcNow();
        var aside = _layout.Root + now.UtcDateTime.ToString("'.replaced-'yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        using (var made = StagedFolder.Begin(_layout.Root, Unfinished))
        {
            Make(new HubLayout(made.Path), RestoreMark.Create(now, backup.Records.Time, logs), cancel);
            RefuseRunning();
            made.Finish(aside);
        }

        Tell(occupied ? aside : null, now);
        return true;
    }

    private void Make(HubLayout made, RestoreMark mark, CancellationToken cancel)
    {
        var done = 0L;
        var progress = new PacedProgress(n => $"restore: {Say.Number(n / 1048576.0)} MiB copied");
        foreach (var folder in HubData.Folders(made))
        {
            PrivateFiles.MakeFolder(folder);
        }

        foreach (var (from, file, to) in Places(made))
        {
            cancel.ThrowIfCancellationRequested();
            PrivateFiles.MakeFolder(Path.GetDirectoryName(to)!);
            if (PrivateFiles.Copy(Path.Combine(from, file.Path), to) != (file.Bytes, file.Sha256))
            {
                throw new InvalidDataException($"{Path.Combine(from, file.Path)} changed while it was copied.");
            }

            ((IProgress<long>)progress).Report(done += file.Bytes);
        }

        mark.Write(made.Root);
        if (HubIdentity.Open(made.Root, null)?.Id != backup.Records.Hub)
        {
            throw new InvalidDataException($"{backup.Folder} does not hold the hub.json of hub {backup.Records.Hub}.");
        }
    }

    /// <summary>Where each file goes. The keys' part knows two names; all else in it is the key folder's.</summary>
    private IEnumerable<(string From, BackedFile File, string To)> Places(HubLayout made)
    {
        foreach (var file in backup.Records.Files.Where(f => f.Path != RestoreMark.FileName))
        {
            yield return (backup.Folder, file, Path.Combine(made.Root, file.Path));
        }

        foreach (var file in backup.Keys.Files)
        {
            var folder = file.Path switch
            {
                "keys.db" => made.Databases,
                AuditKeyRing.FileName => made.Auditor,
                _ when file.Path.StartsWith("pki/", StringComparison.Ordinal) => made.Root,
                _ => made.Keys,
            };
            yield return (backup.KeysFolder, file, Path.Combine(folder, file.Path));
        }
    }

    private void RefusePlace(bool occupied)
    {
        if (File.Exists(_layout.Root))
        {
            throw new InvalidDataException($"{_layout.Root} is a file.");
        }

        foreach (var folder in new[] { backup.Folder, backup.KeysFolder }.Where(f => FolderNames.Overlap(f, _layout.Root)))
        {
            throw new InvalidDataException($"The backup in {folder} and the data directory {_layout.Root} lie one in the other: choose another.");
        }

        if (!occupied)
        {
            return;
        }

        if (!leave.Replace)
        {
            throw new InvalidDataException($"{_layout.Root} is not empty: choose another directory, or --replace to have what is there moved aside.");
        }

        if (HubData.ForeignContent(_layout) is { } foreign)
        {
            throw new InvalidDataException(foreign);
        }

        if (Identity() is { } there && there != backup.Records.Hub)
        {
            throw new InvalidDataException($"{_layout.Root} is the directory of another hub, {there}; the backup is of {backup.Records.Hub}.");
        }
    }

    /// <summary>Whose directory it is; null where that cannot be told any more, which may be why it is restored.</summary>
    private Guid? Identity()
    {
        try
        {
            return HubIdentity.Open(_layout.Root, null)?.Id;
        }
        catch (InvalidDataException e)
        {
            Say.Line($"what is in {_layout.Root} does not say which hub it is ({e.Message})");
            return null;
        }
    }

    private void RefuseRunning()
    {
        if (HubInUse.By(_layout, time) is { } user)
        {
            throw new InvalidDataException($"{user} on {_layout.Root}: ./hub down stops it.");
        }
    }

    /// <summary>Says what would be lost; true when nothing, or when that is accepted.</summary>
    private bool MayRollBack(ImmutableArray<RestoredLog> logs)
    {
        var lost = logs.Where(l => l.Seen > l.Size).ToList();
        foreach (var log in lost)
        {
            Say.Line($"ROLLBACK: log {log.Origin} has {Say.Number(log.Seen)} entries in {_layout.Root} and {Say.Number(log.Size)} in the backup: what {Say.Number(log.Seen - log.Size)} entries tell of is not in it");
        }

        if (lost.Count == 0 || leave.AcceptRollback)
        {
            return true;
        }

        Say.Error("the backup is older than what is there; --accept-rollback restores it all the same (what is there is moved aside and kept, and auditors will see the rollback)");
        return false;
    }

    private void Tell(string? aside, DateTimeOffset now)
    {
        Say.Good($"hub {backup.Records.Hub} as of {BackupParts.Moment(backup.Records.Time)} restored in {_layout.Root}: {Say.Number(backup.Records.Commits)} commits");
        if (aside is not null)
        {
            Say.Line($"what was there is in {aside}, keys included: delete it when nobody needs it any more");
        }

        Say.Line($"the hub goes on with a log of its own, of the period {_layout.LogPeriod(now)}; whoever keeps checkpoints compares them with the old one, which stays: ./hub audit verify");
        Say.Line("./hub up starts it");
    }
}
