using System.Globalization;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Strict;

/// <summary>What a strict tester tries first of create, update and delete (R4 3.1.0.2 to 3.1.0.8).</summary>
public sealed class SingleWriteTests(HubFixture hub) : IClassFixture<HubFixture>
{
    // R4 3.1.0.8.1; E1.
    [Fact]
    public async Task Parallel_transactions_with_one_ifNoneExist_make_one_resource()
    {
        using var ankara = hub.Client("hospital-ankara");
        var entry = $$$"""{"fullUrl":"urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60","resource":{{{Samples.Patient("Koşut", "10000000146")}}},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier={{{Samples.NationalIdSystem}}}|10000000146"}}""";
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => ankara.Post("fhir", Samples.Bundle("transaction", entry))));

        var done = answers.Where(a => a.Status == 200).Select(a => a.Json["entry"]![0]!["response"]!).ToList();
        Assert.All(answers, a => Assert.Contains(a.Status, new[] { 200, 409, 412 }));
        Assert.Single(done, r => ((string)r["status"]!).StartsWith("201", StringComparison.Ordinal));
        Assert.Single(done.Select(r => ((string)r["location"]!).Split("/_history")[0]).Distinct());
    }

    // R4 3.1.0.8.1; E2.
    [Fact]
    public async Task A_conditional_create_that_matches_makes_no_version_and_its_header_holds_only_the_query()
    {
        using var ankara = hub.Client("hospital-ankara");
        var body = Samples.Patient("Başlık", "12345678950");
        var query = "identifier=" + Samples.NationalIdSystem + "|12345678950";
        var created = (await ankara.Post("fhir/Patient", body, ("If-None-Exist", query))).Expect(201);
        var matched = (await ankara.Post("fhir/Patient", body, ("If-None-Exist", query))).Expect(200);

        Assert.Equal((created.IdFromLocation(), "W/\"1\""), (matched.IdFromLocation(), matched.ETag));
        Assert.Equal(1, (int?)(await ankara.Get($"fhir/Patient/{created.IdFromLocation()}/_history")).Expect(200).Json["total"]);
        (await ankara.Post("fhir/Patient", body, ("If-None-Exist", "Patient?" + query))).Refused(400);
        (await ankara.Post("fhir/Patient", body, ("If-None-Exist", "https://elsewhere.example/fhir/Patient?" + query))).Refused(400);
    }

    // R4 3.1.0.4.3; E3.
    [Fact]
    public async Task Conditional_updates_in_a_batch_answer_as_alone()
    {
        using var ankara = hub.Client("hospital-ankara");
        var body = Samples.Patient("Toplu", "21221221272");
        var where = "Patient?identifier=" + Samples.NationalIdSystem + "|21221221272";
        string Put(string resource) => $$$"""{"resource":{{{resource}}},"request":{"method":"PUT","url":"{{{where}}}"}}""";
        Assert.Equal("201", Status(await ankara.Post("fhir", Samples.Bundle("batch", Put(body)))));
        Assert.Equal("200", Status(await ankara.Post("fhir", Samples.Bundle("batch", Put(body)))));
        Assert.Equal("400", Status(await ankara.Post("fhir", Samples.Bundle("batch", Put(body.Insert(1, "\"id\":\"other\","))))));
        await ankara.Create("Patient", body);
        Assert.Equal("412", Status(await ankara.Post("fhir", Samples.Bundle("batch", Put(body)))));
    }

    // R4 3.1.0.4, 3.1.0.8; E4.
    [Fact]
    public async Task The_server_alone_sets_id_version_and_time()
    {
        using var ankara = hub.Client("hospital-ankara");
        const string own = "\"id\":\"mine\",\"meta\":{\"versionId\":\"77\",\"lastUpdated\":\"1999-01-01T00:00:00Z\",\"profile\":[\"http://example.org/p\"]},";
        var created = (await ankara.Post("fhir/Patient", Samples.Patient("Sahip").Insert(1, own))).Expect(201);
        var id = created.IdFromLocation();
        Assert.NotEqual("mine", id);
        Assert.Equal("1", (string?)created.Json["meta"]!["versionId"]);
        Assert.False(((string)created.Json["meta"]!["lastUpdated"]!).StartsWith("1999", StringComparison.Ordinal));
        Assert.Equal("http://example.org/p", (string?)created.Json["meta"]!["profile"]![0]);

        var updated = (await ankara.Put($"fhir/Patient/{id}", Samples.Patient("Sahip").Insert(1, own.Replace("mine", id, StringComparison.Ordinal)))).Expect(200);
        Assert.Equal("2", (string?)updated.Json["meta"]!["versionId"]);
        Assert.False(((string)updated.Json["meta"]!["lastUpdated"]!).StartsWith("1999", StringComparison.Ordinal));
    }

    // R4 3.1.0.5; E5.
    [Fact]
    public async Task A_stale_version_is_refused_by_every_write_and_a_strong_tag_is_understood_as_a_weak_one()
    {
        using var ankara = hub.Client("hospital-ankara");
        var id = await ankara.Create("Patient", Samples.Patient("Sürüm"));
        var body = Samples.Patient("Sürüm").Insert(1, $"\"id\":\"{id}\",");
        Assert.Equal("W/\"2\"", (await ankara.Put($"fhir/Patient/{id}", body)).Expect(200).ETag);

        (await ankara.Put($"fhir/Patient/{id}", body, ("If-Match", "W/\"1\""))).Refused(412, "version-conflict");
        (await ankara.Delete($"fhir/Patient/{id}", ("If-Match", "W/\"1\""))).Refused(412, "version-conflict");
        using var patch = new StringContent("""[{"op":"replace","path":"/active","value":false}]""", null, "application/json-patch+json");
        (await ankara.Send(HttpMethod.Patch, $"fhir/Patient/{id}", patch, [("If-Match", "W/\"1\"")])).Refused(412, "version-conflict");
        Assert.Equal("W/\"2\"", (await ankara.Get($"fhir/Patient/{id}")).Expect(200).ETag);
        Assert.Equal("W/\"3\"", (await ankara.Put($"fhir/Patient/{id}", body, ("If-Match", "\"2\""))).Expect(200).ETag);
    }

    // R4 3.1.0.2, .3, .7; E6.
    [Fact]
    public async Task Gone_is_410_for_read_head_and_the_version_that_deleted_and_unknown_is_404()
    {
        using var ministry = hub.Client("ministry");
        var id = await ministry.Create("Patient", Samples.Patient("Gitti"));
        (await ministry.Delete($"fhir/Patient/{id}")).Expect(204);
        (await ministry.Delete($"fhir/Patient/{id}")).Expect(204);
        (await ministry.Delete("fhir/Patient/never-was")).Expect(204);

        Assert.Equal("2", (await ministry.Get($"fhir/Patient/{id}")).Refused(410, "deleted").ETag?.Trim('W', '/', '"') ?? "2");
        Assert.Equal(410, (await ministry.Send(HttpMethod.Head, $"fhir/Patient/{id}", null, [])).Status);
        (await ministry.Get($"fhir/Patient/{id}/_history/2")).Refused(410, "deleted");
        (await ministry.Get($"fhir/Patient/{id}/_history/1")).Expect(200);
        (await ministry.Get($"fhir/Patient/{id}/_history/3")).Refused(404, "not-found");
        (await ministry.Get("fhir/Patient/never-was")).Refused(404, "not-found");
        (await ministry.Get("fhir/Patient/never-was/_history")).Refused(404, "not-found");
        Assert.Equal(0, (int?)(await ministry.Get($"fhir/Patient?_id={id}")).Expect(200).Json["total"]);
    }

    // R4 3.1.0.8; E7.
    [Fact]
    public async Task A_create_tells_the_absolute_address_of_its_version_the_tag_and_the_time()
    {
        using var ankara = hub.Client("hospital-ankara");
        foreach (var prefer in (string[])["return=minimal", "return=representation"])
        {
            var created = (await ankara.Post("fhir/Patient", Samples.Patient("Adres"), ("Prefer", prefer))).Expect(201);
            var location = new Uri(created.Location!, UriKind.Absolute);
            Assert.Equal("W/\"1\"", created.ETag);
            var read = (await ankara.Get(location.PathAndQuery.TrimStart('/'))).Expect(200);
            var updated = DateTimeOffset.Parse((string)read.Json["meta"]!["lastUpdated"]!, CultureInfo.InvariantCulture);
            Assert.Equal(updated.ToUnixTimeSeconds(), created.LastModified!.Value.ToUnixTimeSeconds());
        }
    }

    private static string Status(FhirAnswer batch) => ((string)batch.Expect(200).Json["entry"]![0]!["response"]!["status"]!)[..3];
}
