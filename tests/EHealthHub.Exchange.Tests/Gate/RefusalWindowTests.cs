using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Gate;
using EHealthHub.Exchange.Tests.Support;

namespace EHealthHub.Exchange.Tests.Gate;

public sealed class RefusalWindowTests
{
    [Fact]
    public async Task A_minute_of_one_reason_and_source_is_one_entry_and_a_count()
    {
        var time = new MovableTime();
        await using var test = new TestLog(time);
        var window = new RefusalWindow(test.Log, time);

        var first = await window.Count(EntryKind.Refusal, "Expired", "10.0.0.0/24", "identify", 403, default);
        for (var i = 0; i < 99; i++)
        {
            Assert.Equal(first, await window.Count(EntryKind.Refusal, "Expired", "10.0.0.0/24", "identify", 403, default));
        }

        var other = await window.Count(EntryKind.Refusal, "Revoked", "10.0.0.0/24", "identify", 403, default);
        time.Move(TimeSpan.FromMinutes(2));
        await window.CloseOld(all: false);

        var entries = test.Log.ReadFrom(0).Select(e => e.Entry).ToList();
        Assert.NotEqual(first, other);
        Assert.Equal(3, entries.Count);
        Assert.Equal(100, Assert.Single(entries, e => e.Count > 1).Count);
        Assert.NotEqual(first, await window.Count(EntryKind.Refusal, "Expired", "10.0.0.0/24", "identify", 403, default));
    }

    [Fact]
    public async Task Parallel_refusals_share_their_first_entry()
    {
        var time = new MovableTime();
        await using var test = new TestLog(time);
        var window = new RefusalWindow(test.Log, time);

        var positions = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(async () => await window.Count(EntryKind.Refusal, "Unregistered", "10.0.0.0/24", "identify", 403, default))));

        Assert.Single(positions.Select(p => p.Index).Distinct());
        Assert.Equal(1, test.Log.Size);
    }

    [Fact]
    public async Task Many_sources_are_bounded()
    {
        var time = new MovableTime();
        await using var test = new TestLog(time);
        var window = new RefusalWindow(test.Log, time);
        await Parallel.ForEachAsync(Enumerable.Range(0, RefusalWindow.WindowsMax + 500), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, token) =>
            await window.Count(EntryKind.Refusal, "NoCertificate", FormattableString.Invariant($"10.{i / 256}.{i % 256}.0/24"), "identify", 403, token));

        // Callers that arrive at the very bound may each open one more.
        Assert.InRange(test.Log.Size, RefusalWindow.WindowsMax, RefusalWindow.WindowsMax + 66);
    }
}
