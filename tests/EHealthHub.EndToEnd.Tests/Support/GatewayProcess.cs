using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>A gateway process; disposing kills it by its process id when it still runs.</summary>
internal sealed class GatewayProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private GatewayProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Say(e.Data);
        process.ErrorDataReceived += (_, e) => Say(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Starts it with SIGXFSZ ignored, so that a write beyond <see cref="LimitFileSize"/> fails with an error, as on a full disk, and does not end the process.</summary>
    public static GatewayProcess Start(string data, int port, int managementPort, params string[] more)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };

        // The runtime's own code pages lie in a memory file; a bound on files would end it when it compiles a method.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        string[] arguments =
        [
            "-c", "trap '' XFSZ; exec dotnet \"$@\"", "gateway",
            Path.Combine(AppContext.BaseDirectory, "EHealthHub.Gateway.dll"), "--data", data, "--port", port.ToString(CultureInfo.InvariantCulture), "--management-port", managementPort.ToString(CultureInfo.InvariantCulture), .. more,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new GatewayProcess(Process.Start(start)!);
    }

    public async Task WaitUntilReady(int managementPort)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };
        var patience = Stopwatch.StartNew();
        while (true)
        {
            Assert.False(_process.HasExited, "the gateway ended: " + Said());
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60), "the gateway was not ready within a minute: " + Said());
            try
            {
                using var answer = await http.GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{managementPort}/health/ready")));
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Not listening yet.
            }

            await Task.Delay(25);
        }
    }

    /// <summary>SIGKILL: nothing of the process gets a chance to tidy up.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>From now on no file of the process may grow beyond so many bytes; null lifts the bound. What a full disk does to a program, for those who may not mount one.</summary>
    public async Task LimitFileSize(long? bytes)
    {
        var limit = bytes is { } b ? string.Create(CultureInfo.InvariantCulture, $"--fsize={b}:unlimited") : "--fsize=unlimited:unlimited";
        using var process = Process.Start("prlimit", ["--pid", _process.Id.ToString(CultureInfo.InvariantCulture), limit]);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>The most memory that the process ever had resident, in bytes.</summary>
    public long PeakMemoryBytes() => 1_024 * long.Parse(
        File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/status")).First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    public string Said()
    {
        lock (_said)
        {
            return _said.ToString();
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private void Say(string? line)
    {
        lock (_said)
        {
            _said.AppendLine(line);
        }
    }
}
