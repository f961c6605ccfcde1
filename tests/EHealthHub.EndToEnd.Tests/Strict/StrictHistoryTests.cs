using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Strict;

/// <summary>History as a strict tester reads it (R4 3.1.0.12; E16).</summary>
public sealed class StrictHistoryTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Conditional_verbs_appear_as_direct_ones_and_every_version_tells_its_time()
    {
        using var ministry = hub.Client("ministry");
        var where = "identifier=urn:h|1";
        var body = """{"resourceType":"Organization","identifier":[{"system":"urn:h","value":"1"}],"name":"Tarih"}""";
        var id = (await ministry.Post("fhir/Organization", body, ("If-None-Exist", where))).Expect(201).IdFromLocation();
        (await ministry.Put("fhir/Organization?" + where, body)).Expect(200);
        (await ministry.Delete("fhir/Organization?" + where)).Expect(204);

        var history = (await ministry.Get($"fhir/Organization/{id}/_history")).Expect(200);
        var entries = history.Json["entry"]!.AsArray();
        Assert.Equal(["DELETE", "PUT", "POST"], entries.Select(e => (string)e!["request"]!["method"]!));
        Assert.Equal([$"Organization/{id}", $"Organization/{id}"], entries.Take(2).Select(e => (string)e!["request"]!["url"]!));
        Assert.Null(entries[0]!["resource"]);
        Assert.All(entries, e => Assert.NotNull(e!["response"]!["lastModified"]));
        Assert.All(entries, e => Assert.EndsWith($"/fhir/Organization/{id}", (string)e!["fullUrl"]!, StringComparison.Ordinal));
        Assert.Equal(["W/\"3\"", "W/\"2\"", "W/\"1\""], entries.Select(e => (string)e!["response"]!["etag"]!));
    }

    [Fact]
    public async Task Pages_keep_their_count_and_each_parameter_may_be_given_once()
    {
        using var ministry = hub.Client("ministry");
        var id = await ministry.Create("Organization", """{"resourceType":"Organization","name":"Sayı"}""");
        for (var i = 0; i < 3; i++)
        {
            (await ministry.Put($"fhir/Organization/{id}", $$$"""{"resourceType":"Organization","id":"{{{id}}}","name":"Sayı {{{i}}}"}""")).Expect(200);
        }

        var page = (await ministry.Get($"fhir/Organization/{id}/_history?_count=3")).Expect(200);
        Assert.Equal((3, 4), (page.Json["entry"]!.AsArray().Count, (int?)page.Json["total"]));
        Assert.Contains("_count=3", Links.Next(page), StringComparison.Ordinal);
        Assert.Contains("_count=3", Links.Of(page, "self"), StringComparison.Ordinal);
        Assert.Null(Links.Next((await ministry.Get(Links.Next(page)!)).Expect(200)));

        foreach (var twice in (string[])["_count=1&_count=2", "_since=2020-01-01T00:00:00Z&_since=2021-01-01T00:00:00Z", "_at=2020&_at=2021", "_since=2020", "_count=-1", "_at=never", "_list=List/1"])
        {
            (await ministry.Get($"fhir/Organization/{id}/_history?{twice}")).Refused(400);
            (await ministry.Get($"fhir/Organization/_history?{twice}")).Refused(400);
        }
    }
}
