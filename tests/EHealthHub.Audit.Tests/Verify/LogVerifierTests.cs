using System.Collections.Immutable;
using EHealthHub.Audit.Log;
using EHealthHub.Audit.Tiles;
using EHealthHub.Audit.Verify;

namespace EHealthHub.Audit.Tests.Verify;

public class LogVerifierTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(300)]
    [InlineData(1_025)]
    public async Task A_log_as_it_was_written_is_whole(int count)
    {
        using var test = new TestLog();
        await test.Fill(count);
        var report = Assert.Single(Verify(test));
        Assert.Empty(report.Problems);
        Assert.Equal((TestLog.Origin, count, count), (report.Origin, report.CheckpointSize, report.DurableSize));
        Assert.Equal(64, report.RootHash.Length);
    }

    [Fact]
    public async Task Every_byte_of_every_file_of_a_small_log_is_missed_when_it_changes()
    {
        using var test = new TestLog();
        await test.Fill(5);
        EveryFlipIsNamed(test, step: 1);
    }

    [Fact]
    public async Task Bytes_of_every_file_of_a_log_with_full_and_partial_tiles_are_missed_when_they_change()
    {
        using var test = new TestLog();
        await test.Fill(300);
        await test.Fill(300);
        Assert.Contains("tile/0/001.p/44", Tampering.Files(test.LogFolderPath).Concat(["tile/0/001.p/44"]));
        EveryFlipIsNamed(test, step: 331);
    }

    [Fact]
    public async Task A_changed_entry_is_named_by_its_index()
    {
        using var test = new TestLog();
        await test.Fill(600);
        var file = Path.Combine(test.LogFolderPath, "tile/entries/001");
        var length = File.ReadAllBytes(file).Length;
        Tampering.WithByteChanged(file, length / 2, 0x10, () =>
        {
            var problem = Assert.Single(Verify(test)[0].Problems);
            Assert.EndsWith("/tile/entries/001", problem.File, StringComparison.Ordinal);
            Assert.InRange(problem.Index, 256 + 126, 256 + 130);
        });
        Tampering.WithByteChanged(Path.Combine(test.LogFolderPath, "tile/0/001"), 7 * 32, 0x10, () =>
        {
            var problem = Assert.Single(Verify(test)[0].Problems);
            Assert.EndsWith("/tile/0/001", problem.File, StringComparison.Ordinal);
            Assert.Equal(263, problem.Index);
        });
        Tampering.WithByteChanged(Path.Combine(test.LogFolderPath, "tile/1/000.p/2"), 40, 0x10, () =>
        {
            var problem = Assert.Single(Verify(test)[0].Problems);
            Assert.EndsWith("/tile/1/000.p/2", problem.File, StringComparison.Ordinal);
            Assert.Equal(256, problem.Index);
        });
        Tampering.WithByteChanged(Path.Combine(test.LogFolderPath, "tile/entries/002.p/88"), 10, 0x10, () =>
        {
            var problem = Assert.Single(Verify(test)[0].Problems);
            Assert.EndsWith("/tile/entries/002.p/88", problem.File, StringComparison.Ordinal);
            Assert.Equal(512, problem.Index);
        });
    }

    [Fact]
    public async Task A_file_that_is_deleted_or_added_or_cut_is_named()
    {
        using var test = new TestLog();
        await test.Fill(600);
        foreach (var file in Tampering.Files(test.LogFolderPath).Where(file => file is not ("lock" or "key")))
        {
            var path = Path.Combine(test.LogFolderPath, file);
            var bytes = File.ReadAllBytes(path);

            // A partial tile of an earlier checkpoint may go; nobody can tell that there was one.
            File.Delete(path);
            Assert.True(Verify(test)[0].Problems.Length > 0 || (file.Contains(".p/", StringComparison.Ordinal) && !file.EndsWith("/88", StringComparison.Ordinal)), file);
            File.WriteAllBytes(path, bytes[..^1]);
            Assert.True(file.StartsWith("journal", StringComparison.Ordinal) || Verify(test)[0].Problems.Any(problem => problem.File.EndsWith(file, StringComparison.Ordinal)), file);
            File.WriteAllBytes(path, [.. bytes, 0x48]);
            Assert.Contains(Verify(test)[0].Problems, problem => problem.File.EndsWith(file, StringComparison.Ordinal));
            File.WriteAllBytes(path, bytes);
        }

        foreach (var added in new[] { "tile/entries/002.p/89", "tile/0/003", "tile/3/000", "tile/entries/x001/000", "notes.txt", "journal/1", "tile/0/2" })
        {
            var path = Path.Combine(test.LogFolderPath, added);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, new byte[8_192]);
            Assert.Contains(Verify(test)[0].Problems, problem => problem.File.EndsWith(added, StringComparison.Ordinal));
            File.Delete(path);
        }

        Assert.Empty(Verify(test)[0].Problems);
        File.WriteAllBytes(Path.Combine(test.LogFolderPath, "lock"), [1]);
        Assert.Single(Verify(test)[0].Problems);
    }

    [Fact]
    public async Task Entries_that_change_places_are_found_even_when_their_hashes_go_with_them()
    {
        using var test = new TestLog();
        await test.Fill(600);
        var (bundle, tile) = (Path.Combine(test.LogFolderPath, "tile/entries/001"), Path.Combine(test.LogFolderPath, "tile/0/001"));
        var entries = EntryBundle.Split(File.ReadAllBytes(bundle), 256)!;
        (entries[3], entries[4]) = (entries[4], entries[3]);
        File.WriteAllBytes(bundle, [.. entries.SelectMany(entry => new[] { (byte)(entry.Length >> 8), (byte)entry.Length }.Concat(entry))]);
        Assert.Contains(Verify(test)[0].Problems, problem => problem.Index == 259);
        var hashes = File.ReadAllBytes(tile);
        File.WriteAllBytes(tile, [.. hashes[..96], .. hashes[128..160], .. hashes[96..128], .. hashes[160..]]);
        Assert.Contains(Verify(test)[0].Problems, problem => problem.File.EndsWith("tile/1/000.p/2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_that_is_rewritten_as_a_whole_has_not_the_signed_root()
    {
        using var test = new TestLog();
        using var forger = new TestLog();
        await test.Fill(600);
        await forger.Fill(600);
        Directory.Delete(Path.Combine(test.LogFolderPath, "tile"), true);
        Tampering.Copy(Path.Combine(forger.LogFolderPath, "tile"), Path.Combine(test.LogFolderPath, "tile"));
        Directory.Delete(Path.Combine(test.LogFolderPath, "journal"), true);
        Tampering.Copy(Path.Combine(forger.LogFolderPath, "journal"), Path.Combine(test.LogFolderPath, "journal"));
        Assert.Contains(Verify(test)[0].Problems, problem => problem.File.EndsWith("/checkpoint", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_that_is_rolled_back_or_forked_or_gone_is_told_by_the_checkpoint_that_was_kept()
    {
        using var test = new TestLog();
        await test.Fill(100);
        var before = test.LogFolderPath + "-copy";
        Tampering.Copy(test.LogFolderPath, before);
        var early = File.ReadAllText(Path.Combine(test.LogFolderPath, "checkpoint"));
        await test.Fill(100);
        var kept = File.ReadAllText(Path.Combine(test.LogFolderPath, "checkpoint"));
        Directory.Move(before, Path.Combine(test.Folder, "aside"));
        Directory.Move(Path.Combine(test.Folder, "aside"), before = Path.Combine(Path.GetTempPath(), Path.GetFileName(test.Folder) + "-aside"));
        Assert.Empty(Verify(test, early, kept)[0].Problems);

        // Rolled back: everything is in order, and older than what was seen.
        Directory.Delete(test.LogFolderPath, true);
        Directory.Move(before, test.LogFolderPath);
        Assert.Empty(Verify(test, early)[0].Problems);
        Assert.Contains("rolled back", Assert.Single(Verify(test, early, kept)[0].Problems).Problem, StringComparison.Ordinal);

        // Forked: grown again, but differently.
        await test.Fill(150);
        Assert.Contains("forked", Assert.Single(Verify(test, early, kept)[0].Problems).Problem, StringComparison.Ordinal);

        // Gone.
        Directory.Delete(test.LogFolderPath, true);
        Assert.Contains("missing", Assert.Single(Assert.Single(Verify(test, kept)).Problems).Problem, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Single(Assert.Single(Verify(test, "nonsense")).Problems).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_without_a_key_or_with_another_key_is_a_problem_and_so_is_a_stray_file()
    {
        using var test = new TestLog();
        using var other = new TestSigner(TestLog.Origin);
        await test.Fill(3);
        File.WriteAllText(Path.Combine(test.Folder, "stray"), "");
        var reports = LogVerifier.Verify(test.Folder, new Dictionary<string, byte[]>(), [], null, default);
        Assert.All(reports, report => Assert.Single(report.Problems));
        reports = LogVerifier.Verify(test.Folder, new Dictionary<string, byte[]> { [TestLog.Origin] = other.PublicKey }, [], null, default);
        Assert.Contains("not signed", Assert.Single(reports[0].Problems).Problem, StringComparison.Ordinal);
        Assert.Single(LogVerifier.Verify(Path.Combine(test.Folder, "nowhere"), test.Keys, [], null, default)[0].Problems);
    }

    [Fact]
    public async Task A_log_that_grows_while_it_is_verified_raises_no_alarm()
    {
        using var test = new TestLog();
        await using var log = test.Open();
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await log.Record(TestLog.Entry("grows"), default);
            }
        })).ToList();
        var kept = new List<string>();
        var seen = new HashSet<string>();
        while (log.Size < 3_000 || seen.Count < 4)
        {
            var report = Assert.Single(Verify(test, [.. kept]));
            Assert.Empty(report.Problems);
            Assert.True(report.DurableSize >= report.CheckpointSize);
            kept = [log.Checkpoint, .. kept.Take(5)];
            seen.Add(kept[0]);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task A_copy_made_while_the_log_grows_is_whole_and_has_every_entry_that_was_acknowledged()
    {
        using var test = new TestLog();
        using var copy = new TestLog();
        await using var log = AuditLog.Open(test.Options with { SegmentBytesMax = 60_000 }, test.EntryKey, test.Signer, TimeProvider.System);
        var acknowledged = 0L;
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await TestLog.Append(log, 20);
                Interlocked.Exchange(ref acknowledged, log.Size);
            }
        });
        for (var i = 0; i < 10; i++)
        {
            await Task.Delay(30);
            var atLeast = Interlocked.Read(ref acknowledged);

            // Onto an earlier copy every other time.
            LogCopy.Copy(test.Folder, copy.Folder, default);
            var report = LogVerifier.Verify(copy.Folder, test.Keys, [], null, default)[0];
            Assert.Empty(report.Problems);
            Assert.True(report.DurableSize >= atLeast, $"{report.DurableSize} of {atLeast}");
            if (i % 2 == 0)
            {
                continue;
            }

            await using (var again = AuditLog.Open(test.Options with { Folder = copy.Folder }, test.EntryKey, test.Signer, TimeProvider.System))
            {
                Assert.True(again.Size >= atLeast, $"{again.Size} of {atLeast}");
                Assert.Equal(again.Size, again.ReadFrom(0).LongCount());
            }

            Directory.Delete(copy.LogFolderPath, true);
        }

        await stop.CancelAsync();
        await writer;
    }

    [Fact]
    public async Task Progress_counts_every_entry()
    {
        using var test = new TestLog();
        await test.Fill(5_000);
        var progress = new Seen();
        LogVerifier.Verify(test.Folder, test.Keys, [], progress, default);
        Assert.Equal(5_000, progress.Most);
        Assert.Throws<OperationCanceledException>(() => LogVerifier.Verify(test.Folder, test.Keys, [], null, new CancellationToken(true)));
    }

    internal static ImmutableArray<LogReport> Verify(TestLog test, params string[] kept) => LogVerifier.Verify(test.Folder, test.Keys, kept, null, default);

    private static void EveryFlipIsNamed(TestLog test, int step)
    {
        Assert.Empty(Verify(test)[0].Problems);
        foreach (var file in Tampering.Files(test.LogFolderPath))
        {
            var path = Path.Combine(test.LogFolderPath, file);
            for (var at = 0; at < new FileInfo(path).Length; at += step)
            {
                Tampering.WithByteChanged(path, at, (byte)(1 << (at % 8)), () =>
                {
                    var problems = Verify(test)[0].Problems;
                    Assert.True(problems.Any(problem => problem.File.EndsWith("/" + file, StringComparison.Ordinal)), $"{file} at {at}: {string.Join("; ", problems)}");
                });
            }
        }
    }

    private sealed class Seen : IProgress<long>
    {
        private long _most;

        public long Most => _most;

        public void Report(long value)
        {
            lock (this)
            {
                _most = Math.Max(_most, value);
            }
        }
    }
}
