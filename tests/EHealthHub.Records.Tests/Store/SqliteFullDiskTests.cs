using EHealthHub.Records.Store;
using EHealthHub.Records.Tests.Verify;

namespace EHealthHub.Records.Tests.Store;

/// <summary>A disk that fills up: the commit fails by name (the gateway answers 503), nothing of it is stored, and the store works again once there is room.</summary>
public sealed class SqliteFullDiskTests : IAsyncLifetime
{
    private SqliteFixture Hub { get; } = new();

    public Task InitializeAsync()
    {
        _ = (Hub.Store, Hub.Log);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    [Fact]
    public async Task A_commit_on_a_full_disk_fails_by_name_stores_nothing_and_succeeds_when_there_is_room()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")));
        Hub.Store.Queue.LimitPages(1); // no page more than there are

        var ask = Make.Ask([.. Enumerable.Range(0, 200).Select(n => Make.Create(Make.Observation("p1", code: $"c{n}"), $"o{n}", "p1"))]);
        var receipt = await Hub.Receipt(ask.Hash(), Audit.Entries.EntryKind.WriteIntent);
        var refused = await Assert.ThrowsAsync<RecordsUnavailableException>(async () => await Hub.Store.Commit(ask, receipt, default));
        Assert.Contains("full", refused.Message, StringComparison.Ordinal);

        Assert.Equal(1, await Hub.Store.LastSequence(default));
        Assert.Null(await Hub.Store.CommittedUnder(StoreFixture.Origin, receipt.Position.Index, default));
        Assert.Null(await Hub.Store.Locate("Observation", "o0", default));
        Assert.Null(await Hub.Store.Locate("Observation", "o199", default));
        Assert.Equal("p1", (await Hub.Read("Patient", "p1")).Id); // reading goes on

        Hub.Store.Queue.LimitPages(int.MaxValue);
        Assert.Equal(CommitStatus.Committed, (await Hub.Commit(ask)).Status);
        Assert.Equal("o199", (await Hub.Read("Observation", "o199")).Id);
        Assert.Empty(SqliteTamper.Verify(Hub).Problems);
    }
}
