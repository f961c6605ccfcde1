using System.CommandLine;
using EHealthHub.Operator.Commands;

namespace EHealthHub.Operator.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("up", "--port", "0")]
    [InlineData("up", "--port", "65536")]
    [InlineData("up", "--port", "x")]
    [InlineData("load", "--clients", "0")]
    [InlineData("load", "--patients", "-1")]
    [InlineData("load", "--phases", "read,write")]
    [InlineData("load", "--from", "/no/such/folder")]
    [InlineData("generate", "--patients", "1")]
    [InlineData("frobnicate")]
    [InlineData("backup")]
    [InlineData("backup", "--to", "")]
    [InlineData("backup", "--to", "a", "--check", "b")]
    [InlineData("backup", "--check", "b", "--keys-to", "c")]
    [InlineData("backup", "--to", "b", "--keys-from", "c")]
    [InlineData("restore")]
    [InlineData("up", "--unknown")]
    public void What_is_out_of_bounds_or_unknown_is_refused(params string[] args) => Assert.NotEmpty(HubCommand.Build().Parse(args).Errors);

    [Theory]
    [InlineData("up", "--data", "d", "--port", "9443", "--auditor-port", "9444", "--management-port", "9080", "--foreground")]
    [InlineData("down", "--data", "d")]
    [InlineData("load", "--data", "d", "--port", "9443", "--patients", "200", "--seconds", "5", "--clients", "32", "--json", "f")]
    [InlineData("load", "--phases", "read,vread,transaction")]
    [InlineData("audit", "verify", "--data", "d")]
    [InlineData("generate", "--patients", "3", "--seed", "7", "--to", "d")]
    [InlineData("pki", "revoke", "dr-ayse")]
    [InlineData("registry", "suspend", "insurer")]
    [InlineData("backup", "--data", "d", "--to", "b", "--keys-to", "k", "--fast")]
    [InlineData("backup", "--check", "b", "--keys-from", "k", "--fast")]
    [InlineData("restore", "--from", "b", "--keys-from", "k", "--data", "d", "--replace", "--accept-rollback")]
    [InlineData("help")]
    public void The_commands_of_the_contract_are_understood(params string[] args) => Assert.Empty(HubCommand.Build().Parse(args).Errors);

    [Fact]
    public void Every_command_and_option_explains_itself()
    {
        foreach (var command in All(HubCommand.Build()))
        {
            Assert.False(string.IsNullOrEmpty(command.Description), command.Name);
            Assert.All(command.Options, o => Assert.False(string.IsNullOrEmpty(o.Description), command.Name + " " + o.Name));
        }
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);
}
