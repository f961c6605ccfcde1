using System.CommandLine;
using EHealthHub.Operator.Load;
using EHealthHub.Operator.Preparing;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub load</c>: drives a running hub and prints what it carries.</summary>
internal static class LoadCommand
{
    public static Command Build()
    {
        var data = HubOptions.Data();
        var port = HubOptions.Port("--port", HubOptions.GatewayPort, "Port of the FHIR gateway.");
        var from = HubOptions.From();
        var patients = HubOptions.Number("--patients", 50, 1, 1_000_000, "Patients to submit; a folder with fewer is begun again.");
        var seconds = HubOptions.Number("--seconds", 10, 1, 3_600, "Length of each timed phase after the ingest.");
        var warmUp = HubOptions.Number("--warm-up", 5, 0, 600, "Seconds that the clients of each timed phase run before its clock starts.");
        var clients = HubOptions.Number("--clients", 16, 1, 512, "Clients side by side.");
        var seed = HubOptions.Number("--seed", 0, 0, int.MaxValue, "Seed of generated patients; 0 takes a new one for each run.");
        var phases = Phases();
        var json = new Option<string?>("--json") { Description = "Write the figures to a file as one JSON object.", HelpName = "FILE" };
        var command = new Command("load", "Drive a running hub over mutual TLS: submit patients, then read and search as a clinician; print throughput, percentiles and processor time, each beside what a bare Kestrel did with the same TLS, clients and body sizes.")
        {
            data, port, from, patients, phases, seconds, warmUp, clients, seed, json,
        };
        command.SetAction((result, cancel) => Run(
            new LoadSettings(
                result.GetRequiredValue(data), result.GetValue(port), result.GetValue(patients), result.GetValue(seconds), result.GetValue(clients), Seed(result.GetValue(seed)), result.GetValue(warmUp))
            {
                Phases = result.GetValue(phases)!,
            },
            result.GetValue(from), result.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> Run(LoadSettings settings, string? from, string? json, CancellationToken cancel)
    {
        using var hub = OpenedHub.Open(settings.Data, out var fault);
        if (hub is null)
        {
            Say.Error(fault);
            return HubCommand.Failed;
        }

        if ((from is null ? BundleSource.Generated(settings.Seed) : BundleSource.Folder(from, out fault)) is not { } source)
        {
            Say.Error(fault);
            return HubCommand.Failed;
        }

        LoadReport? report;
        try
        {
            report = await new LoadRun(hub, source, settings, TimeProvider.System).Run(cancel).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            Say.Error($"the hub on port {settings.Port} does not answer ({e.Message}); ./hub up starts it");
            return HubCommand.Failed;
        }

        if (report is null)
        {
            return HubCommand.Failed;
        }

        report.Show();
        if (json is not null)
        {
            var file = File.Create(json);
            await using (file.ConfigureAwait(false))
            {
                report.WriteJson(file);
            }
        }

        return report.Errors == 0 ? HubCommand.Done : HubCommand.Failed;
    }

    private static Option<IReadOnlyList<LoadPhase>> Phases() => new("--phases")
    {
        Description = $"What follows the ingest, separated by commas; {LoadPhase.Every} for all of it. " + string.Join("; ", LoadPhase.All.Select(p => $"{p.Name}: {p.What}")) + ".",
        HelpName = "LIST",
        DefaultValueFactory = _ => LoadPhase.Parse(LoadPhase.Usual, out var _)!,
        CustomParser = result =>
        {
            var phases = LoadPhase.Parse(result.Tokens.Count == 1 ? result.Tokens[0].Value : "", out var fault);
            if (phases is null)
            {
                result.AddError(fault);
            }

            return phases;
        },
    };

    private static ulong Seed(int asked) => asked > 0 ? (ulong)asked : (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
}
