using System.Diagnostics;

namespace EHealthHub.Operator.Load;

/// <summary>
/// The processor time of one process. Where clients, hub and other work share the machine, it says more of what a request costs than the time on the wall does. A process that is not there, or not ours to look at, has none.
/// </summary>
internal sealed class ProcessorClock(int? processId)
{
    /// <summary>Since the process began; null when it cannot be told.</summary>
    public TimeSpan? Now()
    {
        if (processId is not { } id)
        {
            return null;
        }

        try
        {
            using var process = Process.GetProcessById(id);
            return process.TotalProcessorTime;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended, or belongs to somebody else: then this figure is left out.
            return null;
        }
    }
}
