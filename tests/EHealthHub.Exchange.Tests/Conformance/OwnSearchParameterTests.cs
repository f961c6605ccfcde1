using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Tests.Support;

namespace EHealthHub.Exchange.Tests.Conformance;

/// <summary>Own search parameters: judged when they are submitted, extracted step by step under entries of the log, and then in force.</summary>
public sealed class OwnSearchParameterTests : IAsyncLifetime
{
    private const string Family = """{"resourceType":"SearchParameter","url":"http://example.org/sp/kin","name":"Kin","status":"active","description":"Kin.","code":"kin","base":["Patient"],"type":"string","expression":"Patient.name.family"}""";

    private TestHub Hub { get; } = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    [Fact]
    public async Task Each_step_is_logged_before_it_opens_and_before_it_writes()
    {
        await Hub.Patient("Kaya");
        await Hub.Patient("Öz");
        await Define(Family);
        Assert.Equal((503, "search-parameter-reindexing"), await Asked("kin", "kaya"));
        Hub.Entries();

        Assert.True(await Hub.Acts.Reindex.Run(1_000, default));
        var entries = Hub.Entries();
        Assert.Equal(["facts-opened", "facts-renewed"], entries.Select(e => e.Reason));
        Assert.All(entries, e => Assert.Equal((EntryKind.Administration, "reindex", 2, "generation 2"), (e.Kind, e.Interaction, e.Count, e.Detail)));
        Assert.Equal((0, 128), (entries[0].Hashes.Length, entries[1].Hashes.Length));
        Assert.Equal((200, null), await Asked("kin", "kaya"));
        Assert.False(await Hub.Acts.Reindex.Run(1_000, default));
        Assert.False(Hub.Acts.Reindex.HasWork);
    }

    [Fact]
    public async Task A_draft_is_kept_and_not_looked_at_and_a_deletion_takes_out_of_force()
    {
        await Define(Family.Replace("\"active\"", "\"draft\"", StringComparison.Ordinal).Replace("Patient.name.family", "nothing.first()", StringComparison.Ordinal));
        Assert.Equal((400, "search-parameter-unknown"), await Asked("kin", "x"));
        var id = await Define(Family);
        await Hub.Acts.Reindex.Run(1_000, default);
        Assert.Equal((200, null), await Asked("kin", "x"));
        Assert.Equal(204, (await Hub.Acts.Submit.Delete(TestHub.Ministry, "SearchParameter", id, null, default)).Status);
        Assert.Equal((400, "search-parameter-unknown"), await Asked("kin", "x"));
    }

    [Fact]
    public async Task Of_many_that_clash_and_come_at_the_same_time_one_is_taken()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            using var parameter = TestHub.Resource(Family.Replace("sp/kin", $"sp/kin{i}", StringComparison.Ordinal));
            return (await Hub.Acts.Submit.Create(TestHub.Ministry, "SearchParameter", parameter, null, default)).Status;
        }));
        Assert.Equal(1, answers.Count(s => s == 201));
        Assert.Equal(7, answers.Count(s => s == 422));
    }

    [Fact]
    public async Task A_patch_that_breaks_a_definition_is_refused()
    {
        var id = await Define(Family);
        var refused = await Hub.Acts.Submit.Patch(TestHub.Ministry, "patch", "SearchParameter", id, r => TestHub.Resource(System.Text.Encoding.UTF8.GetString(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(r.Root)).Replace("Patient.name.family", "Patient.name.first()", StringComparison.Ordinal)), null, default);
        Assert.Equal((422, "SearchParameter.expression"), (refused.Status, refused.Failure!.Issues[0].Expression));
    }

    private async Task<string> Define(string json)
    {
        using var parameter = TestHub.Resource(json);
        return TestHub.IdOf(await Hub.Acts.Submit.Create(TestHub.Ministry, "SearchParameter", parameter, null, default));
    }

    private async Task<(int Status, string? Code)> Asked(string name, string value)
    {
        var result = await Hub.Acts.Search.Execute(TestHub.Ministry, "Patient", [new(name, value)], strict: true, default);
        return (result.Status, result.Failure?.Issues[0].Code);
    }
}
