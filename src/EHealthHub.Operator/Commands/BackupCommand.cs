using System.CommandLine;
using EHealthHub.Operator.Backup;
using EHealthHub.Operator.Preparing;
using EHealthHub.Records.Store;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub backup</c>: takes a copy of a running or stopped hub, or verifies one.</summary>
internal static class BackupCommand
{
    public static Command Build()
    {
        var data = HubOptions.Data();
        var to = HubOptions.Folder("--to", "Where the backup goes: an empty or new folder, or an earlier backup of this hub, which the new one replaces when it is whole.");
        var keysTo = HubOptions.Folder("--keys-to", "Where the keys go, to be kept apart and for a shorter time; inside the backup without it.");
        var check = HubOptions.Folder("--check", "Verify the backup in this folder instead of taking one.");
        var keysFrom = HubOptions.Folder("--keys-from", "With --check: where the backup's keys are, if not inside it.");
        var fast = new Option<bool>("--fast") { Description = "Verify files and log, and do not open every record." };
        var command = new Command("backup", "Take a whole copy of the hub, running or stopped, and verify it. 0 if it is whole, 1 with what and where if not.") { data, to, keysTo, check, keysFrom, fast };
        command.Validators.Add(result =>
        {
            if (result.GetResult(to) is null == result.GetResult(check) is null)
            {
                result.AddError("Either --to FOLDER or --check FOLDER.");
            }
            else if (result.GetResult(keysTo) is not null && result.GetResult(to) is null)
            {
                result.AddError("--keys-to goes with --to.");
            }
            else if (result.GetResult(keysFrom) is not null && result.GetResult(check) is null)
            {
                result.AddError("--keys-from goes with --check.");
            }
        });
        command.SetAction((result, cancel) => Guard(() => result.GetValue(check) is { } folder
            ? Task.FromResult(BackupCheck.Run(BackupParts.Open(folder, result.GetValue(keysFrom)), result.GetValue(fast), cancel))
            : Take(result.GetRequiredValue(data), new BackupTarget(result.GetRequiredValue(to)!, result.GetValue(keysTo)), result.GetValue(fast), cancel)));
        return command;
    }

    /// <summary>Runs an act whose expected failures say in their message what is wrong.</summary>
    public static async Task<int> Guard(Func<Task<bool>> act)
    {
        try
        {
            return await act().ConfigureAwait(false) ? HubCommand.Done : HubCommand.Failed;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or RecordsUnavailableException or TimeoutException)
        {
            Say.Error(e.Message);
            return HubCommand.Failed;
        }
    }

    private static async Task<bool> Take(string data, BackupTarget target, bool fast, CancellationToken cancel)
    {
        using var hub = OpenedHub.Open(data, out var fault);
        if (hub is null)
        {
            Say.Error(fault);
            return false;
        }

        return await new BackupRun(hub, target, TimeProvider.System).Run(fast, cancel).ConfigureAwait(false);
    }
}
