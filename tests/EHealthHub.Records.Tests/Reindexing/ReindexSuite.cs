using System.Text;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Reindexing;
using EHealthHub.Records.Store;
using EHealthHub.Records.Tests.Store;
using EHealthHub.Records.Tests.Verify;
using EHealthHub.Records.Verify;

namespace EHealthHub.Records.Tests.Reindexing;

/// <summary>Search parameters of the hub's own come into force over what is stored already, while it is written to.</summary>
public abstract class ReindexSuite<TFixture> : IAsyncLifetime
    where TFixture : StoreFixture, new()
{
    private const string Family = """{"resourceType":"SearchParameter","url":"http://example.org/sp/kin","code":"kin","base":["Patient"],"type":"string","expression":"Patient.name.family"}""";
    private const string Given = """{"resourceType":"SearchParameter","url":"http://example.org/sp/kin","code":"kin","base":["Patient"],"type":"string","expression":"Patient.name.given"}""";
    private const string Label = """{"resourceType":"SearchParameter","url":"http://example.org/sp/label","code":"label","base":["Organization"],"type":"string","expression":"Organization.name"}""";
    private const string Category = """{"resourceType":"SearchParameter","url":"http://example.org/sp/category","code":"category","base":["Group"],"type":"token","expression":"Group.code"}""";

    protected TFixture Hub { get; } = new();

    private SearchGenerations Generations => Hub.Store.Generations;

    public Task InitializeAsync()
    {
        _ = (Hub.Store, Hub.Log);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    [Fact]
    public async Task A_parameter_is_refused_by_name_until_everything_was_looked_at_and_answers_exactly_then()
    {
        await Fill(5);
        Assert.Equal("search-parameter-unknown", Asked("Patient", "kin", "Yılmaz"));
        Assert.True(await Define(("1", Family)));
        Assert.False(await Define(("1", Family)));
        Assert.Equal("search-parameter-reindexing", Asked("Patient", "kin", "Yılmaz"));
        Assert.Equal("search-parameter-reindexing", Asked("Observation", "subject:Patient.kin", "Yılmaz"));
        Assert.Equal("search-parameter-reindexing", Asked("Patient", "_sort", "kin"));
        Assert.Null(Asked("Patient", "family", "Yılmaz"));
        Assert.Equal([("kin", false)], Generations.Parameters.Select(p => (p.Code, p.InForce)));

        await Hub.Commit(Make.Ask(Make.Create(Make.Patient(family: "Yılmaz"), "p9", "p9")));
        Assert.Equal(5, await Reindex(2));
        Assert.Equal([("kin", true)], Generations.Parameters.Select(p => (p.Code, p.InForce)));
        Assert.Equal(["p0", "p2", "p4", "p9"], await Found("Patient", "kin", "yılmaz"));
        var progress = await Generations.Progress(default);
        Assert.Equal((2, false, 5L), (progress.Generation, progress.Running, progress.Resources));
        ExpectWhole();
    }

    [Fact]
    public async Task A_version_that_comes_between_extraction_and_writing_keeps_its_own_facts()
    {
        await Fill(2);
        await Define(("1", Family));
        var (ask, batch) = await Extracted();
        Assert.Equal(2, ask.Count);
        await Hub.Commit(Make.Ask(Make.Update(await Hub.Locate("Patient", "p0"), Make.Patient(family: "Demir"))));
        await Hub.Commit(Make.Ask(Make.Delete(await Hub.Locate("Patient", "p1"))));
        await Generations.Apply(batch, await Hub.Receipt(batch.Hash()));
        await Reindex(10);
        Assert.Equal(["p0"], await Found("Patient", "kin", "Demir"));
        Assert.Empty(await Found("Patient", "kin", "Yılmaz"));
        ExpectWhole();
    }

    [Fact]
    public async Task A_write_that_was_decided_on_older_facts_leaves_the_index_as_it_must_be()
    {
        await Hub.Commit(Make.Ask(Make.Create(Make.Organization("Ankara Hastanesi", "1"), "o1", CompartmentKind.Directory, "")));
        await Hub.Commit(Make.Ask(Make.Create(Make.Organization("İzmir Hastanesi", "2"), "o2", CompartmentKind.Directory, "")));
        var before = await Hub.Locate("Organization", "o1");
        await Define(("1", Label));
        await Reindex(10);
        Assert.Equal(CommitStatus.Committed, (await Hub.Commit(Make.Ask(Make.Update(before, Make.Organization("Bursa Hastanesi", "1"))))).Status);
        Assert.Equal(["o1"], await Found("Organization", "label", "bursa"));
        Assert.Equal(["o2"], await Found("Organization", "label", "izmir"));
        Assert.Empty(await Found("Organization", "label", "ankara"));
        ExpectWhole();
    }

    [Fact]
    public async Task Tokens_that_are_linked_to_patients_follow_the_facts()
    {
        await Fill(2);
        await Hub.Commit(Make.Ask(Make.Create(Make.Group("p0", "p1"), "g1", CompartmentKind.Institution, "hospital-ankara") with { LinkedPatients = ["p0", "p1"] }));
        await Define(("1", Category));
        Assert.Equal(1, await Reindex(10));
        Assert.Equal(["g1"], await Found("Group", "category", "urn:test|family"));
        ExpectWhole();
    }

    [Fact]
    public async Task A_restart_goes_on_where_it_was_and_keeps_what_is_in_force()
    {
        await Fill(5);
        await Define(("1", Family));
        await Step(2);
        await Hub.CloseStore();
        Assert.Equal("search-parameter-reindexing", Asked("Patient", "kin", "Yılmaz"));
        var (ask, _) = await Extracted();
        Assert.Equal(3, ask.Count);
        await Hub.CloseStore(); // extracted and never written
        Assert.Equal(3, await Reindex(1));
        await Hub.CloseStore();
        Assert.Equal(["p0", "p2", "p4"], await Found("Patient", "kin", "Yılmaz"));
        Assert.Null(await Generations.Next(10, default));
        ExpectWhole();
    }

    [Fact]
    public async Task A_parameter_that_changes_is_extracted_again_and_one_that_is_taken_away_is_out_of_force_at_once()
    {
        await Fill(4);
        await Define(("1", Family));
        await Step(1);
        await Define(("1", Given), ("2", Label));
        Assert.Equal("search-parameter-reindexing", Asked("Patient", "kin", "Zeynep"));
        Assert.Equal(4, await Reindex(3));
        Assert.Equal(4, (await Found("Patient", "kin", "Zeynep")).Count);
        Assert.Empty(await Found("Patient", "kin", "Yılmaz"));

        await Define(("2", Label));
        Assert.Equal("search-parameter-unknown", Asked("Patient", "kin", "Zeynep"));
        Assert.Null(Asked("Organization", "label", "x"));
        Assert.Null(await Generations.Next(10, default));
        ExpectWhole();
    }

    [Fact]
    public async Task A_query_that_was_parsed_before_the_parameters_changed_is_not_answered_by_half()
    {
        await Fill(3);
        await Define(("1", Family));
        await Reindex(10);
        var query = Query("Patient", "kin", "Yılmaz");
        await Define(("1", Given));
        await Step(1);
        await Assert.ThrowsAsync<RecordsUnavailableException>(() => Hub.Search(Make.Everywhere(query)));
    }

    [Fact]
    public async Task Nothing_is_opened_and_nothing_written_without_its_receipt()
    {
        await Fill(1);
        await Define(("1", Family));
        var ask = (await Generations.Next(10, default))!;
        await Assert.ThrowsAsync<AuditReceiptException>(async () => await Generations.Extract(ask, await Hub.Receipt(new byte[32]), default));
        var batch = await Generations.Extract(ask, await Hub.Receipt(ask.Hash()), default);
        await Assert.ThrowsAsync<AuditReceiptException>(async () => await Generations.Apply(batch, await Hub.Receipt(ask.Hash())));
        Assert.Equal(64, batch.Hashes.Length);
    }

    [Fact]
    public async Task Writes_go_on_while_facts_are_extracted_again()
    {
        await Fill(40);
        var writes = Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                await Hub.Commit(Make.Ask(Make.Update(await Hub.Locate("Patient", $"p{i}"), Make.Patient(family: "Kaya"))));
            }
        });
        await Define(("1", Family));
        await Reindex(3);
        await writes;
        Assert.Equal(40, (await Found("Patient", "kin", "Kaya")).Count);
        ExpectWhole();
    }

    protected async Task Fill(int patients)
    {
        for (var i = 0; i < patients; i++)
        {
            await Hub.Commit(Make.Ask(Make.Create(Make.Patient(family: i % 2 == 0 ? "Yılmaz" : "Öz"), $"p{i}", $"p{i}"), Make.Create(Make.Observation($"p{i}"), $"o{i}", $"p{i}")));
        }
    }

    protected async Task<bool> Define(params (string Id, string Json)[] definitions) =>
        await Generations.Change(() => definitions.Select(d => new SearchDefinition(d.Id, Encoding.UTF8.GetBytes(d.Json))), default);

    /// <summary>Takes all steps; how many resources were extracted again.</summary>
    protected async Task<int> Reindex(int countMax)
    {
        var before = 0;
        while (await Step(countMax) is { } count)
        {
            before += count;
        }

        return before;
    }

    protected void ExpectWhole() => Assert.Empty(Problems());

    protected abstract IReadOnlyList<RecordsProblem> Problems();

    private async Task<int?> Step(int countMax)
    {
        if (await Generations.Next(countMax, default) is not { } ask)
        {
            return null;
        }

        if (ask.Count == 0)
        {
            await Generations.Pass(ask);
            return 0;
        }

        var batch = await Generations.Extract(ask, await Hub.Receipt(ask.Hash()), default);
        await Generations.Apply(batch, await Hub.Receipt(batch.Hash()));
        return batch.Count;
    }

    private async Task<(ReindexAsk Ask, ReindexBatch Batch)> Extracted()
    {
        var ask = (await Generations.Next(10, default))!;
        return (ask, await Generations.Extract(ask, await Hub.Receipt(ask.Hash()), default));
    }

    private string? Asked(string type, string name, string value) =>
        SearchQuery.Parse(type, [new(name, value)], strict: true, Generations.Asking).Try(out _, out var failure) ? null : failure.Issues[0].Code;

    private SearchQuery Query(string type, string name, string value) =>
        SearchQuery.Parse(type, [new(name, value)], strict: true, Generations.Asking).Try(out var query, out var failure) ? query : throw new InvalidOperationException(failure.Issues[0].Diagnostics);

    private async Task<IReadOnlyList<string>> Found(string type, string name, string value)
    {
        var query = Query(type, name, value);
        var ask = CompartmentRule.IsDirectory(type) ? new SearchAsk(query, CompartmentKind.Directory, "", 0, false) : Make.Everywhere(query);
        return [.. (await Hub.Search(ask)).Matches.Select(m => m.Id).Order(StringComparer.Ordinal)];
    }
}

/// <summary>On the embedded default, and what tampering with it would look like.</summary>
public sealed class SqliteReindexTests : ReindexSuite<SqliteFixture>
{
    [Theory]
    [InlineData("UPDATE search_generation SET state=1 WHERE number=2")]
    [InlineData("UPDATE search_generation SET compartment=9 WHERE number=2")]
    [InlineData("DELETE FROM search_generation WHERE number=2")]
    [InlineData("UPDATE version SET flags=flags-2 WHERE flags>3")]
    [InlineData("UPDATE version SET facts=(SELECT facts FROM kept WHERE kept.compartment_key=version.compartment_key AND kept.slot=version.slot), flags=2 WHERE flags>3")]
    public async Task What_is_put_back_or_called_done_is_found(string sql)
    {
        await Fill(3);
        await Hub.CloseStore();
        SqliteTamper.Sql(Hub.Folder, "records.db", "CREATE TABLE kept AS SELECT * FROM version");
        await Define(("1", """{"resourceType":"SearchParameter","url":"http://example.org/sp/kin","code":"kin","base":["Patient"],"type":"string","expression":"Patient.name.family"}"""));
        if (!sql.Contains("state", StringComparison.Ordinal))
        {
            await Reindex(10);
        }

        await Hub.CloseStore();
        SqliteTamper.Sql(Hub.Folder, "records.db", sql);
        SqliteTamper.Sql(Hub.Folder, "records.db", "DROP TABLE kept");
        Assert.NotEmpty(Problems());
    }

    [Fact]
    public async Task Content_beside_a_version_is_not_read_and_stays_named_when_facts_are_extracted_again()
    {
        var bytes = ContentMake.Bytes(700_000);
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")));
        await ContentMake.Create(Hub, "b1", bytes);
        var before = await Hub.Locate("Binary", "b1");
        SqliteTamper.Sql(Hub.Folder, "contents.db", "CREATE TABLE kept AS SELECT * FROM chunk; DELETE FROM chunk");

        await Define(("1", """{"resourceType":"SearchParameter","url":"http://example.org/sp/media","code":"media","base":["Binary"],"type":"token","expression":"Binary.contentType"}"""));
        Assert.Equal(1, await Reindex(10));
        SqliteTamper.Sql(Hub.Folder, "contents.db", "INSERT INTO chunk SELECT * FROM kept; DROP TABLE kept");

        var after = await Hub.Locate("Binary", "b1");
        Assert.Equal((before.Row.Version, Convert.ToHexString(before.Row.Hash)), (after.Row.Version, Convert.ToHexString(after.Row.Hash)));
        Assert.Equal(ContentMake.Hash(bytes), ContentMake.Hash(await ContentMake.Content(Hub, "b1")));
        await Hub.CloseStore();
        ExpectWhole();
    }

    protected override IReadOnlyList<RecordsProblem> Problems() => SqliteTamper.Verify(Hub).Problems;
}
