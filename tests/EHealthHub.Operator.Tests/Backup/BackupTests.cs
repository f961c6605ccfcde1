using EHealthHub.Audit.Tiles;
using EHealthHub.Operator.Backup;

namespace EHealthHub.Operator.Tests.Backup;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class BackupTests : IDisposable
{
    private readonly BackedHub _hub = new();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task A_backup_names_its_hub_its_logs_and_every_file()
    {
        Assert.True(await _hub.Take());
        var parts = BackupParts.Open(_hub.Backup, null);
        Assert.Equal(parts.Records.Hub, parts.Keys.Hub);
        var log = Assert.Single(parts.Records.Logs);
        Assert.Equal((3, 3), (log.Signed, log.Size));
        Assert.Equal(["hub.json", "db/records.db", "db/registry.json"], new[] { "hub.json", "db/records.db", "db/registry.json" }.Intersect(parts.Records.Files.Select(f => f.Path)));
        Assert.Empty(parts.Differences(null, CancellationToken.None));
        Assert.True(BackupCheck.Run(parts, fast: false, CancellationToken.None));
    }

    [Fact]
    public async Task The_records_part_holds_no_key()
    {
        await _hub.Take(keys: _hub.Keys);
        Assert.DoesNotContain(PrivateFiles.Paths(_hub.Backup), p => p.Contains("key", StringComparison.Ordinal) && !p.EndsWith("/key", StringComparison.Ordinal));
        Assert.DoesNotContain(PrivateFiles.Paths(_hub.Backup), p => p.StartsWith("pki", StringComparison.Ordinal) || p.EndsWith(".p12", StringComparison.Ordinal));
        foreach (var key in new[] { "development.key", "keys.db", "audit.keys", "pki/ca.key", "manifest.json" })
        {
            Assert.Contains(key, PrivateFiles.Paths(_hub.Keys));
        }
    }

    [Fact]
    public async Task Nobody_but_the_owner_may_look_in()
    {
        await _hub.Take(keys: _hub.Keys);
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        foreach (var folder in new[] { _hub.Backup, _hub.Keys })
        {
            Assert.All(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories), f => Assert.Equal(owner, File.GetUnixFileMode(f)));
            Assert.All(Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Append(folder), f => Assert.Equal(owner | UnixFileMode.UserExecute, File.GetUnixFileMode(f)));
        }
    }

    [Fact]
    public async Task A_backup_leaves_the_hub_as_it_was()
    {
        var before = Snapshot(_hub.Data);
        await _hub.Take();
        Assert.Equal(before, Snapshot(_hub.Data));
    }

    [Fact]
    public async Task A_new_backup_takes_the_place_of_an_earlier_one_and_nothing_is_left_beside_it()
    {
        await _hub.Take();
        await BackedHub.AddEntries(_hub.Data, 300);
        Assert.True(await _hub.Take());
        Assert.Equal(303, BackupParts.Open(_hub.Backup, null).Records.Logs[0].Size);
        Assert.Equal(["backup", "hub"], Names());
    }

    [Fact]
    public async Task A_folder_of_something_else_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(_hub.Backup);
        File.WriteAllText(Path.Combine(_hub.Backup, "thesis.odt"), "years of work");
        await Refused("holds no backup", () => _hub.Take());
        Assert.Equal(["thesis.odt"], PrivateFiles.Paths(_hub.Backup));
        Assert.Equal(["backup", "hub"], Names());
    }

    [Fact]
    public async Task A_backup_of_another_hub_is_refused_and_left_alone()
    {
        await _hub.Take(data: _hub.Other("other"));
        await Refused("of another hub", () => _hub.Take());
        Assert.Empty(BackupParts.Open(_hub.Backup, null).Differences(null, CancellationToken.None));
    }

    [Theory]
    [InlineData("hub/backup")]
    [InlineData("hub")]
    [InlineData(".")]
    public async Task A_place_in_or_around_the_data_directory_is_refused(string place) => await Refused("lie one in the other", () => _hub.Take(_hub.File(place)));

    [Fact]
    public async Task Keys_and_records_are_not_put_one_in_the_other() => await Refused("lie one in the other", () => _hub.Take(keys: Path.Combine(_hub.Backup, "k")));

    [Fact]
    public async Task Something_else_under_the_name_of_the_unfinished_copy_is_left_alone()
    {
        Directory.CreateDirectory(_hub.Backup + ".partial");
        File.WriteAllText(Path.Combine(_hub.Backup + ".partial", "thesis.odt"), "years of work");
        await Refused("holds something else", () => _hub.Take());
    }

    [Fact]
    public async Task What_a_crash_left_of_a_copy_is_cleared()
    {
        Directory.CreateDirectory(_hub.Backup + ".partial");
        File.WriteAllText(Path.Combine(_hub.Backup + ".partial", ".unfinished"), "");
        File.WriteAllText(Path.Combine(_hub.Backup + ".partial", "half"), "");
        Assert.True(await _hub.Take());
        Assert.Equal(["backup", "hub"], Names());
    }

    [Fact]
    public async Task A_damaged_log_gives_no_backup_and_the_earlier_one_stays()
    {
        await _hub.Take();
        await BackedHub.AddEntries(_hub.Data, 300);
        var tile = Directory.EnumerateFiles(Path.Combine(LogReader.FoldersIn(_hub.Layout.Audit)[0], "tile", "entries"), "000", SearchOption.AllDirectories).First();
        FlipAByte(tile);
        Assert.False(await _hub.Take());
        Assert.Equal(3, BackupParts.Open(_hub.Backup, null).Records.Logs[0].Size);
    }

    [Theory]
    [InlineData("db/records.db")]
    [InlineData("hub.json")]
    [InlineData("keys/keys.db")]
    [InlineData("keys/development.key")]
    public async Task A_changed_file_is_named(string file)
    {
        await _hub.Take();
        FlipAByte(Path.Combine(_hub.Backup, file));
        var problem = Assert.Single(BackupParts.Open(_hub.Backup, null).Differences(null, CancellationToken.None));
        Assert.Contains(Path.Combine(_hub.Backup, file), problem, StringComparison.Ordinal);
        Assert.Contains("was changed", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_cut_linked_and_added_files_are_named()
    {
        await _hub.Take();
        File.Delete(Path.Combine(_hub.Backup, "hub.json"));
        File.WriteAllText(Path.Combine(_hub.Backup, "db", "registry.json"), "{}");
        File.WriteAllText(Path.Combine(_hub.Backup, "extra"), "");
        File.Delete(Path.Combine(_hub.Backup, "keys", "audit.keys"));
        File.CreateSymbolicLink(Path.Combine(_hub.Backup, "keys", "audit.keys"), Path.Combine(_hub.Layout.Auditor, "audit.keys"));
        var problems = string.Join('\n', BackupParts.Open(_hub.Backup, null).Differences(null, CancellationToken.None));
        Assert.Contains("hub.json is missing", problems, StringComparison.Ordinal);
        Assert.Contains("registry.json has 2 bytes", problems, StringComparison.Ordinal);
        Assert.Contains("extra is not of this backup", problems, StringComparison.Ordinal);
        Assert.Contains("audit.keys is a link", problems, StringComparison.Ordinal);
    }

    private static async Task Refused(string why, Func<Task<bool>> act)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(act);
        Assert.True(refusal is InvalidDataException or IOException, refusal.ToString());
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

    private static void FlipAByte(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private string[] Names() => [.. Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_hub.Data)!).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    private static (string, string)[] Snapshot(string folder) => [.. PrivateFiles.Paths(folder).Select(p => (p, PrivateFiles.Hash(Path.Combine(folder, p)).Sha256))];
}
