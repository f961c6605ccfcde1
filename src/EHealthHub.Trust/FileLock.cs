namespace EHealthHub.Trust;

/// <summary>One writer at a time, across processes: an advisory lock on a file that stays. The operating system lets go of it when its holder dies.</summary>
internal static class FileLock
{
    private const int AttemptsMax = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits up to ten seconds; dispose to let go. Throws <see cref="IOException"/> when another holds it longer.</summary>
    internal static FileStream Acquire(string path)
    {
        using var pause = new ManualResetEventSlim();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < AttemptsMax)
            {
                pause.Wait(Pause);
            }
        }
    }
}
