using EHealthHub.Records.Sqlite;
using EHealthHub.Records.Store;
using EHealthHub.Records.Tests.Store;
using EHealthHub.Records.Tests.Verify;
using EHealthHub.Records.Verify;

namespace EHealthHub.Records.Tests.Sqlite;

public sealed class StoreSnapshotTests : IAsyncLifetime
{
    private TempFolder Copied { get; } = new();

    private SqliteFixture Hub { get; } = new();

    private string Databases => Path.Combine(Copied.Path, "db");

    public async Task InitializeAsync()
    {
        await SqliteTamper.Fill(Hub);
        Directory.CreateDirectory(Databases);
    }

    public async Task DisposeAsync()
    {
        await Hub.DisposeAsync();
        Copied.Dispose();
    }

    [Fact]
    public async Task While_writers_are_held_nothing_is_committed_and_nobody_is_turned_away()
    {
        using var snapshot = StoreSnapshot.Begin(Hub.Folder);
        var write = Hub.Commit(Make.Ask(Make.Create(Make.Patient(family: "Bekleyen"), "waits", "waits")));
        await Task.Delay(200);
        Assert.False(write.IsCompleted);
        snapshot.LetWritersGo();
        Assert.Equal(CommitStatus.Committed, (await write).Status);
        Assert.Equal(snapshot.LastSequence + 1, (await write).Sequence);
    }

    [Fact]
    public async Task The_copy_is_of_that_moment_whole_and_without_a_write_ahead_log()
    {
        long commits;
        using (var snapshot = StoreSnapshot.Begin(Hub.Folder))
        {
            snapshot.LetWritersGo();
            await Hub.Commit(Make.Ask(Make.Create(Make.Patient(family: "Sonraki"), "later", "later")));
            commits = snapshot.LastSequence;
            snapshot.CopyTo(Path.Combine(Databases, "records.db"), null, default);
        }

        StoreSnapshot.CopyKeys(Hub.Folder, Path.Combine(Databases, "keys.db"), default);
        Assert.Equal(["keys.db", "records.db"], Directory.EnumerateFiles(Databases).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var report = RecordsVerifier.Verify(Copied.Path, StoreFixture.Hub, Hub.Vault, null);
        Assert.Empty(report.Problems);
        Assert.Equal(commits, report.Commits);
    }

    [Fact]
    public void The_last_commits_are_told_with_their_intents()
    {
        using var snapshot = StoreSnapshot.Begin(Hub.Folder);
        var last = snapshot.LastCommits(2);
        Assert.Equal([snapshot.LastSequence - 1, snapshot.LastSequence], last.Select(c => c.Sequence));
        Assert.All(last, c => Assert.True(c is { Origin: StoreFixture.Origin, IntentIndex: >= 0, HashBytes: > 0 }, c.ToString()));
    }

    [Fact]
    public void A_copy_that_is_told_to_stop_stops()
    {
        using var snapshot = StoreSnapshot.Begin(Hub.Folder);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => snapshot.CopyTo(Path.Combine(Databases, "records.db"), null, stop.Token));
    }

    [Fact]
    public void Without_a_database_there_is_nothing_to_copy() => Assert.Throws<RecordsUnavailableException>(() => StoreSnapshot.Begin(Copied.Path));
}
