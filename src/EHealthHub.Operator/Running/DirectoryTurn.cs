namespace EHealthHub.Operator.Running;

/// <summary>A lock file that two commands on one directory take turns with. The operating system gives it back when its holder dies.</summary>
internal static class DirectoryTurn
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits for the turn; throws <see cref="TimeoutException"/> when it does not come.</summary>
    public static async Task<IDisposable> Take(string path, TimeSpan within, TimeProvider time, CancellationToken cancel)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            if (TryTake(path) is { } turn)
            {
                return turn;
            }

            if (time.GetElapsedTime(since) > within)
            {
                throw new TimeoutException($"Another command has held {path} for {within.TotalSeconds:0} s.");
            }

            await Task.Delay(Look, time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The turn, or null while another has it.</summary>
    public static FileStream? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Held by another process; that is the only reason why an existing file in our own directory cannot be opened so.
            return null;
        }
    }
}
