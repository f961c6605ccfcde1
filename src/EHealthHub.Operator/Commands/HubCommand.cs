using System.CommandLine;

namespace EHealthHub.Operator.Commands;

/// <summary>The command line <c>./hub</c>: every command, in the order in which a newcomer meets them.</summary>
internal static class HubCommand
{
    /// <summary>Exit code of a command that did what it says.</summary>
    public const int Done = 0;

    /// <summary>Exit code of a command whose finding is bad, or which could not do it.</summary>
    public const int Failed = 1;

    /// <summary>Exit code of a command that was told to stop (128 and SIGINT's number).</summary>
    public const int Interrupted = 130;

    // How long a command that was told to stop may take to leave things in order.
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(40);

    public static async Task<int> Run(string[] args)
    {
        var parsed = Build().Parse(args.Length == 0 ? ["help"] : args);
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = StopWithin, EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Say.Error("stopped before it was done");
            return Interrupted;
        }
    }

    internal static RootCommand Build()
    {
        var root = new RootCommand("EHealthHub, a secure national e-health record exchange: the operators' command line.")
        {
            DemoCommand.Build(),
            UpCommand.Build(),
            DownCommand.Build(),
            LoadCommand.Build(),
            GenerateCommand.Build(),
            AuditCommand.Build(),
            WitnessCommand.Build(),
            RecordsCommand.Build(),
            ErasureCommand.Build(),
            BackupCommand.Build(),
            RestoreCommand.Build(),
            RegistryCommand.Build(),
            BlockCommand.Build(),
            TrustCommand.Build(),
            PkiCommand.Build(),
            TokenCommand.Build(),
            EmergencyCommand.Build(),
            BareKestrelCommand.Build(),
        };
        root.Add(HelpCommand.Build(root));
        return root;
    }
}
