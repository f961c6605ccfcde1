using System.CommandLine;
using EHealthHub.Operator.Preparing;
using EHealthHub.Operator.Running;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub up</c>: prepares what is missing and starts gateway and auditor.</summary>
internal static class UpCommand
{
    public static Command Build()
    {
        var data = HubOptions.Data();
        var port = HubOptions.Port("--port", HubOptions.GatewayPort, "Port of the FHIR gateway.");
        var auditorPort = HubOptions.Port("--auditor-port", HubOptions.AuditorPort, "Port of the auditors' application.");
        var managementPort = HubOptions.Port("--management-port", HubOptions.ManagementPort, "Port of health and metrics.");
        var oidc = new Option<string?>("--oidc") { Description = "A JSON file that names the OpenID providers of citizens and staff (README); secrets come from the environment.", HelpName = "FILE" };
        oidc.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !File.Exists(result.Tokens[0].Value))
            {
                result.AddError($"--oidc: there is no file {result.Tokens[0].Value}.");
            }
        });
        var foreground = new Option<bool>("--foreground") { Description = "Stay, write the processes' logs to this terminal, and stop the hub when told to stop (SIGTERM, SIGINT)." };
        var command = new Command("up", "Start the hub and return once it is ready. The first start makes database, keys, development PKI and demonstration participants.") { data, port, auditorPort, managementPort, oidc, foreground };
        command.SetAction((result, cancel) => Run(
            result.GetRequiredValue(data), new HubPorts(result.GetValue(port), result.GetValue(auditorPort), result.GetValue(managementPort)) { Oidc = result.GetValue(oidc) }, result.GetValue(foreground), cancel));
        return command;
    }

    private static async Task<int> Run(string data, HubPorts ports, bool foreground, CancellationToken cancel)
    {
        if (HubData.Prepare(data, ports.Gateway, TimeProvider.System, Say.Line) is { Fault: { } fault })
        {
            Say.Error(fault);
            return HubCommand.Failed;
        }

        var supervisor = new HubSupervisor(data, TimeProvider.System);
        return foreground ? await supervisor.RunInForeground(ports, cancel).ConfigureAwait(false) : await supervisor.Start(ports, cancel).ConfigureAwait(false) ? Ready(data, ports) : HubCommand.Failed;
    }

    private static int Ready(string data, HubPorts ports)
    {
        Say.Line($"FHIR (mutual TLS)   https://localhost:{ports.Gateway}/fhir");
        Say.Line($"Auditors            https://localhost:{ports.Auditor}/");
        Say.Line($"Health and metrics  http://127.0.0.1:{ports.Management}/health/ready");
        Say.Line($"Certificates        {Path.Combine(Path.GetFullPath(data), "pki")} (NAME.crt, NAME.key, NAME.p12 with password ehealthhub; trust ca.crt)");
        return HubCommand.Done;
    }
}
