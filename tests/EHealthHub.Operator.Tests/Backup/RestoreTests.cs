using EHealthHub.Audit.Tiles;
using EHealthHub.Audit.Verify;
using EHealthHub.Operator.Backup;
using EHealthHub.Operator.Checking;
using EHealthHub.Operator.Preparing;
using EHealthHub.Records;

namespace EHealthHub.Operator.Tests.Backup;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class RestoreTests : IDisposable
{
    private readonly BackedHub _hub = new();

    public void Dispose() => _hub.Dispose();

    private string Place => _hub.File("restored");

    [Fact]
    public async Task A_restored_hub_is_the_same_hub_with_a_log_of_its_own()
    {
        await _hub.Take(keys: _hub.Keys);
        Assert.True(await _hub.Restore(Place, keys: _hub.Keys));
        Assert.Equal(HubIdentity.Open(_hub.Data, null), HubIdentity.Open(Place, null));
        foreach (var file in new[] { "db/registry.json", "keys/development.key", "auditor/audit.keys", "pki/ca.crt", "pki/ministry.p12" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(_hub.Data, file)), File.ReadAllBytes(Path.Combine(Place, file)));
        }

        Assert.Null(HubData.Prepare(Place, 8443, TimeProvider.System, _ => { }).Fault);
        await BackedHub.AddEntries(Place, 2);
        var layout = new HubLayout(Place);
        var reports = LogVerifier.Verify(layout.Audit, CheckpointKeys.Of(layout), [], null, CancellationToken.None);
        Assert.All(reports, r => Assert.Empty(r.Problems));
        Assert.Equal([3, 2], reports.OrderBy(r => r.Origin.Length).Select(r => r.DurableSize));
    }

    [Fact]
    public async Task Two_restorations_of_one_backup_do_not_write_one_log()
    {
        await _hub.Take();
        await _hub.Restore(Place);
        await _hub.Restore(_hub.File("again"));
        var now = TimeProvider.System.GetUtcNow();
        var periods = new[] { _hub.Data, Place, _hub.File("again") }.Select(d => new HubLayout(d).LogPeriod(now)).ToHashSet();
        Assert.Equal(3, periods.Count);
    }

    [Fact]
    public async Task A_restored_hub_can_be_backed_up_and_restored_again()
    {
        await _hub.Take();
        await _hub.Restore(Place);
        await BackedHub.AddEntries(Place, 2);
        Assert.True(await _hub.Take(folder: _hub.File("second"), data: Place));
        Assert.True(await _hub.Restore(_hub.File("again"), folder: _hub.File("second")));
        Assert.Equal(2, LogReader.FoldersIn(new HubLayout(_hub.File("again")).Audit).Count);
        Assert.NotEqual(RestoreMark.Read(Place)!.Name, RestoreMark.Read(_hub.File("again"))!.Name);
    }

    [Fact]
    public async Task A_directory_that_is_not_empty_is_refused_and_left_alone()
    {
        await _hub.Take();
        await Refused("--replace", () => _hub.Restore(_hub.Data));
    }

    [Fact]
    public async Task Replacing_moves_what_was_there_aside()
    {
        await _hub.Take();
        File.WriteAllText(Path.Combine(_hub.Layout.Logs, "note"), "keep me");
        Assert.True(await _hub.Restore(_hub.Data, replace: true));
        var aside = Assert.Single(Directory.GetDirectories(Path.GetDirectoryName(_hub.Data)!, "hub.replaced-*"));
        Assert.Equal("keep me", File.ReadAllText(Path.Combine(aside, "logs", "note")));
        Assert.False(File.Exists(Path.Combine(_hub.Layout.Logs, "note")));
        Assert.NotNull(RestoreMark.Read(_hub.Data));
    }

    [Fact]
    public async Task A_log_that_has_grown_since_asks_for_leave()
    {
        await _hub.Take();
        await BackedHub.AddEntries(_hub.Data, 5);
        Assert.False(await _hub.Restore(_hub.Data, replace: true));
        Assert.Null(RestoreMark.Read(_hub.Data));
        Assert.True(await _hub.Restore(_hub.Data, replace: true, accept: true));
        var log = Assert.Single(RestoreMark.Read(_hub.Data)!.Logs);
        Assert.Equal((3, 8), (log.Size, log.Seen));
    }

    [Fact]
    public async Task A_checkpoint_that_the_auditor_kept_asks_for_leave_even_where_the_log_is_gone()
    {
        await _hub.Take();
        await BackedHub.AddEntries(_hub.Data, 5);
        var log = LogReader.FoldersIn(_hub.Layout.Audit)[0];
        var kept = Directory.CreateDirectory(Path.Combine(_hub.Layout.Auditor, "checkpoints")).FullName;
        File.Copy(Path.Combine(log, "checkpoint"), Path.Combine(kept, Path.GetFileName(log) + ".checkpoint"));
        Directory.Delete(log, recursive: true);
        Assert.False(await _hub.Restore(_hub.Data, replace: true));
    }

    [Fact]
    public async Task A_running_hub_is_refused()
    {
        await _hub.Take();
        using var held = new FileStream(Path.Combine(_hub.Layout.Databases, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        await Refused("holds the store", () => _hub.Restore(_hub.Data, replace: true));
    }

    [Fact]
    public async Task Directories_of_another_hub_or_of_something_else_are_refused()
    {
        await _hub.Take();
        var other = _hub.Other("other");
        await Refused("another hub", () => _hub.Restore(other, replace: true));
        Directory.CreateDirectory(Place);
        File.WriteAllText(Path.Combine(Place, "thesis.odt"), "years of work");
        await Refused("thesis.odt", () => _hub.Restore(Place, replace: true));
        await Refused("lie one in the other", () => _hub.Restore(Path.Combine(_hub.Backup, "data")));
    }

    [Theory]
    [InlineData("hub.json")]
    [InlineData("keys/keys.db")]
    public async Task A_damaged_backup_restores_nothing(string file)
    {
        await _hub.Take();
        File.AppendAllText(Path.Combine(_hub.Backup, file), "x");
        Assert.False(await _hub.Restore(Place));
        Assert.False(Directory.Exists(Place));
        Assert.False(Directory.Exists(Place + ".restoring"));
    }

    [Fact]
    public async Task A_copy_that_was_broken_off_and_a_missing_one_are_refused()
    {
        await Refused("There is no folder", () => _hub.Restore(Place));
        await _hub.Take();
        File.Delete(Path.Combine(_hub.Backup, "manifest.json"));
        await Refused("broken off", () => _hub.Restore(Place));
    }

    [Theory]
    [InlineData("{", "damaged")]
    [InlineData("""{"format":2}""", "format 1")]
    [InlineData("[]", "damaged")]
    [InlineData("""{"format":1,"part":"keys","hub":"0f6dd4e3-0f6d-4f6d-8f6d-0f6dd4e30f6d","time":"2026-01-01T00:00:00Z","commits":0,"logs":[],"files":[]}""", "\"records\" is wanted")]
    [InlineData("""{"format":1,"part":"records","hub":"0f6dd4e3-0f6d-4f6d-8f6d-0f6dd4e30f6d","time":"2026-01-01T00:00:00Z","commits":0,"logs":[],"files":[{"path":"../evil","bytes":1,"sha256":""}]}""", "no place in a backup")]
    [InlineData("""{"format":1,"part":"records","hub":"0f6dd4e3-0f6d-4f6d-8f6d-0f6dd4e30f6d","time":"2026-01-01T00:00:00Z","commits":0,"logs":[],"files":[{"path":"/etc/evil","bytes":1,"sha256":""}]}""", "no place in a backup")]
    [InlineData("""{"format":1,"part":"records","hub":"0f6dd4e3-0f6d-4f6d-8f6d-0f6dd4e30f6d","time":"2026-01-01T00:00:00Z","commits":0,"logs":[{"origin":"../evil","signed":1,"size":1}],"files":[]}""", "is no log")]
    public async Task A_manifest_that_is_none_is_refused(string manifest, string why)
    {
        await _hub.Take();
        File.WriteAllText(Path.Combine(_hub.Backup, "manifest.json"), manifest);
        await Refused(why, () => _hub.Restore(Place));
    }

    [Fact]
    public async Task Keys_of_another_hub_or_older_than_the_records_are_refused_and_younger_ones_fit()
    {
        await _hub.Take(keys: _hub.Keys);
        await _hub.Take(folder: _hub.File("later"), keys: _hub.File("later-keys"));
        await _hub.Take(folder: _hub.File("other-backup"), data: _hub.Other("other"));
        await Refused("of hub", () => _hub.Restore(Place, keys: Path.Combine(_hub.File("other-backup"), "keys")));
        await Refused("older than the records", () => _hub.Restore(Place, folder: _hub.File("later"), keys: _hub.Keys));
        Assert.True(await _hub.Restore(Place, keys: _hub.File("later-keys")));
    }

    private async Task Refused(string why, Func<Task<bool>> act)
    {
        var before = Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_hub.Data)!).Order(StringComparer.Ordinal).ToList();
        var refusal = await Assert.ThrowsAsync<InvalidDataException>(act);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, [.. Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_hub.Data)!).Order(StringComparer.Ordinal)]);
    }
}
