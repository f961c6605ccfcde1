using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;

namespace EHealthHub.Audit.Tests.Log;

public class AuditLogTests
{
    [Fact]
    public async Task Who_goes_on_after_a_group_goes_on_in_the_pool_and_keeps_nobody_else_waiting()
    {
        using var test = new TestLog();
        await using var log = test.Open();
        using var blocked = new ManualResetEventSlim();
        var holding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var positions = await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
        {
            var receipt = await log.Append(TestLog.Entry($"brief {i}"), TestLog.Ask, default, isBrief: true).ConfigureAwait(false);
            Assert.True(Thread.CurrentThread.IsThreadPoolThread);
            return receipt.Position.Index;
        }));
        Assert.Equal(64, positions.Distinct().Count());

        // One that does not keep its word holds up its own group and no later one.
        var late = Task.Run(async () =>
        {
            await log.Append(TestLog.Entry("not brief at all"), TestLog.Ask, default, isBrief: true).ConfigureAwait(false);
            holding.SetResult();
            blocked.Wait();
        });
        await holding.Task.WaitAsync(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 20; i++)
        {
            await log.Append(TestLog.Entry($"after {i}"), TestLog.Ask, default, isBrief: i % 2 == 0).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        }

        blocked.Set();
        await late.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task What_was_appended_is_read_back_in_order_before_and_after_a_restart()
    {
        using var test = new TestLog();
        await using (var log = test.Open())
        {
            for (var i = 0; i < 10; i++)
            {
                var receipt = await log.Append(TestLog.Entry($"entry {i}"), TestLog.Ask, default);
                Assert.Equal(i, receipt.Position.Index);
                Assert.StartsWith($"{TestLog.Origin}/{i}/", receipt.Position.ToString(), StringComparison.Ordinal);
            }

            Assert.Equal(Enumerable.Range(3, 7).Select(i => $"entry {i}"), log.ReadFrom(3).Select(read => read.Entry.Detail));
        }

        await using var again = test.Open();
        Assert.Equal(10, again.Size);
        Assert.Equal(10, again.CheckpointSize);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"entry {i}"), again.ReadFrom(0).Select(read => read.Entry.Detail));
        Assert.Empty(again.ReadFrom(10));
        Assert.Empty(again.ReadFrom(1_000));
    }

    [Fact]
    public async Task Parallel_appends_get_contiguous_and_unique_indexes_and_all_are_in_the_tiles()
    {
        using var test = new TestLog();
        await using (var log = test.Open())
        {
            var positions = await Task.WhenAll(Enumerable.Range(0, 64).Select(client => Task.Run(async () =>
            {
                var mine = new List<LogPosition>();
                for (var i = 0; i < 50; i++)
                {
                    mine.Add(i % 2 == 0
                        ? (await log.Append(TestLog.Entry($"{client}/{i}"), TestLog.Ask, default)).Position
                        : await log.Record(TestLog.Entry($"{client}/{i}"), default));
                }

                return mine;
            })));
            Assert.Equal(Enumerable.Range(0, 3_200).Select(i => (long)i), positions.SelectMany(mine => mine).Select(position => position.Index).Order());
            await TestLog.Until(() => log.CheckpointSize == 3_200);
            Assert.Equal(3_200, log.ReadFrom(0).Select(read => read.Entry.Detail).Distinct().Count());
        }

        Assert.True(File.Exists(Path.Combine(test.LogFolderPath, "tile/entries/011")));
        Assert.True(File.Exists(Path.Combine(test.LogFolderPath, "tile/0/012.p/128")));
    }

    [Fact]
    public async Task A_second_writer_is_kept_out()
    {
        using var test = new TestLog();
        await using (test.Open())
        {
            Assert.Throws<IOException>(test.Open);
        }

        await using var later = test.Open();
        Assert.Null(later.Fault);
    }
}
