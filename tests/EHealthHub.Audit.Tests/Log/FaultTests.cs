using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Audit.Tiles;
using EHealthHub.Audit.Verify;

namespace EHealthHub.Audit.Tests.Log;

/// <summary>Every write fails, twice: not stored, and stored anyway; every write is the last one before the power goes.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly TestLog _test = new();

    private AuditLogOptions Options => _test.Options with
    {
        IntegrateEvery = TimeSpan.FromMilliseconds(10),
        CheckpointEvery = TimeSpan.FromMilliseconds(10),
        RetryEvery = TimeSpan.FromMilliseconds(2),
        SegmentBytesMax = 30_000,
        RoomBytes = 3_000,
        FreeBytesMin = 1_000,
    };

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Whatever_fails_once_and_however_no_acknowledged_entry_is_lost_and_the_log_heals()
    {
        var effects = new[] { Effect.NotStored, Effect.StoredAnyway, Effect.Torn };
        await InParallel((await Operations()) * effects.Length, async number =>
        {
            var (at, effect) = (1 + (number / effects.Length), effects[number % effects.Length]);
            var files = new FaultyFiles { Plan = operation => operation == at ? effect : Effect.None };
            var acknowledged = await Live(files, patient: true);
            await IsWhole(files, acknowledged, $"{effect} at operation {at}");
        });
    }

    [Fact]
    public async Task A_disk_that_fails_for_a_while_is_waited_for() =>
        await InParallel((await Operations()) / 7, async number =>
        {
            var at = 1 + (number * 7);
            var files = new FaultyFiles { Plan = operation => operation < at || operation > at + 15 ? Effect.None : operation % 2 == 0 ? Effect.StoredAnyway : Effect.Torn };
            var acknowledged = await Live(files, patient: true);
            await IsWhole(files, acknowledged, $"from operation {at}");
        });

    [Fact]
    public async Task Whenever_the_power_goes_no_acknowledged_entry_is_lost_and_the_log_opens() =>
        await InParallel(await Operations(), async number =>
        {
            // Torn is not stored for all but writes; stored anyway is what the next operation starts from.
            var at = 1 + number;
            var files = new FaultyFiles { Plan = operation => operation == at ? Effect.Torn : Effect.None, DiesOfIt = true };
            var acknowledged = await Live(files, patient: false);
            for (var seed = 0; seed < 5; seed++)
            {
                await IsWhole(files.AfterCrash(seed < 2 ? seed : seed + (at * 10)), acknowledged, $"at operation {at}, seed {seed}");
            }
        });

    [Fact]
    public async Task A_disk_that_is_almost_full_takes_nothing_and_takes_again_when_there_is_room()
    {
        var files = new FaultyFiles();
        await using var log = Open(files);
        await log.Record(TestLog.Entry("before"), default);
        files.Free = 999;
        await TestLog.Until(() => log.Fault is not null);
        await Assert.ThrowsAsync<AuditUnavailableException>(() => log.Append(TestLog.Entry("refused"), TestLog.Ask, default).AsTask());
        files.Free = 1_000;
        await TestLog.Until(() => log.Fault is null);
        await log.Record(TestLog.Entry("after"), default);
        Assert.Equal(["before", "after"], log.ReadFrom(0).Select(read => read.Entry.Detail));
    }

    [Fact]
    public async Task Entries_that_cannot_be_signed_close_the_log_until_they_can()
    {
        var files = new FaultyFiles();
        await using var log = AuditLog.Open(Options with { UncoveredMax = TimeSpan.FromMilliseconds(50) }, files, _test.EntryKey, _test.Signer, TimeProvider.System);
        _test.Signer.IsBroken = true;
        await log.Record(TestLog.Entry("not covered"), default);
        await TestLog.Until(() => log.Fault is not null);
        await Assert.ThrowsAsync<AuditUnavailableException>(() => log.Record(TestLog.Entry("refused"), default).AsTask());
        Assert.Equal(0, log.CheckpointSize);
        _test.Signer.IsBroken = false;
        await TestLog.Until(() => log.Fault is null && log.CheckpointSize == 1);
        await log.Record(TestLog.Entry("covered"), default);
    }

    [Fact]
    public async Task Too_many_entries_that_wait_are_refused_at_once()
    {
        using var stuck = new ManualResetEventSlim();
        var flushes = 0;
        var files = new FaultyFiles();
        await using var log = AuditLog.Open(Options with { WaitingMax = 3, GroupMax = 1 }, files, _test.EntryKey, _test.Signer, TimeProvider.System);
        await log.Record(TestLog.Entry("first"), default);
        await TestLog.Until(() => log.CheckpointSize == 1);
        files.Plan = _ =>
        {
            if (Interlocked.Increment(ref flushes) == 1)
            {
                stuck.Wait();
            }

            return Effect.None;
        };
        var held = log.Record(TestLog.Entry("in the disk's hands"), default).AsTask();
        await TestLog.Until(() => Volatile.Read(ref flushes) == 1);
        var waiting = Enumerable.Range(0, 3).Select(i => log.Record(TestLog.Entry($"waits {i}"), default).AsTask()).ToList();
        var refused = log.Record(TestLog.Entry("refused"), default);
        Assert.True(refused.IsFaulted);
        await Assert.ThrowsAsync<AuditUnavailableException>(() => refused.AsTask());
        using var impatient = new CancellationTokenSource();
        stuck.Set();
        await held;
        Assert.Equal([2, 3, 4], (await Task.WhenAll(waiting)).Select(position => position.Index));
    }

    [Fact]
    public async Task A_caller_who_gives_up_gets_no_receipt_and_a_closed_log_takes_nothing()
    {
        var log = Open(new FaultyFiles());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => log.Append(TestLog.Entry("x"), TestLog.Ask, new CancellationToken(true)).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => log.Append(TestLog.Entry("x"), new byte[31], default).AsTask());
        await log.DisposeAsync();
        await log.DisposeAsync();
        await Assert.ThrowsAsync<AuditUnavailableException>(() => log.Record(TestLog.Entry("x"), default).AsTask());
    }

    /// <summary>Most of the time goes by waiting for the log's own threads.</summary>
    private static Task InParallel(int count, Func<int, Task> run) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) => await run(number));

    private AuditLog Open(FaultyFiles files) => AuditLog.Open(Options, files, _test.EntryKey, _test.Signer, TimeProvider.System);

    private async Task<int> Operations()
    {
        var files = new FaultyFiles();
        await Live(files, patient: true);
        Assert.InRange(files.Operations, 60, 1_500);
        return files.Operations;
    }

    /// <summary>A short life with two starts: bursts that fill a tile and several segments, then single entries. Returns what was acknowledged.</summary>
    private async Task<List<(long Index, string Detail)>> Live(FaultyFiles files, bool patient)
    {
        var acknowledged = new List<(long, string)>();
        foreach (var (start, burst) in new[] { (1, 200), (2, 70) })
        {
            await using var log = await TryOpen(files, patient);
            if (log is null)
            {
                return acknowledged;
            }

            await Task.WhenAll(Enumerable.Range(0, burst).Select(i => Record(log, $"{start}/burst {i}", patient, acknowledged)));
            await WriteHeads(log, patient);
            await Task.Delay(15);
            for (var i = 0; i < 2; i++)
            {
                await Record(log, $"{start}/{i}", patient, acknowledged);
            }
        }

        return acknowledged;
    }

    private async Task<AuditLog?> TryOpen(FaultyFiles files, bool patient)
    {
        for (var attempt = 0; attempt < (patient ? 100 : 1); attempt++)
        {
            try
            {
                return Open(files);
            }
            catch (IOException)
            {
                // What a start that fails leaves has to be good enough for the next one.
            }
        }

        return null;
    }

    private static async Task Record(AuditLog log, string detail, bool patient, List<(long, string)> acknowledged)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var position = await log.Record(TestLog.Entry(detail) with { Patients = ["the same in all", $"one of few, {detail.Length % 3}", detail] }, default);
                lock (acknowledged)
                {
                    acknowledged.Add((position.Index, detail));
                }

                return;
            }
            catch (AuditUnavailableException) when (attempt < 1_000)
            {
                if (!patient)
                {
                    return;
                }

                await Task.Delay(2);
            }
        }
    }

    private static async Task WriteHeads(AuditLog log, bool patient)
    {
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            try
            {
                await log.WriteHeads(default);
                return;
            }
            catch (AuditUnavailableException)
            {
                if (!patient)
                {
                    return;
                }

                await Task.Delay(2);
            }
        }
    }

    private async Task IsWhole(FaultyFiles files, List<(long Index, string Detail)> acknowledged, string when)
    {
        files.Plan = _ => Effect.None;
        await using (var log = Open(files))
        {
            var entries = log.ReadFrom(0).Select(read => read.Entry.Kind == EntryKind.Heads ? "heads" : read.Entry.Detail).ToList();
            Assert.Equal(log.Size, entries.Count);
            foreach (var (index, detail) in acknowledged)
            {
                Assert.True(index < entries.Count && entries[(int)index] == detail, $"{when}: entry {index} should be {detail}");
            }

            var position = await log.Record(TestLog.Entry("and on it goes"), default);
            Assert.Equal(entries.Count, position.Index);
            await log.WriteHeads(default);
        }

        var folder = Path.Combine(_test.Folder, Guid.CreateVersion7(DateTimeOffset.UnixEpoch).ToString());
        files.Export(Path.Combine(folder, LogFolder.NameOf(TestLog.Origin)));
        var report = Assert.Single(LogVerifier.Verify(folder, _test.Keys, [], null, default, _ => _test.EntryKey));
        Assert.True(report.Problems.IsEmpty, $"{when}: {string.Join("; ", report.Problems)}");
        Assert.Equal(report.DurableSize, report.CheckpointSize);
        Directory.Delete(folder, true);
    }
}
