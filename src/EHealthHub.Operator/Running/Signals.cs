using System.Runtime.InteropServices;

namespace EHealthHub.Operator.Running;

/// <summary>Signals to other processes, which the framework can only kill.</summary>
internal static class Signals
{
    private const int Term = 15;
    private const int Kill = 9;

    /// <summary>Asks a process to end. False when it is gone or not ours to ask.</summary>
    public static bool Terminate(int id) => Send(id, Term) == 0;

    /// <summary>Ends a process.</summary>
    public static bool End(int id) => Send(id, Kill) == 0;

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Send(int id, int signal);
}
