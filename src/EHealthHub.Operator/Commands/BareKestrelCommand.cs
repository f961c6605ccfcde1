using System.CommandLine;
using EHealthHub.Operator.Load;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub bare-kestrel</c>, hidden: what <c>hub load</c> compares the hub with.</summary>
internal static class BareKestrelCommand
{
    public static Command Build()
    {
        var data = HubOptions.Data();
        var bytes = HubOptions.Number("--bytes", 1_024, 0, 16 * 1024 * 1024, "Size of every answer.");
        var command = new Command("bare-kestrel", "Answer every request with the same bytes over the same TLS as the gateway, until standard input ends.") { data, bytes };
        command.Hidden = true;
        command.SetAction((result, cancel) => BareKestrel.Serve(result.GetRequiredValue(data), result.GetValue(bytes), cancel));
        return command;
    }
}
