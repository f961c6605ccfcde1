using EHealthHub.Audit.Verify;

namespace EHealthHub.Benchmarks;

/// <summary>How long does it take to recompute a log of a million entries from its files? Run: <c>audit-verify</c>.</summary>
internal static class AuditVerify
{
    private const int Entries = 1_000_000;
    private const int Clients = 1_000;

    public static async Task Run()
    {
        using var fixture = new AuditFixture();
        await using (var log = fixture.Open())
        {
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
            {
                for (var i = 0; i < Entries / Clients; i++)
                {
                    await log.Record(AuditFixture.Entry(i), default);
                }
            })));
        }

        var keys = new Dictionary<string, byte[]> { [AuditFixture.Origin] = fixture.PublicKey };
        for (var run = 0; run < 3; run++)
        {
            var start = TimeProvider.System.GetTimestamp();
            var report = LogVerifier.Verify(fixture.Folder, keys, [], null, default)[0];
            Console.WriteLine($"{report.CheckpointSize} entries, {report.Problems.Length} problems: {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F2} s on {Environment.ProcessorCount} cores");
        }
    }
}
