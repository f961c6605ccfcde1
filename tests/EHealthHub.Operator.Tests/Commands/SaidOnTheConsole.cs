using EHealthHub.Operator.Commands;

namespace EHealthHub.Operator.Tests.Commands;

/// <summary>Runs a command in this process, and gives its exit code and all that it said. The console is one for all, so its users take turns.</summary>
[CollectionDefinition(nameof(SaidOnTheConsole), DisableParallelization = true)]
public sealed class SaidOnTheConsole
{
    internal static async Task<(int Code, string Said)> Run(string[] arguments)
    {
        var (output, errors) = (Console.Out, Console.Error);
        using var said = new StringWriter();
        Console.SetOut(said);
        Console.SetError(said);
        try
        {
            return (await HubCommand.Build().Parse(arguments).InvokeAsync(), said.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }
}
