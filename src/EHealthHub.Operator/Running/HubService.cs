using System.Diagnostics;
using System.Globalization;
using EHealthHub.Records;

namespace EHealthHub.Operator.Running;

/// <summary>One of the hub's processes on a data directory: started, found again by its record, asked to end.</summary>
internal sealed class HubService(string name, string program, HubLayout layout, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private const int LogLinesShown = 15;

    public string Name => name;

    public string LogPath => Path.Combine(layout.Logs, name + ".log");

    private string RecordPath => Path.Combine(layout.Logs, name + ".pid");

    /// <summary>The running process, or null.</summary>
    public ProcessRecord? Running => ProcessRecord.Running(RecordPath);

    /// <summary>
    /// Starts the process in a session of its own, its output in the log: it outlives this command and the terminal. Null when it ended at once.
    /// </summary>
    public ProcessRecord? StartDetached(int port, IReadOnlyList<string> arguments)
    {
        // The shell opens the log itself: pipes to this process would break when it ends. "exec" keeps the process id.
        var start = new ProcessStartInfo("/bin/sh");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("log=$1; shift; if command -v setsid >/dev/null; then exec setsid \"$@\" >>\"$log\" 2>&1 </dev/null; else exec nohup \"$@\" >>\"$log\" 2>&1 </dev/null; fi");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(LogPath);
        start.ArgumentList.Add(HubPrograms.Dotnet);
        start.ArgumentList.Add(program);
        return Start(start, port, arguments);
    }

    /// <summary>Starts the process as a child that shares this terminal.</summary>
    public ProcessRecord? StartAttached(int port, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(HubPrograms.Dotnet);
        start.ArgumentList.Add(program);
        return Start(start, port, arguments);
    }

    /// <summary>Asks the process to end and waits; ends it by force after <paramref name="patience"/>. True when nothing runs any more.</summary>
    public async Task<bool> Stop(TimeSpan patience, Action<string> say, CancellationToken cancel)
    {
        if (Running is not { } process)
        {
            File.Delete(RecordPath);
            return true;
        }

        Signals.Terminate(process.Id);
        if (!await IsGone(process, patience, cancel).ConfigureAwait(false))
        {
            say(string.Create(CultureInfo.InvariantCulture, $"{name} (process {process.Id}) did not stop within {patience.TotalSeconds:0} s and is ended by force"));
            Signals.End(process.Id);
            if (!await IsGone(process, TimeSpan.FromSeconds(5), cancel).ConfigureAwait(false))
            {
                say($"{name} (process {process.Id}) cannot be ended");
                return false;
            }
        }

        File.Delete(RecordPath);
        return true;
    }

    /// <summary>The end of the log, for a start that failed.</summary>
    public IReadOnlyList<string> LastLogLines() => File.Exists(LogPath) ? [.. File.ReadLines(LogPath).TakeLast(LogLinesShown)] : [];

    private ProcessRecord? Start(ProcessStartInfo start, int port, IReadOnlyList<string> arguments)
    {
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.UseShellExecute = false;
        start.WorkingDirectory = layout.Root;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{name} could not be started.");
        var record = ProcessRecord.Of(process.Id, port);
        record?.Write(RecordPath);
        return record;
    }

    private async Task<bool> IsGone(ProcessRecord process, TimeSpan patience, CancellationToken cancel)
    {
        var since = time.GetTimestamp();
        while (process.IsRunning)
        {
            if (time.GetElapsedTime(since) > patience)
            {
                return false;
            }

            await Task.Delay(Look, time, cancel).ConfigureAwait(false);
        }

        return true;
    }
}
