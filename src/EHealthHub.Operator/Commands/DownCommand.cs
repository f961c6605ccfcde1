using System.CommandLine;
using EHealthHub.Operator.Running;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub down</c>: stops what <c>hub up</c> started on the same data directory.</summary>
internal static class DownCommand
{
    public static Command Build()
    {
        var data = HubOptions.Data();
        var command = new Command("down", "Stop the hub: running requests are answered, then the processes end.") { data };
        command.SetAction(async (result, cancel) =>
            await new HubSupervisor(result.GetRequiredValue(data), TimeProvider.System).Stop(cancel).ConfigureAwait(false) ? HubCommand.Done : HubCommand.Failed);
        return command;
    }
}
