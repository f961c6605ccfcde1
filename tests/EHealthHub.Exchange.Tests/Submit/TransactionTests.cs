using System.Text;
using System.Text.Json.Nodes;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Read;
using EHealthHub.Exchange.Search;
using EHealthHub.Exchange.Tests.Support;
using EHealthHub.Fhir.Http;

namespace EHealthHub.Exchange.Tests.Submit;

/// <summary>What transactions come to, and what is logged of their parts.</summary>
public sealed class TransactionTests : IAsyncLifetime
{
    private TestHub Hub { get; } = new();

    [Fact]
    public async Task A_create_replaces_what_the_same_transaction_deletes()
    {
        const string organization = """{"resourceType":"Organization","identifier":[{"system":"urn:o","value":"1"}],"name":"x"}""";
        var old = await Created(organization);
        var create = "{\"resource\":" + organization + ",\"request\":{\"method\":\"POST\",\"url\":\"Organization\",\"ifNoneExist\":\"identifier=urn:o|1\"}}";
        var answer = await Post("transaction", create, "{\"request\":{\"method\":\"DELETE\",\"url\":\"Organization/" + old + "\"}}");
        Assert.Equal(["201", "204"], Statuses(answer));
        Assert.NotEqual(old, Id(answer, 0));

        // Without the delete it is the match.
        Assert.Equal(["200"], Statuses(await Post("transaction", create)));
    }

    [Fact]
    public async Task What_a_writer_gets_back_is_what_was_stored()
    {
        var context = TestHub.Ministry with { Return = ReturnPreference.Representation };
        var answer = await Post(context, "transaction", """{"fullUrl":"urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60","resource":{"resourceType":"Organization","name":"a"},"request":{"method":"POST","url":"Organization"}}""", """{"resource":{"resourceType":"Organization","partOf":{"reference":"urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60"},"name":"b"},"request":{"method":"POST","url":"Organization"}}""");
        for (var i = 0; i < 2; i++)
        {
            var stored = await Hub.Acts.Read.Execute(TestHub.Ministry, "Organization", Id(answer, i), null, default);
            Assert.Equal(Encoding.UTF8.GetString(stored.Body.Span), answer["entry"]![i]!["resource"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        }
    }

    [Fact]
    public async Task A_version_that_an_update_made_is_told_as_one()
    {
        using var own = TestHub.Resource("""{"resourceType":"Organization","id":"own","name":"a"}""");
        Assert.Equal(201, (await Hub.Acts.Submit.Update(TestHub.Ministry, "Organization", "own", own, null, null, default)).Status);
        Assert.True(HistoryForm.Parse(QueryText.Parse("")).Try(out var form, out _));
        var history = JsonNode.Parse((await Hub.Acts.History.Execute(TestHub.Ministry, "Organization", "own", form, default)).Body.Span)!;
        Assert.Equal(("PUT", "Organization/own", "201"), ((string?)history["entry"]![0]!["request"]!["method"], (string?)history["entry"]![0]!["request"]!["url"], (string?)history["entry"]![0]!["response"]!["status"]));
    }

    [Fact]
    public async Task An_operation_in_a_batch_is_logged_as_if_it_were_called_alone()
    {
        var patient = await Hub.Patient();
        Hub.Entries();
        var answer = await Post("batch", "{\"request\":{\"method\":\"GET\",\"url\":\"Patient/" + patient + "/$meta\"}}", """{"request":{"method":"GET","url":"Patient/$nothing"}}""");
        Assert.Equal(["200", "404"], Statuses(answer));
        var entries = Hub.Entries().OrderBy(e => e.Kind).ToList();
        Assert.Equal([(EntryKind.Read, "$meta"), (EntryKind.Refusal, "$nothing")], entries.Select(e => (e.Kind, e.Interaction)));
        Assert.Equal([patient], entries[0].Patients.AsEnumerable());
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    private async Task<string> Created(string json)
    {
        using var resource = TestHub.Resource(json);
        return TestHub.IdOf(await Hub.Acts.Submit.Create(TestHub.Ministry, resource.Type, resource, null, default));
    }

    private Task<JsonNode> Post(string type, params string[] entries) => Post(TestHub.Ministry, type, entries);

    private async Task<JsonNode> Post(ActContext context, string type, params string[] entries)
    {
        using var bundle = TestHub.Resource("{\"resourceType\":\"Bundle\",\"type\":\"" + type + "\",\"entry\":[" + string.Join(',', entries) + "]}");
        var result = await Hub.Acts.Bundle.Execute(context, bundle, "en", default);
        Assert.Equal(200, result.Status);
        return JsonNode.Parse(result.Body.Span)!;
    }

    private static IEnumerable<string> Statuses(JsonNode answer) => answer["entry"]!.AsArray().Select(e => (string)e!["response"]!["status"]!);

    private static string Id(JsonNode answer, int entry) => ((string)answer["entry"]![entry]!["response"]!["location"]!).Split('/')[1];
}
