using EHealthHub.Audit.Tiles;
using EHealthHub.Auditor.Index;
using EHealthHub.Auditor.Logs;
using EHealthHub.Auditor.Tests.Support;

namespace EHealthHub.Auditor.Tests.Logs;

public sealed class LogFollowerTests : IAsyncLifetime
{
    private readonly TestHub _hub = TestHub.Create();
    private readonly List<KeyRingFile> _rings = [];

    private string LogPath(params string[] names) => Path.Combine([_hub.Audit, LogFolder.NameOf(TestHub.Origin), .. names]);

    public async Task InitializeAsync() => await _hub.Append([.. Enumerable.Range(0, 600).Select(i => TestHub.Entry(600 - i, $"p{i % 7}"))]);

    public async Task DisposeAsync()
    {
        _rings.ForEach(r => r.Dispose());
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task Entries_are_shown_when_the_recomputed_root_is_the_signed_one_and_the_checkpoint_is_kept()
    {
        var (follower, index) = Follow();
        Assert.True(follower.Advance(default));
        Assert.False(follower.Advance(default));
        Assert.Equal("", follower.State.Problem);
        Assert.Equal(600, follower.State.Verified);
        Assert.Equal(600, index.Visible);
        Assert.True(File.Exists(Path.Combine(_hub.Own, "checkpoints", LogFolder.NameOf(TestHub.Origin) + ".checkpoint")));
        await _hub.Append(TestHub.Entry(0, "late"));
        Assert.True(follower.Advance(default));
        Assert.Equal(601, index.Visible);
    }

    [Theory]
    [InlineData("000")]
    [InlineData("001")]
    public async Task A_changed_byte_in_any_bundle_hides_what_was_not_verified_yet_and_is_reported(string bundle)
    {
        await _hub.CloseLog();
        Flip(LogPath("tile", "entries", bundle), 200);
        var (follower, index) = Follow();
        Assert.False(follower.Advance(default));
        Assert.NotEqual("", follower.State.Problem);
        Assert.Equal(0, index.Visible);
        Flip(LogPath("tile", "entries", bundle), 200);
        Assert.True(follower.Advance(default));
        Assert.Equal("", follower.State.Problem);
        Assert.Equal(600, index.Visible);
    }

    [Fact]
    public async Task A_log_put_back_to_an_older_state_is_noticed_at_once_and_after_a_restart()
    {
        await _hub.CloseLog();
        CopyFolder(LogPath(), LogPath() + ".older");
        _hub.ReopenLog();
        await _hub.Append(TestHub.Entry(0, "late"));
        var (running, _) = Follow();
        Assert.True(running.Advance(default));
        await _hub.CloseLog();
        Directory.Delete(LogPath(), recursive: true);
        Directory.Move(LogPath() + ".older", LogPath());
        Assert.False(running.Advance(default));
        Assert.Contains("put back", running.State.Problem, StringComparison.Ordinal);

        var (restarted, index) = Follow();
        Assert.False(restarted.Advance(default));
        Assert.Contains("put back", restarted.State.Problem, StringComparison.Ordinal);
        Assert.Equal(0, index.Visible);
    }

    [Fact]
    public async Task A_log_rewritten_by_its_own_writer_is_noticed_after_a_restart()
    {
        var (first, _) = Follow();
        Assert.True(first.Advance(default));
        await _hub.CloseLog();
        Directory.Delete(LogPath(), recursive: true);
        _hub.ReopenLog();
        await _hub.Append([.. Enumerable.Range(0, 700).Select(i => TestHub.Entry(700 - i, $"q{i % 7}"))]);
        var (restarted, index) = Follow();
        Assert.False(restarted.Advance(default));
        Assert.Contains("not those that were verified before", restarted.State.Problem, StringComparison.Ordinal);
        Assert.Equal(0, index.Visible);
    }

    [Fact]
    public async Task A_checkpoint_signed_by_another_key_is_refused()
    {
        await _hub.CloseLog();
        var path = LogPath("checkpoint");
        var text = await File.ReadAllTextAsync(path);
        var at = text.LastIndexOf(' ') + 20;
        await File.WriteAllTextAsync(path, text[..at] + (text[at] == 'A' ? 'B' : 'A') + text[(at + 1)..]);
        var (follower, index) = Follow();
        Assert.False(follower.Advance(default));
        Assert.Contains("not signed", follower.State.Problem, StringComparison.Ordinal);
        Assert.Equal(0, index.Visible);
    }

    [Fact]
    public async Task A_damaged_kept_checkpoint_is_reported_and_not_forgotten()
    {
        var (first, _) = Follow();
        first.Advance(default);
        await File.WriteAllTextAsync(Path.Combine(_hub.Own, "checkpoints", LogFolder.NameOf(TestHub.Origin) + ".checkpoint"), "nonsense");
        var (restarted, _) = Follow();
        Assert.False(restarted.Advance(default));
        Assert.Contains("kept checkpoint", restarted.State.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_without_keys_is_reported_until_the_key_file_brings_them()
    {
        const string next = "ehealthhub/06/node-1/01989f3e/2027H1";
        await using var log = _hub.OpenOtherLog(next, "audit/2027H1", export: false);
        var (follower, _) = Follow(next);
        Assert.False(follower.Advance(default));
        Assert.Contains("no keys", follower.State.Problem, StringComparison.Ordinal);
        await log.DisposeAsync();
        await using var again = _hub.OpenOtherLog(next, "audit/2027H1", export: true);
        await again.Record(TestHub.Entry(0, "p"), default);
        await Eventually.Hold(() => Task.FromResult(follower.Advance(default)));
        Assert.Equal("", follower.State.Problem);
    }

    [Fact]
    public void The_root_of_every_size_is_that_of_the_definition()
    {
        var leaves = Enumerable.Range(0, 70).Select(i => BitConverter.GetBytes(i)).ToArray();
        var edge = new TreeEdge();
        for (var size = 0; size <= leaves.Length; size++)
        {
            Assert.Equal(Convert.ToHexString(Naive(leaves.AsSpan(0, size))), Convert.ToHexString(edge.Root()));
            if (size < leaves.Length)
            {
                edge.Add(leaves[size]);
            }
        }
    }

    private static byte[] Naive(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length < 2)
        {
            return System.Security.Cryptography.SHA256.HashData(leaves.Length == 0 ? [] : [0, .. leaves[0]]);
        }

        var split = 1;
        while (split * 2 < leaves.Length)
        {
            split *= 2;
        }

        return System.Security.Cryptography.SHA256.HashData([1, .. Naive(leaves[..split]), .. Naive(leaves[split..])]);
    }

    private (LogFollower Follower, LogIndex Index) Follow(string origin = TestHub.Origin)
    {
        var ring = new KeyRingFile(_hub.KeyFile);
        _rings.Add(ring);
        var index = new EntryIndex().Log(origin);
        return (new LogFollower(_hub.Audit, origin, index, ring, new KeptCheckpoints(Path.Combine(_hub.Own, "checkpoints"))), index);
    }

    private static void Flip(string path, int at)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
