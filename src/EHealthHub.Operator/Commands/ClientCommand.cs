using System.Collections.Immutable;
using System.CommandLine;
using EHealthHub.Trust.Clients;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub registry client</c>: the programs that institutions answer for, with their keys, addresses and scopes.</summary>
internal static class ClientCommand
{
    private const int KeySetBytesMax = 64 * 1024;

    public static Command Build() => new("client", "The programs of institutions that ask for tokens.")
    {
        List(),
        Put(),
        OfOne("suspend", "Silence a program.", (registry, id) => registry.SuspendClient(id, true)),
        OfOne("resume", "End a program's suspension.", (registry, id) => registry.SuspendClient(id, false)),
        OfOne("remove", "Take a program away; its tokens are refused from now on.", (registry, id) => registry.RemoveClient(id)),
    };

    private static Command List()
    {
        var data = HubOptions.Data();
        var command = new Command("list", "List the programs of all institutions.") { data };
        command.SetAction((result, _) => RegistryEditing.With(result.GetRequiredValue(data), (registry, _) =>
        {
            foreach (var institution in registry.Current.Institutions)
            {
                foreach (var client in institution.Clients)
                {
                    var proof = client.IsPublic ? "public" : client.Keys.IsEmpty ? "tls_client_auth" : "private_key_jwt";
                    Say.Line($"{client.Id,-22} {institution.Id,-22} {client.Kind,-15} {(client.Suspended ? "SUSPENDED" : "speaks"),-10} {proof,-16} {string.Join(' ', client.Scopes)}");
                }
            }

            return HubCommand.Done;
        }));
        return command;
    }

    private static Command Put()
    {
        var data = HubOptions.Data();
        var id = new Argument<string>("id") { Description = "The client_id, in lower case, for example ankara-laboratory." };
        var institution = new Option<string>("--institution") { Description = "Who answers for it.", HelpName = "ID", Required = true };
        var name = new Option<string>("--name") { Description = "Its name, for people who are asked for their consent.", HelpName = "NAME", Required = true };
        var kind = new Option<ClientKind>("--kind") { Description = "What it asks for.", DefaultValueFactory = _ => ClientKind.System };
        var keys = new Option<string?>("--jwks") { Description = "Its public keys, a JWK Set. Without it the institution's certificate alone is its proof.", HelpName = "FILE" };
        var redirects = new Option<string[]>("--redirect") { Description = "An address that a browser may be sent back to; once for each.", HelpName = "URI" };
        var scopes = new Option<string>("--scope") { Description = "The most that it may be granted, separated by spaces.", HelpName = "SCOPES", DefaultValueFactory = _ => "" };
        var isPublic = new Option<bool>("--public") { Description = "An application on people's own devices, without a secret: its tokens are bound to the person's certificate." };
        var command = new Command("put", "Register a program, or replace its registration.") { id, institution, name, kind, keys, redirects, scopes, isPublic, data };
        var reason = RegistryEditing.Reason();
        command.Add(reason);
        command.SetAction((result, _) =>
        {
            if (ReadKeys(result.GetValue(keys), out var fault) is not { } read)
            {
                Say.Error(fault);
                return Task.FromResult(HubCommand.Failed);
            }

            var client = new RegisteredClient(
                result.GetRequiredValue(id), result.GetRequiredValue(name), result.GetValue(kind), read, [.. result.GetValue(redirects) ?? []],
                [.. result.GetRequiredValue(scopes).Split(' ', StringSplitOptions.RemoveEmptyEntries)], result.GetValue(isPublic), Suspended: false);
            var act = $"client put {client.Id} {result.GetRequiredValue(institution)}";
            return RegistryEditing.Change(result.GetRequiredValue(data), act, result.GetRequiredValue(reason), (registry, _) => registry.PutClient(result.GetRequiredValue(institution), client));
        });
        return command;
    }

    private static ImmutableArray<ClientKey>? ReadKeys(string? path, out string fault)
    {
        fault = "";
        if (path is null)
        {
            return [];
        }

        var file = new FileInfo(path);
        if (!file.Exists || file.Length > KeySetBytesMax)
        {
            fault = $"{path} is no file of at most {KeySetBytesMax} bytes.";
            return null;
        }

        var keys = KeySetReader.Read(File.ReadAllBytes(path), out fault);
        return keys.IsEmpty ? null : keys;
    }

    private static Command OfOne(string name, string description, Func<RegistrySnapshot, string, RegistryEdit> edit)
    {
        var data = HubOptions.Data();
        var id = new Argument<string>("id") { Description = "The client_id." };
        var reason = RegistryEditing.Reason();
        var command = new Command(name, description) { id, reason, data };
        command.SetAction((result, _) =>
            RegistryEditing.Change(result.GetRequiredValue(data), $"client {name} {result.GetRequiredValue(id)}", result.GetRequiredValue(reason), (registry, _) => edit(registry, result.GetRequiredValue(id))));
        return command;
    }
}
