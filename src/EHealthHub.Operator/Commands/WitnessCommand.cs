using System.CommandLine;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Witness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub witness</c>: a witness of its own, to be run by somebody else than the hub's operator. It needs nothing of a hub but the public keys of its logs.</summary>
internal static class WitnessCommand
{
    private const int DefaultPort = 8446;
    private const int LogsLengthMax = 1024 * 1024;

    public static Command Build()
    {
        var folder = new Option<string>("--folder") { Description = "Where the witness keeps its key and what it has seen.", HelpName = "FOLDER", Required = true };
        var logs = new Option<string>("--logs") { Description = "A file with the verifier keys of the logs, one a line (the file key in a log's folder has one; compare it with what the operator says).", HelpName = "FILE", Required = true };
        var name = new Option<string>("--name") { Description = "The witness's name in its cosignatures, without spaces and '+', such as a host name and a path.", HelpName = "NAME", Required = true };
        var port = HubOptions.Port("--port", DefaultPort, "Port on loopback; a proxy in front of it gives it a name and TLS.");
        var command = new Command("witness", "Cosign the checkpoints of audit logs that have done nothing but grow (C2SP tlog-witness), until it is stopped.") { folder, logs, name, port };
        command.SetAction((result, cancel) => Serve(result.GetRequiredValue(folder), result.GetRequiredValue(logs), result.GetRequiredValue(name), result.GetRequiredValue(port), cancel));
        return command;
    }

    private static async Task<int> Serve(string folder, string logs, string name, int port, CancellationToken cancel)
    {
        try
        {
            var keys = ReadKeys(logs);
            using var key = WitnessKeyFile.Open(Path.Combine(folder, "witness.key"), name);
            using var witness = new LogWitness(Path.Combine(folder, "seen"), origin => keys.GetValueOrDefault(origin), key, TimeProvider.System);
            var builder = WebApplication.CreateSlimBuilder();
            builder.Configuration.Sources.Clear();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = LogWitness.BodyMax;
                kestrel.Limits.MaxConcurrentConnections = 256;
                kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
                kestrel.ListenLocalhost(port);
            });
            var app = builder.Build();
            await using (app.ConfigureAwait(false))
            {
                app.MapPost("/add-checkpoint", context => Answer(context, witness));
                await app.StartAsync(cancel).ConfigureAwait(false);
                Say.Line($"a line for witnesses.txt in the hub's data directory: {WitnessList.Line(new WitnessAddress(witness.Key, new Uri($"http://127.0.0.1:{port}/"))).TrimEnd()}");
                await Task.Delay(Timeout.Infinite, cancel).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
                await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
            }

            return HubCommand.Done;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            Say.Error(e.Message);
            return HubCommand.Failed;
        }
    }

    private static async Task Answer(HttpContext context, LogWitness witness)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        var answer = witness.AddCheckpoint(body.GetBuffer().AsSpan(0, (int)body.Length));
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        await context.Response.WriteAsync(answer.Body, context.RequestAborted).ConfigureAwait(false);
    }

    private static Dictionary<string, byte[]> ReadKeys(string path)
    {
        var keys = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var line in new FileInfo(path).Length <= LogsLengthMax ? File.ReadLines(path) : throw new InvalidDataException($"{path} is too long."))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var key = VerifierKey.Parse(line) ?? throw new InvalidDataException($"{path}: \"{line}\" is not the verifier key of a log.");
            keys[key.Name] = key.PublicKey;
        }

        return keys;
    }
}
