using System.Globalization;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Rest;

/// <summary>History on instance, type and system (R4 3.1.0.12), and the operations on meta.</summary>
public sealed class HistoryTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_type_and_the_system_are_walked_newest_first_deletions_included()
    {
        using var ministry = hub.Client("ministry");
        using var ankara = hub.Client("hospital-ankara");
        var since = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        var patient = (await ankara.Post("fhir/Patient", Samples.Patient("Yürüyüş"))).Expect(201).IdFromLocation();
        var observation = (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}"))).Expect(201).IdFromLocation();
        (await ankara.Put($"fhir/Patient/{patient}", Samples.Patient("Yürüyüş", "10000000146").Insert(1, $"\"id\":\"{patient}\","))).Expect(200);
        (await ankara.Delete($"fhir/Observation/{observation}")).Expect(204);

        var mine = await Walk(ministry, $"fhir/_history?_since={since}&_count=3", patient, observation);
        Assert.Equal([$"DELETE Observation/{observation}", $"PUT Patient/{patient}", "POST Observation", "POST Patient"], mine);
        Assert.Equal([$"PUT Patient/{patient}", "POST Patient"], await Walk(ministry, $"fhir/Patient/_history?_count=1&_since={since}", patient, observation));
    }

    [Fact]
    public async Task The_continuation_is_for_the_one_who_asked_and_what_was_asked()
    {
        using var ministry = hub.Client("ministry");
        (await ministry.Put("fhir/Organization/o1", """{"resourceType":"Organization","id":"o1","name":"Bir"}""")).Expect(201);
        (await ministry.Put("fhir/Organization/o2", """{"resourceType":"Organization","id":"o2","name":"İki"}""")).Expect(201);
        var next = Links.Next((await ministry.Get("fhir/Organization/_history?_count=1")).Expect(200))!;
        (await ministry.Get(next)).Expect(200);
        (await ministry.Get(next.Replace("/Organization/", "/Location/", StringComparison.Ordinal))).Refused(400, "cursor-invalid");
        (await ministry.Get("fhir/_history?_cursor=nonsense")).Refused(400, "cursor-invalid");
    }

    [Fact]
    public async Task Others_than_system_scopes_do_not_walk()
    {
        var (_, doctor) = await hub.TreatedPatient("Kapalı");
        using (doctor)
        using (var ankara = hub.Client("hospital-ankara"))
        {
            (await ankara.Get("fhir/_history")).Refused(403, "history-system-scope");
            (await doctor.Get("fhir/Patient/_history")).Refused(403, "history-system-scope");
            (await ankara.Get("fhir/Patient/_history?_since=yesterday")).Refused(400, "parameter-invalid");
        }
    }

    [Fact]
    public async Task An_instances_history_has_since_and_at()
    {
        using var ankara = hub.Client("hospital-ankara");
        var id = (await ankara.Post("fhir/Patient", Samples.Patient("Zaman"))).Expect(201).IdFromLocation();
        var between = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        (await ankara.Put($"fhir/Patient/{id}", Samples.Patient("Zaman").Insert(1, $"\"id\":\"{id}\","))).Expect(200);

        Assert.Equal(["2"], await Versions($"_since={between}"));
        Assert.Equal(["2", "1"], await Versions("_since=2020-01-01T00:00:00Z"));
        Assert.Equal([], await Versions("_at=2020"));
        Assert.Equal(["1"], await Versions($"_at={between}"));

        async Task<List<string>> Versions(string query)
        {
            var page = (await ankara.Get($"fhir/Patient/{id}/_history?{query}")).Expect(200);
            var versions = page.Json["entry"]?.AsArray().Select(e => (string)e!["resource"]!["meta"]!["versionId"]!).ToList() ?? [];
            Assert.Equal(versions.Count, (int?)page.Json["total"]);
            return versions;
        }
    }

    [Fact]
    public async Task Meta_is_told_added_to_and_taken_from()
    {
        using var ankara = hub.Client("hospital-ankara");
        using var izmir = hub.Client("hospital-izmir");
        var id = (await ankara.Post("fhir/Patient", Samples.Patient("Etiket"))).Expect(201).IdFromLocation();
        const string tag = """{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"system":"urn:test:tag","code":"x"}]}}]}""";

        var added = (await ankara.Post($"fhir/Patient/{id}/$meta-add", tag)).Expect(200);
        var meta = added.Json["parameter"]![0]!["valueMeta"]!;
        Assert.Equal(("x", "2"), ((string?)meta["tag"]![0]!["code"], (string?)meta["versionId"]));
        (await ankara.Post($"fhir/Patient/{id}/$meta-add", tag)).Expect(200);
        var told = (await ankara.Get($"fhir/Patient/{id}/$meta")).Expect(200);
        Assert.Equal("2", (string?)told.Json["parameter"]![0]!["valueMeta"]!["versionId"]);
        Assert.Single(told.Json["parameter"]![0]!["valueMeta"]!["tag"]!.AsArray());

        var removed = (await ankara.Post($"fhir/Patient/{id}/$meta-delete", tag, ("If-Match", "W/\"2\""))).Expect(200);
        Assert.Null(removed.Json["parameter"]![0]!["valueMeta"]!["tag"]);
        Assert.Equal("W/\"3\"", (await ankara.Get($"fhir/Patient/{id}")).Expect(200).ETag);
        (await ankara.Post($"fhir/Patient/{id}/$meta-delete", tag, ("If-Match", "W/\"2\""))).Refused(412, "version-conflict");
        (await ankara.Post($"fhir/Patient/{id}/$meta-add", """{"resourceType":"Parameters"}""")).Refused(400, "parameter-invalid");
        (await izmir.Post($"fhir/Patient/{id}/$meta-add", tag)).Refused(404, "not-found");
        (await ankara.Get("fhir/Patient/$meta")).Refused(403, "meta-system-scope");

        // A version has its own meta; what is sealed and hashed into the log is not changed.
        Assert.Equal(("1", null), Version((await ankara.Get($"fhir/Patient/{id}/_history/1/$meta")).Expect(200)));
        Assert.Equal(("2", "x"), Version((await ankara.Post($"fhir/Patient/{id}/_history/2/$meta", """{"resourceType":"Parameters"}""")).Expect(200)));
        (await ankara.Get($"fhir/Patient/{id}/_history/9/$meta")).Refused(404, "not-found");
        (await ankara.Get($"fhir/Patient/{id}/_history/x/$meta")).Refused(404, "not-found");
        (await izmir.Get($"fhir/Patient/{id}/_history/1/$meta")).Refused(404, "not-found");
        (await ankara.Post($"fhir/Patient/{id}/_history/1/$meta-add", tag)).Refused(404);

        static (string?, string?) Version(FhirAnswer answer)
        {
            var meta = answer.Json["parameter"]![0]!["valueMeta"]!;
            return ((string?)meta["versionId"], (string?)meta["tag"]?[0]?["code"]);
        }
    }

    [Fact]
    public async Task The_labels_in_use_are_told_to_system_scopes()
    {
        using var ministry = hub.Client("ministry");
        using var ankara = hub.Client("hospital-ankara");
        Assert.Null((await ministry.Get("fhir/Media/$meta")).Expect(200).Json["parameter"]);
        var meta = """{"meta":{"tag":[{"system":"urn:test:kullanim","code":"b","display":"B"},{"system":"urn:test:kullanim","code":"a"}],"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}],"profile":["http://example.org/profil"]},""";
        (await ankara.Post("fhir/Patient", meta + Samples.Patient("Etiketli")[1..])).Expect(201);
        (await ankara.Post("fhir/Patient", meta + Samples.Patient("Etiketli")[1..])).Expect(201);
        (await ministry.Post("fhir/Organization", """{"resourceType":"Organization","name":"Etiket","meta":{"tag":[{"system":"urn:test:kurum","code":"k"}]}}""")).Expect(201);

        var ofType = (await ministry.Get("fhir/Patient/$meta")).Expect(200).Json["parameter"]![0]!;
        Assert.Equal("return", (string?)ofType["name"]);
        var told = ofType["valueMeta"]!;
        Assert.Equal(["urn:test:kullanim|a", "urn:test:kullanim|b"], Codings(told, "tag"));
        Assert.Equal(["http://terminology.hl7.org/CodeSystem/v3-Confidentiality|R"], Codings(told, "security"));
        Assert.Equal("http://example.org/profil", (string?)Assert.Single(told["profile"]!.AsArray()));
        Assert.Null(told["versionId"]);
        Assert.Equal(["urn:test:kurum|k"], Codings((await ministry.Post("fhir/Organization/$meta", """{"resourceType":"Parameters"}""")).Expect(200).Json["parameter"]![0]!["valueMeta"]!, "tag"));

        var everywhere = (await ministry.Get("fhir/$meta")).Expect(200).Json["parameter"]![0]!["valueMeta"]!;
        Assert.Superset(new HashSet<string>(["urn:test:kullanim|a", "urn:test:kullanim|b", "urn:test:kurum|k"]), Codings(everywhere, "tag").ToHashSet());
        (await ankara.Get("fhir/$meta")).Refused(403, "meta-system-scope");
        (await ministry.Get("fhir/Robot/$meta")).Refused(404, "resource-type-unknown");

        static IEnumerable<string> Codings(System.Text.Json.Nodes.JsonNode meta, string name) => meta[name]!.AsArray().Select(c => $"{c!["system"]}|{c["code"]}");
    }

    private static async Task<List<string>> Walk(FhirClient client, string url, params string[] ids)
    {
        var seen = new List<string>();
        for (string? next = url; next is not null;)
        {
            var page = (await client.Get(next)).Expect(200);
            Assert.Equal("history", (string?)page.Json["type"]);
            foreach (var entry in page.Json["entry"]?.AsArray() ?? [])
            {
                Assert.NotNull(entry!["response"]!["lastModified"]);
                if (ids.Any(id => ((string)entry["fullUrl"]!).EndsWith(id, StringComparison.Ordinal)))
                {
                    Assert.Equal((string?)entry["request"]!["method"] == "DELETE", entry["resource"] is null);
                    seen.Add($"{entry["request"]!["method"]} {entry["request"]!["url"]}");
                }
            }

            next = Links.Next(page);
        }

        return seen;
    }
}
