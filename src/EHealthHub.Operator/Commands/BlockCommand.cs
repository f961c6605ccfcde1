using System.CommandLine;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub block</c>: the hub's own block list, for certificates that must be out before their authority says so.</summary>
internal static class BlockCommand
{
    public static Command Build() => new("block", "The hub's own block list: what is on it is out at its next request, tokens included.")
    {
        Edit("add", "Block a certificate, of an institution, a member of staff or a card.", (registry, thumbprint) => registry.Block(thumbprint)),
        Edit("remove", "Take a certificate off the list.", (registry, thumbprint) => registry.Unblock(thumbprint)),
        List(),
    };

    /// <summary>A command that changes the list; <c>hub registry</c> has it too, by the names that it had first.</summary>
    public static Command Edit(string name, string description, Func<RegistrySnapshot, string, RegistryEdit> edit)
    {
        var data = HubOptions.Data();
        var certificate = RegistryEditing.CertificateArgument();
        var reason = RegistryEditing.Reason();
        var command = new Command(name, description) { certificate, reason, data };
        command.SetAction((result, _) => RegistryEditing.Change(
            result.GetRequiredValue(data), $"block list: {name} {result.GetRequiredValue(certificate)}", result.GetRequiredValue(reason),
            (registry, _) => RegistryEditing.Certificate(result.GetRequiredValue(certificate), out var fault) is { } found ? edit(registry, found.Thumbprint) : RegistryEdit.Refuse(fault)));
        return command;
    }

    private static Command List()
    {
        var data = HubOptions.Data();
        var command = new Command("list", "List blocked certificates.") { data };
        command.SetAction((result, _) => RegistryEditing.With(result.GetRequiredValue(data), (registry, _) =>
        {
            foreach (var blocked in registry.Current.BlockedCertificates.Order(StringComparer.Ordinal))
            {
                Say.Line(blocked);
            }

            return HubCommand.Done;
        }));
        return command;
    }
}
