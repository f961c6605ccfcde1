using System.Diagnostics;
using EHealthHub.Trust.Tests.Support;
using Xunit.Abstractions;

namespace EHealthHub.Trust.Tests.Tokens;

/// <summary>What it costs to know who is speaking on a warm connection: memory exactly, time by the best of many rounds, since other work may run beside this.</summary>
public sealed class CostTests(ITestOutputHelper output) : IDisposable
{
    private const int Calls = 2_000;
    private readonly TestHub _hub = new();

    [Theory]
    [InlineData("hospital-ankara", null)]
    [InlineData("hospital-ankara", "dr-ayse")]
    [InlineData("dr-ayse", null)]
    public async Task Warm_authentication_costs_microseconds_and_a_few_hundred_bytes(string connection, string? card)
    {
        var certificate = _hub.Certificate(connection);
        var token = card is null ? null : _hub.Issue(connection, card).AccessToken;
        var (best, bytes) = (double.MaxValue, 0L);
        for (var round = 0; round < 20; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < Calls; i++)
            {
                var identified = _hub.Factory.IdentifyAsync(certificate, token, CancellationToken.None);
                Assert.True(identified.IsCompleted && (await identified).Caller is not null);
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(began).TotalMicroseconds / Calls);
            bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
        }

        output.WriteLine($"{connection} {card}: {best:0.0} us, {bytes} bytes");
        Assert.InRange(best, 0, 20);
        Assert.InRange(bytes, 0, 400);
    }

    public void Dispose() => _hub.Dispose();
}
