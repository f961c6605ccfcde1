using System.Globalization;
using System.Net.Sockets;
using EHealthHub.Operator.Commands;
using EHealthHub.Operator.Preparing;
using EHealthHub.Records;

namespace EHealthHub.Operator.Running;

/// <summary>Starts and stops the hub's processes on one data directory, and says what happens. Idempotent: what runs already is left alone.</summary>
internal sealed class HubSupervisor
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TurnWithin = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly HubLayout _layout;
    private readonly TimeProvider _time;
    private readonly HubService _gateway;
    private readonly HubService _auditor;

    public HubSupervisor(string data, TimeProvider time)
    {
        _layout = new HubLayout(Path.GetFullPath(data));
        _time = time;
        _gateway = new HubService("gateway", HubPrograms.Gateway, _layout, time);
        _auditor = new HubService("auditor", HubPrograms.Auditor, _layout, time);
    }

    /// <summary>True when both run and are ready.</summary>
    public async Task<bool> Start(HubPorts ports, CancellationToken cancel)
    {
        using var turn = await Turn(cancel).ConfigureAwait(false);
        return await StartOne(_gateway, ports.Gateway, () => GatewayAnswers(ports.Management, cancel), [ports.Gateway, ports.Management], GatewayArguments(ports), _gateway.StartDetached, cancel).ConfigureAwait(false)
            && await StartOne(_auditor, ports.Auditor, () => Listens(ports.Auditor), [ports.Auditor], AuditorArguments(ports), _auditor.StartDetached, cancel).ConfigureAwait(false);
    }

    /// <summary>Starts both as children, waits until told to stop or until one of them ends, and stops both. The exit code of the command.</summary>
    public async Task<int> RunInForeground(HubPorts ports, CancellationToken cancel)
    {
        if (_gateway.Running is not null || _auditor.Running is not null)
        {
            Say.Error($"the hub on {_layout.Root} runs already; ./hub down stops it");
            return HubCommand.Failed;
        }

        var started = await StartOne(_gateway, ports.Gateway, () => GatewayAnswers(ports.Management, cancel), [ports.Gateway, ports.Management], GatewayArguments(ports), _gateway.StartAttached, cancel).ConfigureAwait(false)
            && await StartOne(_auditor, ports.Auditor, () => Listens(ports.Auditor), [ports.Auditor], AuditorArguments(ports), _auditor.StartAttached, cancel).ConfigureAwait(false);
        while (started && !cancel.IsCancellationRequested && _gateway.Running is not null && _auditor.Running is not null)
        {
            await Task.Delay(Look, _time, CancellationToken.None).ConfigureAwait(false);
        }

        var wanted = cancel.IsCancellationRequested;
        var stopped = await Stop(CancellationToken.None).ConfigureAwait(false);
        return wanted && stopped ? HubCommand.Done : HubCommand.Failed;
    }

    /// <summary>True when nothing runs any more. The auditor goes first: it only looks.</summary>
    public async Task<bool> Stop(CancellationToken cancel)
    {
        if (!Directory.Exists(_layout.Logs))
        {
            Say.Line($"nothing runs on {_layout.Root}");
            return true;
        }

        using var turn = await Turn(cancel).ConfigureAwait(false);
        var running = new[] { _auditor, _gateway }.Where(s => s.Running is not null).ToList();
        foreach (var service in running)
        {
            Say.Line($"stopping {service.Name} (process {service.Running?.Id}) ...");
            if (!await service.Stop(StopWithin, Say.Error, cancel).ConfigureAwait(false))
            {
                return false;
            }
        }

        Say.Line(running.Count == 0 ? $"nothing runs on {_layout.Root}" : "stopped");
        return true;
    }

    private string[] GatewayArguments(HubPorts ports) => ["--data", _layout.Root, "--port", Text(ports.Gateway), "--management-port", Text(ports.Management), .. Oidc(ports)];

    private string[] AuditorArguments(HubPorts ports) => ["--data", _layout.Root, "--port", Text(ports.Auditor), .. Oidc(ports)];

    private static string[] Oidc(HubPorts ports) => ports.Oidc is { } file ? ["--oidc", Path.GetFullPath(file)] : [];

    private async Task<bool> StartOne(
        HubService service, int port, Func<Task<bool>> answers, int[] ports, string[] arguments, Func<int, IReadOnlyList<string>, ProcessRecord?> start, CancellationToken cancel)
    {
        var process = service.Running;
        if (process is not null && process.Port != port)
        {
            Say.Error($"{service.Name} runs already, on port {process.Port}; ./hub down stops it");
            return false;
        }

        if (process is null)
        {
            foreach (var taken in ports)
            {
                if (await Listens(taken).ConfigureAwait(false))
                {
                    Say.Error($"port {taken} is taken by another program; choose other ports for {service.Name} (./hub up --help)");
                    return false;
                }
            }

            process = start(port, arguments);
        }

        var since = _time.GetTimestamp();
        var pace = new Pace();
        while (process is { IsRunning: true } && _time.GetElapsedTime(since) < ReadyWithin)
        {
            if (await answers().ConfigureAwait(false))
            {
                Say.Line(string.Create(CultureInfo.InvariantCulture, $"{service.Name} is ready (process {process.Id}, after {_time.GetElapsedTime(since).TotalSeconds:0.0} s)"));
                return true;
            }

            if (pace.IsDue())
            {
                Say.Progress(string.Create(CultureInfo.InvariantCulture, $"waiting for {service.Name}, {_time.GetElapsedTime(since).TotalSeconds:0} s ..."));
            }

            await Task.Delay(Look, _time, cancel).ConfigureAwait(false);
        }

        Say.Error(process is { IsRunning: true } ? $"{service.Name} was not ready within {ReadyWithin.TotalSeconds:0} s; the end of {service.LogPath}:" : $"{service.Name} ended while it started; the end of {service.LogPath}:");
        foreach (var line in service.LastLogLines())
        {
            Say.Error("  " + line);
        }

        return false;
    }

    /// <summary>Two commands on one directory take turns.</summary>
    private async Task<IDisposable> Turn(CancellationToken cancel) =>
        await DirectoryTurn.Take(Path.Combine(_layout.Logs, "hub.lock"), TurnWithin, _time, cancel).ConfigureAwait(false);

    private static async Task<bool> GatewayAnswers(int managementPort, CancellationToken cancel)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        try
        {
            using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{managementPort}/health/ready"), cancel).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            // Not listening yet, or too slow to count as ready.
            return false;
        }
    }

    private static async Task<bool> Listens(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(System.Net.IPAddress.Loopback, port).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            // Nobody there.
            return false;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
