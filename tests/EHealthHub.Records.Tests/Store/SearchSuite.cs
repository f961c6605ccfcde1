using System.Globalization;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Tests.Store;

/// <summary>What a search of the store promises on every engine, whatever its index does.</summary>
public abstract class SearchSuite<TFixture> : IAsyncLifetime
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
    public async Task A_search_in_a_patient_finds_by_type_code_category_date_and_encounter()
    {
        await Hub.Commit(Make.Ask(
            Make.Create(Make.Patient("1"), "p1", "p1"),
            Make.Create(Make.Observation("p1", "718-7", "2026-01-04"), "o1", "p1"),
            Make.Create(Make.Observation("p1", "4548-4", "2026-02-04", encounter: "e1"), "o2", "p1"),
            Make.Create(Make.Observation("p1", "718-7", "2026-03-04"), "o3", "p1")));
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("2"), "p2", "p2"), Make.Create(Make.Observation("p2", "718-7"), "o4", "p2")));

        Assert.Equal(["o1", "o2", "o3"], await Ids("p1"));
        Assert.Equal(["o1", "o3"], await Ids("p1", Make.Token("code", "http://loinc.org", "718-7")));
        Assert.Equal(["o1", "o3"], await Ids("p1", Make.Token("code", null, "718-7")));
        Assert.Empty(await Ids("p1", Make.Token("code", "urn:other", "718-7")));
        Assert.Equal(["o1", "o2", "o3"], await Ids("p1", Make.Token("category", null, "laboratory"), Make.Token("status", null, "final")));
        Assert.Equal(["o2"], await Ids("p1", new SearchCriterion("encounter", null, [new SearchValue(FactKind.Reference, "eq", "Encounter", "e1")])));
        Assert.Equal(["o2"], await Ids("p1", Date("eq", "2026-02-04", "2026-02-04")));
        Assert.Equal(["o2", "o3"], await Ids("p1", Date("ge", "2026-02-01", "2026-02-01")));
        Assert.Equal(["o2"], await Ids("p1", Date("ge", "2026-02-01", "2026-02-01"), Date("lt", "2026-03-01", "2026-03-01")));
        Assert.Equal(["o3"], await Ids("p1", Make.Token("code", null, "718-7"), Date("ge", "2026-02-01", "2026-02-01")));
        Assert.Empty(await Ids("p3"));
    }

    [Fact]
    public async Task A_reference_by_the_hubs_own_address_is_found_as_the_relative_one_and_another_hubs_is_not()
    {
        await Hub.Commit(Make.Ask(
            Make.Create(Make.Patient("1"), "p1", "p1"),
            Make.Create(Make.Observation("p1", encounter: "e1"), "o1", "p1"),
            Make.Create(Absolute(StoreFixture.Hub.FhirBase), "o2", "p1"),
            Make.Create(Absolute("https://elsewhere.example/fhir"), "o3", "p1")));

        Assert.Equal(["o1", "o2"], await Ids("p1", new SearchCriterion("encounter", null, [new SearchValue(FactKind.Reference, "eq", "Encounter", "e1")])));

        static FhirResource Absolute(string fhirBase) => Make.Resource(
            "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"" + fhirBase + "/Patient/p1\"},\"encounter\":{\"reference\":\"" + fhirBase + "/Encounter/e1\"}}");
    }

    [Fact]
    public async Task What_is_updated_or_deleted_is_found_as_it_is_now()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1"), Make.Create(Make.Observation("p1", "718-7", "2026-01-04"), "o1", "p1")));
        await Hub.Commit(Make.Ask(Make.Update(await Hub.Locate("Observation", "o1"), Make.Observation("p1", "4548-4", "2026-05-04"))));
        Assert.Empty(await Ids("p1", Make.Token("code", null, "718-7")));
        Assert.Equal(["o1"], await Ids("p1", Make.Token("code", null, "4548-4"), Date("eq", "2026-05-04", "2026-05-04")));
        await Hub.Commit(Make.Ask(Make.Delete(await Hub.Locate("Observation", "o1"))));
        Assert.Empty(await Ids("p1"));
        await Hub.Commit(Make.Ask(Make.Update(await Hub.Locate("Observation", "o1"), Make.Observation("p1", "718-7"))));
        Assert.Equal(["o1"], await Ids("p1", Make.Token("code", null, "718-7")));
    }

    [Fact]
    public async Task Pages_follow_one_another_without_gap_or_repeat_and_count_everything()
    {
        await Hub.Commit(Make.Ask([Make.Create(Make.Patient("1"), "p1", "p1"), .. Enumerable.Range(1, 25).Select(n => Make.Create(Make.Observation("p1", n % 2 == 0 ? "a" : "b"), $"o{n:00}", "p1"))]));
        var query = Make.Query("Observation", "p1", Make.Token("code", null, "b"));
        var seen = new List<string>();
        var position = 0L;
        do
        {
            var page = await Hub.Search(Make.InPatient(new SearchQuery { Type = query.Type, PatientId = query.PatientId, Criteria = query.Criteria, Used = [], Count = 4 }, "p1", position));
            Assert.Equal(13, page.Total);
            Assert.False(page.TooCostly);
            Assert.Equal(["p1"], page.PatientIds);
            seen.AddRange((await Hub.Open(page)).Select(v => v.Id));
            position = page.NextPosition;
        }
        while (position != 0);

        Assert.Equal(Enumerable.Range(1, 25).Where(n => n % 2 == 1).Select(n => $"o{n:00}"), seen);
        var count = await Hub.Search(Make.InPatient(new SearchQuery { Type = "Observation", PatientId = "p1", Criteria = [], Used = [], Count = 0 }, "p1"));
        Assert.Equal((25, 0, 0L), (count.Total, count.Matches.Count, count.NextPosition));
    }

    [Fact]
    public async Task More_candidates_than_one_page_decides_still_come_in_order()
    {
        for (var batch = 0; batch < 3; batch++)
        {
            var entries = Enumerable.Range(0, 900).Select(n => Make.Create(Make.Observation("p1"), string.Create(CultureInfo.InvariantCulture, $"o{batch}-{n:000}"), "p1"));
            await Hub.Commit(Make.Ask([.. entries]));
        }

        var ask = Make.InPatient(new SearchQuery { Type = "Observation", PatientId = "p1", Criteria = [Make.Token("code", null, "718-7")], Used = [], Count = 1_000 }, "p1");
        var seen = new List<string>();
        for (var page = await Hub.Search(ask); ; page = await Hub.Search(ask with { AfterPosition = page.NextPosition }))
        {
            seen.AddRange(page.Matches.Select(m => m.Id));
            if (page.NextPosition == 0)
            {
                break;
            }
        }

        Assert.Equal(2_700, seen.Count);
        Assert.Equal(seen.Order(StringComparer.Ordinal), seen);
    }

    [Fact]
    public async Task A_resource_about_several_patients_is_found_from_each_of_them_and_from_its_institution()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1"), Make.Create(Make.Patient("2"), "p2", "p2"), Make.Create(Make.Patient("3"), "p3", "p3")));
        var group = Make.Create(Make.Group("p1", "p2"), "g1", CompartmentKind.Institution, "hospital-ankara") with { LinkedPatients = ["p1", "p2"] };
        await Hub.Commit(Make.Ask(group));
        Assert.Equal("g1/g1/", $"{await Groups("p1")}/{await Groups("p2")}/{await Groups("p3")}");
        var page = await Hub.Search(new SearchAsk(Make.Query("Group", null), CompartmentKind.Institution, "hospital-ankara", 0, false));
        Assert.Equal(["g1"], page.Matches.Select(m => m.Id));
        Assert.Equal(["p1", "p2"], page.PatientIds);

        await Hub.Commit(Make.Ask(Make.Update(await Hub.Locate("Group", "g1"), Make.Group("p2", "p3")) with { LinkedPatients = ["p2", "p3"] }));
        Assert.Equal("/g1/g1", $"{await Groups("p1")}/{await Groups("p2")}/{await Groups("p3")}");
        Assert.Contains("Patient/p3", (await Hub.Open(await Hub.Search(Make.InPatient(Make.Query("Group", "p3"), "p3"))))[0].Text(), StringComparison.Ordinal);

        await Hub.Commit(Make.Ask(Make.Delete(await Hub.Locate("Group", "g1"))));
        Assert.Equal("//", $"{await Groups("p1")}/{await Groups("p2")}/{await Groups("p3")}");

        async Task<string> Groups(string patient) => string.Join(',', (await Hub.Search(Make.InPatient(Make.Query("Group", patient), patient))).Matches.Select(m => m.Id));
    }

    [Fact]
    public async Task A_search_over_everybody_is_driven_by_identifier_and_id_or_asks_each_compartment()
    {
        await Hub.Commit(Make.Ask([.. Enumerable.Range(1, 30).Select(n => Make.Create(Make.Patient($"{n % 10}", n % 3 == 0 ? "Kaya" : "Demir"), $"p{n:00}", $"p{n:00}"))]));
        Assert.Equal(["p03", "p13", "p23"], await Everywhere(Make.Token("identifier", "urn:test:mrn", "3")));
        Assert.Equal(["p07"], await Everywhere(Make.Token("_id", null, "p07")));
        Assert.Empty(await Everywhere(Make.Token("identifier", "urn:other", "3")));
        Assert.Equal(10, (await Everywhere(new SearchCriterion("family", null, [new SearchValue(FactKind.String, "eq", null, "Kaya")]))).Count);

        var ask = Make.Everywhere(new SearchQuery { Type = "Patient", Criteria = [], Used = [], Count = 7 });
        var seen = new List<string>();
        for (var page = await Hub.Search(ask); ; page = await Hub.Search(ask with { AfterPosition = page.NextPosition }))
        {
            Assert.False(page.TooCostly);
            seen.AddRange(page.Matches.Select(m => m.Id));
            if (page.NextPosition == 0)
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Range(1, 30).Select(n => $"p{n:00}"), seen);

        async Task<List<string>> Everywhere(SearchCriterion criterion)
        {
            var page = await Hub.Search(Make.Everywhere(Make.Query("Patient", null, criterion)));
            Assert.Equal(page.Matches.Count, page.Total);
            return [.. page.Matches.Select(m => m.Id)];
        }
    }

    [Fact]
    public async Task The_directory_is_found_by_whatever_it_says()
    {
        await Hub.Commit(Make.Ask(
            Make.Create(Make.Organization("Ankara Şehir Hastanesi", "100"), "org1", CompartmentKind.Directory, ""),
            Make.Create(Make.Organization("İzmir Eğitim Hastanesi", "200"), "org2", CompartmentKind.Directory, "")));
        Assert.Equal(["org1"], await Directory(Make.Token("identifier", "urn:test:org", "100")));
        Assert.Equal(["org2"], await Directory(Make.Token("identifier", null, "200")));
        Assert.Equal(["org1", "org2"], await Directory(Make.Token("active", null, "true")));
        Assert.Equal(["org1"], await Directory(Name("ankara")));
        Assert.Equal(["org2"], await Directory(Name("izmir")));
        Assert.Equal(["org2"], await Directory(Name("IZMIR")));
        Assert.Equal(["org1"], await Directory(Name("an")));
        Assert.Equal(["org1", "org2"], await Directory(new SearchCriterion("name", "contains", [new SearchValue(FactKind.String, "eq", null, "hastanesi")])));

        async Task<string[]> Directory(SearchCriterion criterion) =>
            [.. (await Hub.Search(new SearchAsk(Make.Query("Organization", null, criterion), CompartmentKind.Directory, "", 0, false))).Matches.Select(m => m.Id)];

        static SearchCriterion Name(string text) => new("name", null, [new SearchValue(FactKind.String, "eq", null, text)]);
    }

    private static SearchCriterion Date(string prefix, string from, string to) => new(
        "date",
        null,
        [new SearchValue(FactKind.Date, prefix, null, null, Micros(from), Micros(to) + 86_400_000_000 - 1)]);

    // A date without a zone is a day in Türkiye.
    private static long Micros(string day) => (DateTimeOffset.Parse(day + "T00:00:00+03:00", CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).Ticks / 10;

    private async Task<string[]> Ids(string patient, params SearchCriterion[] criteria) =>
        [.. (await Hub.Search(Make.InPatient(Make.Query("Observation", patient, criteria), patient))).Matches.Select(m => m.Id)];
}

/// <summary>The suite on SQLite.</summary>
public sealed class SqliteSearchTests : SearchSuite<SqliteFixture>;
