using EHealthHub.Audit.Log;

namespace EHealthHub.Benchmarks;

/// <summary>What does an entry cost that is durable before its receipt is released, alone and among many? Told beside an fsync probe of the same disk in the same run. Run: <c>audit-append</c>.</summary>
internal static class AuditAppend
{
    private static readonly TimeSpan s_runTime = TimeSpan.FromSeconds(4);

    public static async Task Run()
    {
        using var fixture = new AuditFixture();
        await using var log = fixture.Open();
        await Load(log, 64, TimeSpan.FromSeconds(1), TimeSpan.Zero);

        // 5,000/s is the peak that a whole country is reckoned with; then as many as the clients can.
        await Measure(fixture, log, 50, TimeSpan.FromMilliseconds(10));
        foreach (var clients in new[] { 1, 16, 64, 256, 1_024 })
        {
            await Measure(fixture, log, clients, TimeSpan.Zero);
        }
    }

    private static async Task Measure(AuditFixture fixture, AuditLog log, int clients, TimeSpan pace)
    {
        var probe = fixture.ProbeFsync(200);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var times = await Load(log, clients, s_runTime, pace);
        var allocated = (GC.GetTotalAllocatedBytes(precise: true) - before) / times.Length;
        var (fsync, p50, p99) = (At(probe, 0.5), At(times, 0.5), At(times, 0.99));
        Console.WriteLine(
            $"{clients,5} clients{(pace > TimeSpan.Zero ? " at a pace" : "")}: {times.Length / s_runTime.TotalSeconds,8:F0}/s  p50 {p50,6:F2} ms  p99 {p99,6:F2} ms  fsync p50 {fsync:F2} p99 {At(probe, 0.99):F2} ms  "
            + $"p99/fsync p50 {p99 / fsync,5:F1}  goal (3 x fsync p50 + 10 ms) {(3 * fsync) + 10:F1}  {allocated} B/append");
    }

    private static async Task<TimeSpan[]> Load(AuditLog log, int clients, TimeSpan runTime, TimeSpan pace)
    {
        var end = TimeProvider.System.GetTimestamp() + (long)(runTime.TotalSeconds * TimeProvider.System.TimestampFrequency);
        var times = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var mine = new List<TimeSpan>(65_536 / clients);
            for (var number = 0L; ; number++)
            {
                var start = TimeProvider.System.GetTimestamp();
                if (start > end)
                {
                    return mine;
                }

                await log.Append(AuditFixture.Entry(number), AuditFixture.Ask, default);
                var took = TimeProvider.System.GetElapsedTime(start);
                mine.Add(took);
                if (pace > took)
                {
                    await Task.Delay(pace - took);
                }
            }
        })));
        return [.. times.SelectMany(mine => mine).Order()];
    }

    private static double At(TimeSpan[] sorted, double quantile) => sorted[(int)(quantile * (sorted.Length - 1))].TotalMilliseconds;
}
