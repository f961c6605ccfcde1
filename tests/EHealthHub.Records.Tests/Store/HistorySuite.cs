using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Tests.Store;

/// <summary>The history of one resource, of a type and of everything.</summary>
public abstract class HistorySuite<TFixture> : IAsyncLifetime
    where TFixture : StoreFixture, new()
{
    protected TFixture Hub { get; } = new();

    public Task InitializeAsync()
    {
        _ = (Hub.Store, Hub.Log);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    [Fact]
    public async Task Everything_is_walked_newest_first_deletions_included_page_by_page()
    {
        await Story();
        Assert.Equal(["Observation/o1/3-", "Patient/p2/1", "Observation/o1/2", "Organization/org/1", "Patient/p1/1", "Observation/o1/1"], await Walk(null, HistoryWindow.Always, 100));
        Assert.Equal(["Observation/o1/3-", "Patient/p2/1", "Observation/o1/2", "Organization/org/1", "Patient/p1/1", "Observation/o1/1"], await Walk(null, HistoryWindow.Always, 1));
        Assert.Equal(["Observation/o1/3-", "Observation/o1/2", "Observation/o1/1"], await Walk("Observation", HistoryWindow.Always, 2));
        Assert.Empty(await Walk("Encounter", HistoryWindow.Always, 2));
    }

    [Fact]
    public async Task Since_and_at_bound_the_walk()
    {
        await Story();
        Assert.Equal(["Observation/o1/3-", "Patient/p2/1", "Observation/o1/2"], await Walk(null, HistoryWindow.Since(At(2)), 2));
        Assert.Equal(["Observation/o1/2", "Organization/org/1", "Patient/p1/1"], await Walk(null, Moment(2), 2));
        Assert.Equal(["Observation/o1/3-"], await Walk("Observation", Moment(9), 2));
        Assert.Equal(["Observation/o1/2", "Observation/o1/1"], await Walk("Observation", new HistoryWindow(Micro(1), Micro(2), true), 2));
    }

    [Fact]
    public async Task The_history_of_one_resource_has_the_same_bounds()
    {
        await Story();
        Assert.Equal("3,2 of 2", await Versions(HistoryWindow.Since(At(2))));
        Assert.Equal("2 of 1", await Versions(Moment(2)));
        Assert.Equal("3 of 1", await Versions(Moment(9)));
        Assert.Equal(" of 0", await Versions(Moment(0)));
    }

    [Fact]
    public async Task The_page_names_its_patients_and_opens_only_under_its_own_receipt()
    {
        await Story();
        var ask = new HistoryWalkAsk(null, HistoryWindow.Always, 10, null);
        await Assert.ThrowsAsync<AuditReceiptException>(async () => await Hub.Store.Walk(ask, RecordView.Everything, await Hub.Receipt((ask with { CountMax = 9 }).Hash()), default));
        var page = await Hub.Store.Walk(ask, RecordView.Everything, await Hub.Receipt(ask.Hash(), EntryKind.SearchAsked), default);
        Assert.Equal(["p1", "p2"], page.PatientIds);
        await Assert.ThrowsAsync<AuditReceiptException>(async () => await Hub.Store.Open(page, await Hub.Receipt(ask.Hash()), default));
        var opened = await Hub.Store.Open(page, await Hub.Receipt(page.Hash(), EntryKind.SearchReleased), default);
        Assert.True(opened[0].Deleted);
        Assert.Empty(opened[0].Json.ToArray());
        Assert.Contains("\"value\":9.5", opened[2].Text(), StringComparison.Ordinal);
    }

    /// <summary>Minute 1: organization, patient p1, observation; 2: the observation changes; 3: patient p2; 4: the observation is deleted.</summary>
    private async Task Story()
    {
        await Commit(1, Make.Create(Make.Organization("Ankara", "1"), "org", CompartmentKind.Directory, ""));
        await Commit(1, Make.Create(Make.Patient("1"), "p1", "p1"), Make.Create(Make.Observation("p1"), "o1", "p1"));
        await Commit(2, Make.Update(await Hub.Locate("Observation", "o1"), Make.Observation("p1", value: "9.5")));
        await Commit(3, Make.Create(Make.Patient("2"), "p2", "p2"));
        await Commit(4, Make.Delete(await Hub.Locate("Observation", "o1")));
    }

    private async Task Commit(int minute, params WriteEntry[] entries) => await Hub.Commit(Make.Ask(entries).At(At(minute)));

    private async Task<List<string>> Walk(string? type, HistoryWindow window, int count)
    {
        var seen = new List<string>();
        for (HistoryPosition? before = null; ;)
        {
            var ask = new HistoryWalkAsk(type, window, count, before);
            var page = await Hub.Store.Walk(ask, RecordView.Everything, await Hub.Receipt(ask.Hash(), EntryKind.SearchAsked), default);
            Assert.InRange(page.Versions.Count, 0, count);
            seen.AddRange(page.Versions.Select(v => $"{v.Type}/{v.Id}/{v.Version}{(v.Deleted ? "-" : "")}"));
            if (page.Next is null)
            {
                return SortedWithinMinute(seen);
            }

            before = page.Next;
        }
    }

    /// <summary>Within one moment the order is that of compartments, whose keys are random: put the story's own order there.</summary>
    private static List<string> SortedWithinMinute(List<string> seen)
    {
        string[] order = ["Observation/o1/3-", "Patient/p2/1", "Observation/o1/2", "Organization/org/1", "Patient/p1/1", "Observation/o1/1"];
        var first = seen.FindIndex(s => Array.IndexOf(order, s) >= 3);
        Assert.True(first < 0 || seen[first..].TrueForAll(s => Array.IndexOf(order, s) >= 3));
        return first < 0 ? seen : [.. seen[..first], .. seen[first..].OrderBy(s => Array.IndexOf(order, s))];
    }

    private async Task<string> Versions(HistoryWindow window)
    {
        var ask = new HistoryAsk(await Hub.Locate("Observation", "o1"), 10, null) { Window = window };
        var (versions, total) = await Hub.Store.History(ask, RecordView.Everything, await Hub.Receipt(ask.Hash()), default);
        return FormattableString.Invariant($"{string.Join(',', versions.Select(v => v.Version))} of {total}");
    }

    private static DateTimeOffset At(int minute) => StoreFixture.Noon.AddMinutes(minute);

    private static long Micro(int minute) => At(minute).ToUnixTimeMilliseconds() * 1_000;

    private static HistoryWindow Moment(int minute) => new(Micro(minute), Micro(minute), true);
}

/// <summary>The suite on SQLite.</summary>
public sealed class SqliteHistoryTests : HistorySuite<SqliteFixture>;
