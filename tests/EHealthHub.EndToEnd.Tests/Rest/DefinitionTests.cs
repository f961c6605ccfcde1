using System.Text.Json.Nodes;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Rest;

/// <summary>The definitions that the CapabilityStatement names are resources of the hub: read and searched with the stored ones, and written by nobody.</summary>
public sealed class DefinitionTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Every_definition_that_the_statement_names_is_found_by_its_url_and_read_by_its_id()
    {
        using var ankara = hub.Client("hospital-ankara");
        var rest = (await ankara.Get("fhir/metadata")).Expect(200).Json["rest"]![0]!;
        var named = rest["resource"]!.AsArray().Append(rest)
            .SelectMany(r => (r!["operation"]?.AsArray() ?? []).Concat(r["searchParam"]?.AsArray() ?? []))
            .Select(d => (string?)d!["definition"]).OfType<string>().ToHashSet();
        var urls = (await All(ankara, "fhir/SearchParameter?_count=1000")).Concat(await All(ankara, "fhir/OperationDefinition?_count=5")).Select(d => (string)d["url"]!).ToHashSet();
        Assert.Empty(named.Except(urls));
        Assert.InRange(named.Count, 1_300, 2_000);

        foreach (var url in named.Where(n => n.Contains("OperationDefinition", StringComparison.Ordinal)).Append("http://hl7.org/fhir/SearchParameter/Patient-name").Append("http://hl7.org/fhir/SearchParameter/clinical-code"))
        {
            var path = string.Join('/', url.Split('/')[^2..]);
            var read = (await ankara.Get("fhir/" + path)).Expect(200);
            Assert.Equal(url, (string?)read.Json["url"]);
            Assert.Equal((string?)read.Json["id"], (string?)(await ankara.Get($"fhir/{path.Split('/')[0]}?url={url}")).Expect(200).Json["entry"]![0]!["resource"]!["id"]);
        }
    }

    [Fact]
    public async Task Built_in_and_stored_definitions_are_searched_together()
    {
        using var ministry = hub.Client("ministry");
        var own = (await ministry.Post("fhir/SearchParameter", Draft)).Expect(201).IdFromLocation();
        var found = (await ministry.Get("fhir/SearchParameter?base=Patient&code=name,pet-name")).Expect(200);
        Assert.Equal(2, (int?)found.Json["total"]);
        Assert.Equal([own, "Patient-name"], found.Json["entry"]!.AsArray().Select(e => (string)e!["resource"]!["id"]!));

        var one = await All(ministry, "fhir/SearchParameter?base=Patient&code=name,pet-name,gender&_count=1");
        Assert.Equal([own, "Patient-name", "individual-gender"], one.Select(r => (string)r["id"]!));
        var sorted = await All(ministry, "fhir/SearchParameter?base=Patient&code=name,pet-name,gender&_count=2&_sort=-code");
        Assert.Equal([own, "Patient-name", "individual-gender"], sorted.Select(r => (string)r["id"]!));
        Assert.Equal(3, (int?)(await ministry.Get("fhir/SearchParameter?base=Patient&code=name,pet-name,gender&_summary=count")).Expect(200).Json["total"]);
        Assert.Equal("Patient-name", (string?)(await ministry.Get("fhir/SearchParameter?_id=Patient-name")).Expect(200).Json["entry"]![0]!["resource"]!["id"]);
        Assert.Equal(0, (int?)(await ministry.Get("fhir/SearchParameter?url=http://example.org/none")).Expect(200).Json["total"]);
    }

    [Fact]
    public async Task A_built_in_definition_has_one_version_and_nobody_changes_it()
    {
        using var ministry = hub.Client("ministry");
        (await ministry.Get("fhir/SearchParameter/Patient-name/_history/1")).Expect(200);
        (await ministry.Get("fhir/SearchParameter/Patient-name/_history/2")).Refused(404);
        Assert.Equal(1, (int?)(await ministry.Get("fhir/SearchParameter/Patient-name/_history")).Expect(200).Json["total"]);

        var body = Draft.Replace("{\"resourceType\":\"SearchParameter\",", "{\"resourceType\":\"SearchParameter\",\"id\":\"Patient-name\",", StringComparison.Ordinal);
        (await ministry.Put("fhir/SearchParameter/Patient-name", body)).Refused(403, "definition-built-in");
        (await ministry.Delete("fhir/SearchParameter/Patient-name")).Refused(403, "definition-built-in");
        (await ministry.Delete("fhir/OperationDefinition/Patient-everything")).Refused(403, "definition-built-in");
        (await ministry.Delete("fhir/SearchParameter?url=http://hl7.org/fhir/SearchParameter/Patient-name")).Refused(403, "definition-built-in");
        var bundle = "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"resource\":" + body + ",\"request\":{\"method\":\"PUT\",\"url\":\"SearchParameter/Patient-name\"}}]}";
        Assert.Equal("Bundle.entry[0]", (await ministry.Post("fhir", bundle)).Refused(403, "definition-built-in").OutcomeExpression);
        (await ministry.Get("fhir/SearchParameter/Patient-name")).Expect(200);
    }

    private const string Draft = """
        {"resourceType":"SearchParameter","url":"http://example.org/SearchParameter/pet-name","name":"PetName","status":"draft","description":"Name of a pet.","code":"pet-name","base":["Patient"],"type":"string","expression":"Patient.extension('http://example.org/pet')"}
        """;

    private static async Task<List<JsonNode>> All(FhirClient client, string path)
    {
        var all = new List<JsonNode>();
        for (var next = path; next is not null;)
        {
            var page = (await client.Get(next)).Expect(200).Json;
            all.AddRange((page["entry"]?.AsArray() ?? []).Select(e => e!["resource"]!));
            next = (string?)page["link"]!.AsArray().FirstOrDefault(l => (string?)l!["relation"] == "next")?["url"];
        }

        return all;
    }
}
