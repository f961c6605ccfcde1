using System.Diagnostics;
using System.Globalization;

namespace EHealthHub.Operator.Running;

/// <summary>
/// A started process, remembered in a file: its id and, because ids are given out again, the moment when the kernel started it. A record whose process is gone, or whose id now belongs to another, is stale and means nothing.
/// </summary>
/// <param name="Id">Process id.</param>
/// <param name="Started">Start time in the kernel's own units, compared for equality only.</param>
/// <param name="Port">The port that it was told to listen on.</param>
internal sealed record ProcessRecord(int Id, long Started, int Port)
{
    /// <summary>The record in a file, if its process still runs; null otherwise.</summary>
    public static ProcessRecord? Running(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var parts = File.ReadAllText(path).Split(' ', StringSplitOptions.TrimEntries);
        if (parts.Length != 3
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var started)
            || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return null;
        }

        return StartOf(id) == started ? new ProcessRecord(id, started, port) : null;
    }

    /// <summary>Takes down a process that was just started; null when it is gone already.</summary>
    public static ProcessRecord? Of(int id, int port) => StartOf(id) is { } started ? new ProcessRecord(id, started, port) : null;

    /// <summary>True while the very same process runs.</summary>
    public bool IsRunning => StartOf(Id) == Started;

    /// <summary>Replaces the file in one step, so that nobody reads half a record.</summary>
    public void Write(string path)
    {
        var draft = path + ".new";
        File.WriteAllText(draft, string.Create(CultureInfo.InvariantCulture, $"{Id} {Started} {Port}\n"));
        File.Move(draft, path, overwrite: true);
    }

    private static long? StartOf(int id) => OperatingSystem.IsLinux() ? StartOnLinux(id) : StartElsewhere(id);

    /// <summary>Field 22 of /proc/ID/stat, in clock ticks since boot; a zombie (state Z) counts as gone.</summary>
    private static long? StartOnLinux(int id)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));

            // The name in parentheses may hold anything; the fields begin after the last one.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No such process: that is the answer.
            return null;
        }
    }

    private static long? StartElsewhere(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.HasExited ? null : process.StartTime.ToUniversalTime().Ticks / TimeSpan.TicksPerSecond;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
