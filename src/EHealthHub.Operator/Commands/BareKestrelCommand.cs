using System.CommandLine;
using EHealthHub.Operator.Load;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub bare-kestrel</c>, hidden: what <c>hub load</c> compares the hub with.</summary>
internal static class BareKestrelCommand
{
    public static Command Build()
    {
        var data = HubOptions.Data();
        var command = new Command("bare-kestrel", "Answer with as many bytes as the path says, over the same TLS as the gateway, until standard input ends.") { data };
        command.Hidden = true;
        command.SetAction((result, cancel) => BareKestrel.Serve(result.GetRequiredValue(data), cancel));
        return command;
    }
}
