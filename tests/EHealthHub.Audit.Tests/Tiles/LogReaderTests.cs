using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Tests.Tiles;

public class LogReaderTests
{
    [Fact]
    public async Task A_reader_sees_every_entry_in_bundles_and_in_the_journal_and_opens_it_with_the_key()
    {
        using var test = new TestLog();
        await using var log = AuditLogOf(test);
        await TestLog.Append(log, 600);
        await TestLog.Until(() => log.CheckpointSize == 600);
        test.Signer.IsBroken = true;
        await TestLog.Append(log, 30);
        Assert.Equal([test.LogFolderPath], LogReader.FoldersIn(test.Folder));
        var reader = LogReader.Open(test.LogFolderPath);
        Assert.Equal((TestLog.Origin, 600, 630), (reader.Origin, reader.CheckpointSize, reader.Size));
        Assert.Equal(log.Checkpoint, reader.Checkpoint);
        var opened = reader.Leaves(0, long.MaxValue).Select(leaf => (leaf.Index, Entry: EntryEnvelope.Open(test.EntryKey, reader.Origin, leaf.Leaf.Span)!.Detail)).ToList();
        Assert.Equal(log.ReadFrom(0).Select(read => (read.Index, read.Entry.Detail)), opened);
        Assert.Equal(Enumerable.Range(595, 10).Select(i => (long)i), reader.Leaves(595, 605).Select(leaf => leaf.Index));
        Assert.Empty(reader.Leaves(630, 700));
        Assert.Null(reader.Proof(600));

        await TestLog.Append(log, 5);
        Assert.Equal(630, reader.Size);
        reader.Refresh();
        Assert.Equal(635, reader.Size);
        Assert.Single(reader.Leaves(634, 635));
    }

    [Fact]
    public async Task A_reader_keeps_up_with_a_writer_that_retires_its_journal()
    {
        using var test = new TestLog();
        await using var log = AuditLogOf(test);
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await log.Record(TestLog.Entry("grows"), default);
            }
        })).ToList();
        var reader = LogReader.Open(test.LogFolderPath);
        long next = 0;
        while (next < 5_000)
        {
            var stale = reader.Leaves(next, long.MaxValue);
            await Task.Delay(20);
            foreach (var (index, leaf) in stale)
            {
                Assert.Equal(next++, index);
                Assert.NotNull(EntryEnvelope.Open(test.EntryKey, reader.Origin, leaf.Span));
            }

            reader.Refresh();
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task What_is_no_log_or_is_damaged_throws()
    {
        using var test = new TestLog();
        Assert.Empty(LogReader.FoldersIn(Path.Combine(test.Folder, "nowhere")));
        Assert.Throws<InvalidDataException>(() => LogReader.Open(Path.Combine(test.Folder, "no log")));
        Assert.Throws<InvalidDataException>(() => LogReader.Open(test.LogFolderPath));
        await test.Fill(300);
        File.Delete(Path.Combine(test.LogFolderPath, "tile/entries/000"));
        var reader = LogReader.Open(test.LogFolderPath);
        Assert.Throws<InvalidDataException>(() => reader.Leaves(0, 10).ToList());
        File.WriteAllText(Path.Combine(test.LogFolderPath, "checkpoint"), "nonsense");
        Assert.Throws<InvalidDataException>(reader.Refresh);
    }

    private static Audit.Log.AuditLog AuditLogOf(TestLog test) =>
        Audit.Log.AuditLog.Open(test.Options with { SegmentBytesMax = 60_000 }, test.EntryKey, test.Signer, TimeProvider.System);
}
