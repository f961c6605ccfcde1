using System.CommandLine;
using EHealthHub.Operator.Backup;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub restore</c>: makes a data directory from a backup.</summary>
internal static class RestoreCommand
{
    public static Command Build()
    {
        var data = HubOptions.Data();
        var from = HubOptions.Folder("--from", "The backup.");
        from.Required = true;
        var keysFrom = HubOptions.Folder("--keys-from", "Where the backup's keys are, if not inside it.");
        var replace = new Option<bool>("--replace") { Description = "Move what is in the data directory aside; nothing is deleted." };
        var accept = new Option<bool>("--accept-rollback") { Description = "Restore although the log that is there has entries that the backup does not hold." };
        var command = new Command("restore", "Make a data directory from a backup, all of it or nothing. A hub that runs there is refused.") { data, from, keysFrom, replace, accept };
        command.SetAction((result, cancel) => BackupCommand.Guard(() => new RestoreRun(
            BackupParts.Open(result.GetRequiredValue(from)!, result.GetValue(keysFrom)),
            result.GetRequiredValue(data),
            new RestoreLeave(result.GetValue(replace), result.GetValue(accept)),
            TimeProvider.System).Run(cancel)));
        return command;
    }
}
