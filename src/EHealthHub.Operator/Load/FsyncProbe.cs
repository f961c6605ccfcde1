namespace EHealthHub.Operator.Load;

/// <summary>How long the data directory's disk takes to make 4 KiB durable: the floor under every write's latency.</summary>
internal static class FsyncProbe
{
    private const int Rounds = 200;
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    public static LatencyHistogram Run(string folder, TimeProvider time)
    {
        var path = Path.Combine(folder, "fsync.probe");
        var latency = new LatencyHistogram();
        var block = new byte[4_096];
        try
        {
            using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None);
            var begin = time.GetTimestamp();
            for (var i = 0; i < Rounds && time.GetElapsedTime(begin) < Within; i++)
            {
                block[0] = (byte)i;
                var since = time.GetTimestamp();
                RandomAccess.Write(file, block, (long)i * block.Length);
                RandomAccess.FlushToDisk(file);
                latency.Add(time.GetElapsedTime(since));
            }
        }
        finally
        {
            File.Delete(path);
        }

        return latency;
    }
}
