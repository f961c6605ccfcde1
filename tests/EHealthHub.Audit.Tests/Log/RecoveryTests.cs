using EHealthHub.Audit.Journal;
using EHealthHub.Audit.Tests.Verify;

namespace EHealthHub.Audit.Tests.Log;

/// <summary>What a start does with files that no crash leaves.</summary>
public class RecoveryTests
{
    [Fact]
    public async Task A_tail_of_the_journal_cut_at_any_byte_is_dropped_back_to_what_was_whole()
    {
        using var test = new TestLog();
        await test.Fill(3);
        await using (var log = test.Open())
        {
            // Broken, so that what follows stays beyond the checkpoint.
            test.Signer.IsBroken = true;
            await log.Record(TestLog.Entry("kept"), default);
            await log.Record(TestLog.Entry("torn"), default);
        }

        test.Signer.IsBroken = false;
        var segment = Path.Combine(test.LogFolderPath, Tampering.Files(test.LogFolderPath).Last(file => file.StartsWith("journal", StringComparison.Ordinal)));
        var bytes = File.ReadAllBytes(segment);
        var half = SegmentHeader.Size + ((bytes.Length - SegmentHeader.Size) / 2);
        var aside = test.Folder + "-aside";
        Tampering.Copy(test.LogFolderPath, aside);
        for (var length = SegmentHeader.Size; length <= bytes.Length; length += 3)
        {
            Directory.Delete(test.LogFolderPath, true);
            Tampering.Copy(aside, test.LogFolderPath);
            File.WriteAllBytes(segment, bytes[..length]);
            await using var again = test.Open();
            Assert.Equal(length == bytes.Length ? 5 : length >= half ? 4 : 3, again.Size);
        }

        Directory.Delete(aside, true);
    }

    [Fact]
    public async Task Anything_else_that_does_not_fit_together_refuses_to_open_and_is_left_as_it_is()
    {
        using var test = new TestLog();
        await test.Fill(300);
        await test.Fill(20);
        var segments = Tampering.Files(test.LogFolderPath).Where(file => file.StartsWith("journal", StringComparison.Ordinal)).ToList();
        var damages = new (string What, Action<string> Do)[]
        {
            ("checkpoint gone", folder => File.Delete(Path.Combine(folder, "checkpoint"))),
            ("checkpoint changed", folder => Flip(Path.Combine(folder, "checkpoint"), 50)),
            ("journal gone", folder => Directory.Delete(Path.Combine(folder, "journal"), true)),
            ("journal changed", folder => Flip(Path.Combine(folder, segments[^1]), 300)),
            ("header changed", folder => Flip(Path.Combine(folder, segments[^1]), 3)),
            ("journal cut below the checkpoint", folder => File.WriteAllBytes(Path.Combine(folder, segments[^1]), File.ReadAllBytes(Path.Combine(folder, segments[^1]))[..SegmentHeader.Size])),
            ("a stranger in the journal", folder => File.WriteAllText(Path.Combine(folder, "journal/notes"), "")),
            ("edge tile changed", folder => Flip(Path.Combine(folder, "tile/0/001.p/64"), 5)),
            ("edge tile gone", folder => File.Delete(Path.Combine(folder, "tile/0/001.p/64"))),
            ("upper tile changed", folder => Flip(Path.Combine(folder, "tile/1/000.p/1"), 5)),
            ("edge bundle changed", folder => Flip(Path.Combine(folder, "tile/entries/001.p/64"), 5)),
            ("rolled-back checkpoint over a retired journal", folder => File.Move(Path.Combine(folder, segments[^1]), Path.Combine(folder, "journal/00000000000000000999"))),
        };
        var aside = test.Folder + "-aside";
        Tampering.Copy(test.LogFolderPath, aside);
        foreach (var (what, damage) in damages)
        {
            Directory.Delete(test.LogFolderPath, true);
            Tampering.Copy(aside, test.LogFolderPath);
            damage(test.LogFolderPath);
            var before = Tampering.Files(test.LogFolderPath).Where(file => file != "lock").ToDictionary(file => file, file => Convert.ToHexString(File.ReadAllBytes(Path.Combine(test.LogFolderPath, file))));
            Assert.True(Record.Exception(test.Open) is InvalidDataException { Message.Length: > 20 }, what);
            Assert.Equal(before, Tampering.Files(test.LogFolderPath).Where(file => file != "lock").ToDictionary(file => file, file => Convert.ToHexString(File.ReadAllBytes(Path.Combine(test.LogFolderPath, file)))));
        }

        Directory.Delete(aside, true);
    }

    [Fact]
    public async Task A_log_opens_with_its_own_key_and_origin_only()
    {
        using var test = new TestLog();
        await test.Fill(1);
        using var other = new TestSigner(TestLog.Origin);
        using var named = new TestSigner("another/log");
        Assert.Throws<InvalidDataException>(() => Audit.Log.AuditLog.Open(test.Options, test.EntryKey, other, TimeProvider.System));
        Assert.Throws<ArgumentException>(() => Audit.Log.AuditLog.Open(test.Options, test.EntryKey, named, TimeProvider.System));
        var faults = Assert.Throws<ArgumentException>(() => Audit.Log.AuditLog.Open(test.Options with { Origin = "../x", GroupMax = 0, FreeBytesMin = -1 }, test.EntryKey, test.Signer, TimeProvider.System));
        Assert.Contains("Origin", faults.Message, StringComparison.Ordinal);
        Assert.Contains("GroupMax", faults.Message, StringComparison.Ordinal);
        Assert.Contains("FreeBytesMin", faults.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_whose_entries_the_key_does_not_open_stays_closed()
    {
        using var test = new TestLog();
        await test.Fill(3);
        Assert.Contains("cannot be opened", Assert.Throws<InvalidDataException>(() => Audit.Log.AuditLog.Open(test.Options, new TestEntryKey(), test.Signer, TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    private static void Flip(string file, int at)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[at] ^= 1;
        File.WriteAllBytes(file, bytes);
    }
}
