using System.CommandLine;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub help</c>: every command in one list.</summary>
internal static class HelpCommand
{
    public static Command Build(RootCommand root)
    {
        var command = new Command("help", "List every command.");
        command.SetAction(_ =>
        {
            Say.Line("usage: ./hub COMMAND [options]      ./hub COMMAND --help tells more about a command");
            Say.Line();
            foreach (var (name, description) in Commands(root, ""))
            {
                Say.Line($"  {name,-28} {description}");
            }

            Say.Line();
            Say.Line($"Data lies in {HubOptions.DefaultData} unless --data names another directory. Nothing is written outside it, but where a command is told to.");
            return HubCommand.Done;
        });
        return command;
    }

    private static IEnumerable<(string Name, string Description)> Commands(Command parent, string prefix)
    {
        foreach (var command in parent.Subcommands.Where(c => !c.Hidden))
        {
            var name = prefix + command.Name;
            if (command.Subcommands.Count == 0)
            {
                yield return (string.Join(' ', [name, .. command.Arguments.Select(a => a.Name.ToUpperInvariant())]), command.Description ?? "");
            }

            foreach (var below in Commands(command, name + " "))
            {
                yield return below;
            }
        }
    }
}
