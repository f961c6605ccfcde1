using System.CommandLine;
using EHealthHub.Operator.Running;
using EHealthHub.Records;
using EHealthHub.Trust.Certificates;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub pki</c>: the development authority.</summary>
internal static class PkiCommand
{
    public static Command Build()
    {
        var data = HubOptions.Data();
        var name = new Argument<string>("name") { Description = "A demonstration participant, for example dr-ayse." };
        var revoke = new Command("revoke", "Put a participant's certificate on the development authority's revocation list; a running hub takes it up within its refresh interval.") { name, data };
        revoke.SetAction(result => Revoke(result.GetRequiredValue(data), result.GetRequiredValue(name)));

        var list = new Command("list", "List the development participants and their certificates' thumbprints.") { data };
        list.SetAction(result => List(result.GetRequiredValue(data)));
        return new Command("pki", "The development PKI in DIR/pki.") { revoke, list, Serve() };
    }

    private static Command Serve()
    {
        var data = HubOptions.Data();
        var port = HubOptions.Port("--port", 8888, "Port on loopback.");
        var command = new Command("serve", "Publish as an authority does: an OCSP responder and the revocation list, over HTTP on loopback, until stopped.") { port, data };
        command.SetAction((result, cancel) => Serve(result.GetRequiredValue(data), result.GetValue(port), cancel));
        return command;
    }

    private static async Task<int> Serve(string data, int port, CancellationToken cancel)
    {
        if (Open(data) is not { } pki)
        {
            return HubCommand.Failed;
        }

        pki.Dispose();
        try
        {
            var server = await PkiServer.Start(new HubLayout(Path.GetFullPath(data)).Pki, port, TimeProvider.System).ConfigureAwait(false);
            await using (server.ConfigureAwait(false))
            {
                Say.Line($"OCSP at {server.Address}/ocsp, revocation list at {server.Address}/ca.crl, authority at {server.Address}/ca.crt");
                await server.WaitForShutdown(cancel).ConfigureAwait(false);
            }

            return HubCommand.Done;
        }
        catch (IOException e)
        {
            Say.Error(e.Message);
            return HubCommand.Failed;
        }
    }

    private static int Revoke(string data, string name)
    {
        if (Open(data) is not { } pki)
        {
            return HubCommand.Failed;
        }

        using (pki)
        {
            if (pki.Participants.All(p => p.Name != name))
            {
                Say.Error($"no participant is called {name}; there are: {string.Join(", ", pki.Participants.Select(p => p.Name))}");
                return HubCommand.Failed;
            }

            pki.Revoke(name);
            Say.Line($"{name} is revoked; the list is in {pki.RevocationListPath}");
            return HubCommand.Done;
        }
    }

    private static int List(string data)
    {
        if (Open(data) is not { } pki)
        {
            return HubCommand.Failed;
        }

        using (pki)
        {
            foreach (var participant in pki.Participants)
            {
                Say.Line($"{participant.Name,-22} {participant.Role,-10} {participant.Thumbprint}  {participant.DisplayName}");
            }

            return HubCommand.Done;
        }
    }

    private static DevelopmentPki? Open(string data)
    {
        var folder = new HubLayout(Path.GetFullPath(data)).Pki;
        if (Directory.Exists(folder))
        {
            return DevelopmentPki.OpenOrCreate(folder, TimeProvider.System);
        }

        Say.Error($"there is no development PKI in {folder}; ./hub up makes one");
        return null;
    }
}
