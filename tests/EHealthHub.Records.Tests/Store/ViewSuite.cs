using System.Globalization;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Sqlite;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Tests.Store;

/// <summary>What a view hides is nowhere in an answer, on every engine: not in matches, totals, chains and pages, nor in what is refused.</summary>
public abstract class ViewSuite<TFixture> : IAsyncLifetime
    where TFixture : StoreFixture, new()
{
    private static readonly SearchCriterion[] All = [];

    protected TFixture Hub { get; } = new();

    public Task InitializeAsync()
    {
        _ = (Hub.Store, Hub.Log);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    [Fact]
    public async Task What_is_hidden_is_no_match_and_in_no_number()
    {
        await Hub.Commit(Make.Ask([Make.Create(Make.Patient("1"), "p1", "p1"), .. Enumerable.Range(1, 9).Select(i => Make.Create(Make.Observation("p1"), $"o{i}", "p1"))]));

        var page = await Search(Hiding(id => id is "o1" or "o4" or "o9"), All, 0);
        Assert.Equal(("o2 o3 o5 o6 o7 o8", 6, 0), (Ids(page), page.Total, page.NextPosition));

        var first = await Search(Hiding(id => id is "o2" or "o3" or "o7"), All, 0, 4);
        Assert.Equal(("o1 o4 o5 o6", 6), (Ids(first), first.Total));
        Assert.NotEqual(0, first.NextPosition);
        Assert.Equal("o8 o9", Ids(await Search(Hiding(id => id is "o2" or "o3" or "o7"), All, first.NextPosition, 4)));

        // The last page is the last, whatever follows unseen.
        Assert.Equal(0, (await Search(Hiding(id => id is "o5" or "o6" or "o7" or "o8" or "o9"), All, 0, 4)).NextPosition);
        Assert.Equal((0, 0), ((await Search(Hiding(_ => true), All, 0)).Total, (await Search(Hiding(_ => true), All, 0)).Matches.Count));
    }

    [Fact]
    public async Task A_masked_resource_is_found_by_its_id_and_its_patient_and_by_nothing_else()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1"), Make.Create(Make.Observation("p1", "718-7", "2026-03-04"), "o1", "p1"), Make.Create(Make.Observation("p1", "718-7", "2026-03-05"), "o2", "p1")));
        var view = new RecordView((in v) => FactsHead.Read(v.Facts).Id == "o1" ? Sight.Mask : Sight.See);

        Assert.Equal("o1 o2", Ids(await Search(view, All, 0)));
        Assert.Equal("o1", Ids(await Search(view, [Make.Token("_id", null, "o1")], 0)));
        Assert.Equal("o1 o2", Ids(await Search(view, [new SearchCriterion("patient", null, [new SearchValue(FactKind.Reference, "eq", "Patient", "p1")])], 0)));
        foreach (var criterion in new[] { Make.Token("code", null, "718-7"), Make.Token("status", null, "final"), Make.Token("category", null, "laboratory") })
        {
            Assert.Equal("o2", Ids(await Search(view, [criterion], 0)));
        }

        Assert.Equal("o2", Ids(await Search(view, [new SearchCriterion("_lastUpdated", null, [new SearchValue(FactKind.Date, "ge", null, null, From: 1_000, To: 1_000)])], 0)));

        await using var session = await Session(view);
        var masked = session.Value.Locate("Observation", "o1")!;
        Assert.True(masked.IsMasked);
        var facts = SearchFacts.Decode(masked.Facts.Span);
        Assert.Equal((DateTimeOffset.UnixEpoch, "", "patient,performer,subject"), (facts.LastUpdated, facts.Submitter, string.Join(',', facts.Values.Select(v => v.Parameter))));
    }

    [Fact]
    public async Task Whether_a_total_is_told_and_a_search_too_costly_does_not_depend_on_what_is_hidden()
    {
        // More candidates than are all decided for a total; but of those that may be seen there are few.
        for (var from = 0; from < 2_100; from += 700)
        {
            await Hub.Commit(Make.Ask([.. Enumerable.Range(from, 700).Select(i => Make.Create(Make.Observation("p1"), $"o{i}", "p1"))]));
        }

        Assert.Null((await Search(RecordView.Everything, All, 0, 4)).Total);
        var page = await Search(Hiding(id => Number(id) >= 7), All, 0, 4);
        Assert.Equal(("o0 o1 o2 o3", 7), (Ids(page), page.Total));
        Assert.Equal("o4 o5 o6", Ids(await Search(Hiding(id => Number(id) >= 7), All, page.NextPosition, 4)));

        // What is hidden costs nothing of the budget of a search.
        await using var session = await Session(Hiding(id => Number(id) >= 7));
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(7, session.Value.Find(Make.Query("Observation", "p1"), 0, 0).Total);
        }

        Assert.False(session.Value.Spent);

        static int Number(string id) => int.Parse(id[1..], CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Of_two_versions_the_stricter_says_what_may_be_known_and_of_a_deletion_what_was_deleted()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1", "open"), "o1", "p1"), Make.Create(Make.Observation("p1", "secret"), "o2", "p1"), Make.Create(Make.Observation("p1", "secret"), "o3", "p1"), Make.Create(Make.Observation("p1", "open"), "o4", "p1")));
        await Hub.Commit(Make.Ask(Make.Update(await Hub.Locate("Observation", "o1"), Make.Observation("p1", "secret")), Make.Update(await Hub.Locate("Observation", "o2"), Make.Observation("p1", "open"))));
        await Hub.Commit(Make.Ask(Make.Delete(await Hub.Locate("Observation", "o3")), Make.Delete(await Hub.Locate("Observation", "o4"))));
        var secret = Make.Query("Observation", null, Make.Token("code", null, "secret"));
        var view = new RecordView((in v) => SearchMatcher.Matches(secret, v.Facts) ? Sight.Hide : Sight.See);

        Assert.Equal((Sight.Hide, Sight.Hide), (await SightOf("o1", 1), await SightOf("o1", 2)));
        Assert.Equal((Sight.Hide, Sight.See), (await SightOf("o2", 1), await SightOf("o2", 2)));
        Assert.Equal((Sight.Hide, Sight.See), (await SightOf("o3", 2), await SightOf("o4", 2)));

        await using (var session = await Session(view))
        {
            Assert.Equal((null, null, null, true), (session.Value.Locate("Observation", "o1"), session.Value.LocateVersion("Observation", "o1", 1), session.Value.LocateVersion("Observation", "o2", 1), session.Value.LocateVersion("Observation", "o2", 2) is not null));
        }

        var ask = new HistoryAsk(await Hub.Locate("Observation", "o2"), 10, null);
        var (versions, total) = await Hub.Store.History(ask, view, await Hub.Receipt(ask.Hash()), default);
        Assert.Equal((2, 1), (Assert.Single(versions).Version, total));

        async Task<Sight> SightOf(string id, int version) => await Hub.Store.SightOf((await Hub.Store.LocateVersion("Observation", id, version, default))!, view, default);
    }

    [Fact]
    public async Task What_is_known_of_a_patient_is_read_anew_on_the_next_request_wherever_it_was_changed()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1"), Make.Create(Make.Encounter("p1", "in-progress"), "e1", "p1")));

        // What another gateway keeps in memory: it shares the database and nothing else.
        using var other = new StoreParts(Path.Combine(Hub.Folder, "db"), StoreFixture.Hub, Hub.Vault, new RecordStoreOptions(), TimeProvider.System);
        using var reader = new SqliteReader(Path.Combine(Hub.Folder, "db"), 1_024);
        var before = other.Contexts.Find(reader, "p1", Make.Relations)!;
        Assert.Single(before.OpenEncounters);
        Assert.Same(before, other.Contexts.Find(reader, "p1", Make.Relations));

        await Hub.Commit(Make.Ask(Make.Update(await Hub.Locate("Encounter", "e1"), Make.Encounter("p1", "finished"))));
        Assert.Empty(other.Contexts.Find(reader, "p1", Make.Relations)!.OpenEncounters);
    }

    [Fact]
    public async Task Only_what_decides_is_read_in_order_to_decide()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1"), Make.Create(Make.Observation("p1"), "o1", "p1")));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Hub.Store.Context("p1", s => s.Of("Observation").ToList(), default));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Hub.Store.Context("p1", s => s.Open("Encounter", _ => true).ToList(), default));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Hub.Store.Context("p1", s => s.Directory.Find("Patient", "p1") ?? s.Of("Patient").First(), default));
    }

    private static RecordView Hiding(Func<string, bool> isHidden) => new((in v) => isHidden(FactsHead.Read(v.Facts).Id) ? Sight.Hide : Sight.See);

    private static string Ids(SearchPage page) => string.Join(' ', page.Matches.Select(m => m.Id));

    private async Task<SearchPage> Search(RecordView view, SearchCriterion[] criteria, long after, int count = 100)
    {
        var query = new SearchQuery { Type = "Observation", PatientId = "p1", Criteria = criteria, Used = [], Count = count };
        var ask = Make.InPatient(query, "p1", after);
        return await Hub.Store.Search(ask, view, await Hub.Receipt(ask.Hash(), EntryKind.SearchAsked), default);
    }

    private async Task<Held> Session(RecordView view)
    {
        var scope = new SearchScope(CompartmentKind.Patient, "p1", false, "search-type", "Observation", []);
        return new Held(await Hub.Store.BeginSearch(scope, view, await Hub.Receipt(scope.Hash(), EntryKind.SearchAsked), default));
    }

    private sealed class Held(SearchSession session) : IAsyncDisposable
    {
        public SearchSession Value => session;

        public ValueTask DisposeAsync()
        {
            session.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>On SQLite.</summary>
public sealed class SqliteViewTests : ViewSuite<SqliteFixture>;
