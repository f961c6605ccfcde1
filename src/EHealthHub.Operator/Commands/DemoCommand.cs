using System.CommandLine;
using EHealthHub.Operator.Demonstration;
using EHealthHub.Operator.Load;
using EHealthHub.Operator.Preparing;
using EHealthHub.Operator.Running;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub demo</c>: the whole main job, end to end, on a hub that it sets up.</summary>
internal static class DemoCommand
{
    private const int GeneratedPatients = 20;
    private const ulong FirstSeed = 1;

    public static Command Build()
    {
        var data = HubOptions.Data();
        var from = HubOptions.From();
        var exit = new Option<bool>("--exit") { Description = "Stop the hub at the end." };
        var port = HubOptions.Port("--port", HubOptions.GatewayPort, "Port of the FHIR gateway.");
        var auditorPort = HubOptions.Port("--auditor-port", HubOptions.AuditorPort, "Port of the auditors' application.");
        var managementPort = HubOptions.Port("--management-port", HubOptions.ManagementPort, "Port of health and metrics.");
        var command = new Command("demo", "Set up a demonstration hub, play the main job end to end on real records, and say in a line each what was done and what it proves. 0 only if every step held.")
        {
            exit, data, from, port, auditorPort, managementPort,
        };
        command.SetAction((result, cancel) => Run(
            result.GetRequiredValue(data), result.GetValue(from), new HubPorts(result.GetValue(port), result.GetValue(auditorPort), result.GetValue(managementPort)), result.GetValue(exit), cancel));
        return command;
    }

    private static async Task<int> Run(string data, string? from, HubPorts ports, bool exit, CancellationToken cancel)
    {
        // The first run is the same everywhere; a later one on the same hub needs people whom the hub does not know yet.
        var isFirst = !File.Exists(Path.Combine(data, "hub.json"));
        var fault = "";
        var source = from is null ? BundleSource.Generated(isFirst ? FirstSeed : (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()) : BundleSource.Folder(from, out fault);
        if (source is null)
        {
            Say.Error(fault);
            return HubCommand.Failed;
        }

        var story = new Story(TimeProvider.System);
        var supervisor = new HubSupervisor(data, TimeProvider.System);
        Say.Rule("EHealthHub: the main job, end to end");
        await story.Step(stop => Start(data, ports, supervisor, stop), cancel).ConfigureAwait(false);
        if (story.Holds)
        {
            await Play(story, data, ports, source, source.IsGenerated ? GeneratedPatients : source.DistinctMax, cancel).ConfigureAwait(false);
        }

        story.End();
        if (exit)
        {
            await supervisor.Stop(CancellationToken.None).ConfigureAwait(false);
        }
        else if (story.Holds)
        {
            TellWhereToLook(data, ports);
        }

        return story.Holds ? HubCommand.Done : HubCommand.Failed;
    }

    private static async Task<StepOutcome> Start(string data, HubPorts ports, HubSupervisor supervisor, CancellationToken cancel)
    {
        var prepared = HubData.Prepare(data, ports.Gateway, TimeProvider.System, Say.Line);
        if (prepared.Fault is { } fault)
        {
            return StepOutcome.Broken(fault);
        }

        return await supervisor.Start(ports, cancel).ConfigureAwait(false)
            ? StepOutcome.Holds($"data directory, keys, development PKI and participants are in {Path.GetFullPath(data)}; gateway and auditor are up", "a hub stands with the .NET SDK and one command")
            : StepOutcome.Broken("The hub did not start.");
    }

    private static async Task Play(Story story, string data, HubPorts ports, BundleSource source, int patients, CancellationToken cancel)
    {
        using var hub = OpenedHub.Open(data, out var fault) ?? throw new InvalidDataException(fault);
        using var stage = DemoStage.Open(hub, ports.Gateway, source, TimeProvider.System);
        var submission = new SubmissionSteps(stage, patients);
        var clinicians = new ClinicianSteps(stage);
        var outsiders = new OutsiderSteps(stage);
        var log = new LogSteps(stage);
        var store = new StoreSteps(stage);
        Func<CancellationToken, Task<StepOutcome>>[] steps =
        [
            submission.SubmitOne,
            submission.SubmitOthers,
            clinicians.TooEarly,
            clinicians.OpenEncounter,
            clinicians.Read,
            clinicians.Search,
            clinicians.FinishEncounter,
            clinicians.Stranger,
            outsiders.AreRefused,
            log.HoldsEverything,
            log.ProvesAReceipt,
            log.Verifies,
            store.Verifies,
            log.ShowsAChangedByte,
            store.ShowsAChangedByte,
        ];
        foreach (var step in steps)
        {
            await story.Step(step, cancel).ConfigureAwait(false);
        }
    }

    private static void TellWhereToLook(string data, HubPorts ports)
    {
        var pki = Path.Combine(Path.GetFullPath(data), "pki");
        Say.Rule("The hub is left running. Where to look");
        Say.Line($"curl --cacert {pki}/ca.crt https://localhost:{ports.Gateway}/fhir/metadata");
        Say.Line($"curl --cacert {pki}/ca.crt --cert {pki}/ministry.crt --key {pki}/ministry.key 'https://localhost:{ports.Gateway}/fhir/Patient?_count=5'");
        Say.Line($"auditors: https://localhost:{ports.Auditor}/ with {pki}/auditor.p12 (password ehealthhub)");
        var option = Path.GetFullPath(data) == Path.GetFullPath(HubOptions.DefaultData) ? "" : $" --data {data}";
        Say.Line($"./hub audit verify{option}; ./hub records verify{option}; ./hub load{option}; ./hub down{option} stops it");
    }
}
