using System.Net.Http.Headers;
using System.Text;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Rest;

/// <summary>PATCH by JSON Patch and by FHIRPath Patch, alone and in Bundles (R4 3.1.0.6).</summary>
public sealed class PatchTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private const string Rename = """[{"op":"test","path":"/name/0/family","value":"Yama"},{"op":"replace","path":"/name/0/family","value":"Yamalı"}]""";
    private const string Inactive = """{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Patient.active"},{"name":"value","valueBoolean":false}]}]}""";

    [Fact]
    public async Task A_patch_of_either_form_makes_a_version_and_keeps_what_it_does_not_name()
    {
        using var ankara = hub.Client("hospital-ankara");
        var id = await Patient(ankara);
        var renamed = (await Json(ankara, $"fhir/Patient/{id}", Rename)).Expect(200);
        Assert.Equal(("W/\"2\"", "Yamalı"), (renamed.ETag, (string?)renamed.Json["name"]![0]!["family"]));
        var inactive = (await FhirPath(ankara, $"fhir/Patient/{id}", Inactive)).Expect(200);
        Assert.Equal(("W/\"3\"", false, "Zeynep"), (inactive.ETag, (bool?)inactive.Json["active"], (string?)inactive.Json["name"]![0]!["given"]![0]));
        Assert.Equal(inactive.Text, (await ankara.Get($"fhir/Patient/{id}")).Expect(200).Text);

        var same = (await FhirPath(ankara, $"fhir/Patient/{id}", Inactive)).Expect(200);
        Assert.Equal(("W/\"3\"", inactive.Text), (same.ETag, same.Text));
        var history = (await ankara.Get($"fhir/Patient/{id}/_history")).Expect(200);
        Assert.Equal(3, (int?)history.Json["total"]);
    }

    [Fact]
    public async Task A_patch_that_fails_stores_nothing()
    {
        using var ankara = hub.Client("hospital-ankara");
        using var izmir = hub.Client("hospital-izmir");
        var id = await Patient(ankara);
        (await Json(ankara, $"fhir/Patient/{id}", Rename, ("If-Match", "W/\"9\""))).Refused(412, "version-conflict");
        (await Json(ankara, $"fhir/Patient/{id}", """[{"op":"test","path":"/name/0/family","value":"Başka"}]""")).Expect(422);
        (await Json(ankara, $"fhir/Patient/{id}", """[{"op":"replace","path":"/gender","value":"blue"}]""")).Expect(422);
        (await Json(ankara, $"fhir/Patient/{id}", """[{"op":"replace","path":"/id","value":"another"}]""")).Refused(422, "patch-identity");
        (await Json(ankara, $"fhir/Patient/{id}", """[{"op":"add","path":"/managingOrganization","value":{"reference":"urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60"}}]""")).Refused(400, "reference-unresolved");
        (await Json(ankara, $"fhir/Patient/{id}", "{")).Expect(400);
        (await FhirPath(ankara, $"fhir/Patient/{id}", Samples.Patient("Değil"))).Expect(400);
        (await Json(ankara, "fhir/Patient/nobody", Rename)).Refused(404, "not-found");
        (await Json(izmir, $"fhir/Patient/{id}", Rename)).Refused(404, "not-found");
        (await Send(ankara, $"fhir/Patient/{id}", "<diff/>", "application/xml")).Expect(400);
        (await Send(ankara, $"fhir/Patient/{id}", "<diff/>", "text/xml-patch")).Expect(415);
        Assert.Equal("W/\"1\"", (await ankara.Get($"fhir/Patient/{id}")).Expect(200).ETag);

        (await ankara.Delete($"fhir/Patient/{id}")).Expect(204);
        (await Json(ankara, $"fhir/Patient/{id}", Rename)).Refused(410, "deleted");
    }

    [Fact]
    public async Task An_xml_patch_changes_what_it_names_alone_and_in_a_bundle()
    {
        using var ankara = hub.Client("hospital-ankara");
        var id = await Patient(ankara);
        string Diff(string operations) => $"<diff xmlns:f=\"http://hl7.org/fhir\">{operations}</diff>";
        var patched = (await Send(ankara, $"fhir/Patient/{id}", Diff("<replace sel=\"f:Patient/f:name[1]/f:family/@value\">Demir</replace>"), "application/xml-patch+xml")).Expect(200);
        Assert.Equal(("Demir", "W/\"2\""), ((string?)patched.Json["name"]![0]!["family"], patched.ETag));
        Assert.Equal("W/\"2\"", (await Send(ankara, $"fhir/Patient/{id}", "<diff/>", "application/xml-patch+xml")).Expect(200).ETag);
        (await Send(ankara, $"fhir/Patient/{id}", Diff("<remove sel=\"f:Patient/f:contact\"/>"), "application/xml-patch+xml")).Refused(422, "patch-target");
        (await Send(ankara, $"fhir/Patient/{id}", Diff("<replace sel=\"f:Patient/f:id/@value\">x</replace>"), "application/xml-patch+xml")).Refused(422, "patch-identity");
        (await Send(ankara, $"fhir/Patient/{id}", "<!DOCTYPE diff><diff/>", "application/xml-patch+xml")).Refused(400, "xml-dtd");

        var data = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Diff("<replace sel=\"f:Patient/f:name[1]/f:family/@value\">Çelik</replace>")));
        var entry = $$$"""{"resource":{"resourceType":"Binary","contentType":"application/xml-patch+xml","data":"{{{data}}}"},"request":{"method":"PATCH","url":"Patient/{{{id}}}"}}""";
        (await ankara.Post("fhir", Samples.Bundle("transaction", entry))).Expect(200);
        Assert.Equal("Çelik", (string?)(await ankara.Get($"fhir/Patient/{id}")).Expect(200).Json["name"]![0]!["family"]);
        Assert.Contains("application/xml-patch+xml", (await ankara.Get("fhir/metadata")).Json["patchFormat"]!.ToJsonString().Replace("\\u002B", "+", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parallel_patches_are_all_applied_one_after_the_other()
    {
        using var ankara = hub.Client("hospital-ankara");
        var id = await Patient(ankara);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Json(ankara, $"fhir/Patient/{id}", $$"""[{"op":"add","path":"/name/0/given/-","value":"Ad{{n}}"}]""")));
        var done = answers.Count(a => a.Status == 200);
        Assert.All(answers, a => Assert.Contains(a.Status, new[] { 200, 409 }));
        var read = (await ankara.Get($"fhir/Patient/{id}")).Expect(200);
        Assert.Equal(1 + done, read.Json["name"]![0]!["given"]!.AsArray().Count);
        Assert.Equal($"W/\"{1 + done}\"", read.ETag);
    }

    [Fact]
    public async Task A_conditional_patch_needs_exactly_one_match()
    {
        using var ankara = hub.Client("hospital-ankara");
        var where = "fhir/Patient?identifier=" + Uri.EscapeDataString(Samples.NationalIdSystem + "|10000000146");
        (await Json(ankara, where, Rename)).Refused(404, "not-found");
        (await ankara.Post("fhir/Patient", Samples.Patient("Yama", "10000000146"))).Expect(201);
        (await Json(ankara, where, Rename)).Expect(200);
        (await ankara.Post("fhir/Patient", Samples.Patient("Yama", "10000000146"))).Expect(201);
        (await Json(ankara, where, Rename)).Refused(412, "condition-many");
    }

    [Fact]
    public async Task Patches_travel_in_bundles()
    {
        using var ankara = hub.Client("hospital-ankara");
        var (one, two) = (await Patient(ankara), await Patient(ankara));
        var binary = $$"""{"resourceType":"Binary","contentType":"application/json-patch+json","data":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(Rename))}}"}""";
        string Entry(string id, string document) => $$$"""{"resource":{{{document}}},"request":{"method":"PATCH","url":"Patient/{{{id}}}"}}""";

        var transaction = (await ankara.Post("fhir", Samples.Bundle("transaction", Entry(one, binary), Entry(two, Inactive)), ("Prefer", "return=representation"))).Expect(200);
        Assert.Equal("Yamalı", (string?)transaction.Json["entry"]![0]!["resource"]!["name"]![0]!["family"]);
        Assert.False((bool)transaction.Json["entry"]![1]!["resource"]!["active"]!);

        // The first one's test holds no more: nothing of the whole is stored.
        (await ankara.Post("fhir", Samples.Bundle("transaction", Entry(one, binary), Entry(two, binary)))).Expect(422);
        Assert.Equal("W/\"2\"", (await ankara.Get($"fhir/Patient/{two}")).Expect(200).ETag);
        var batch = (await ankara.Post("fhir", Samples.Bundle("batch", Entry(one, binary), Entry(two, binary), Entry(two, """{"resourceType":"Binary","contentType":"text/plain"}""")))).Expect(200);
        Assert.Equal(["422", "200", "422"], batch.Json["entry"]!.AsArray().Select(e => ((string)e!["response"]!["status"]!)[..3]));
    }

    private static async Task<string> Patient(FhirClient client) => (await client.Post("fhir/Patient", Samples.Patient("Yama"))).Expect(201).IdFromLocation();

    private static Task<FhirAnswer> Json(FhirClient client, string path, string patch, params (string Name, string Value)[] headers) => Send(client, path, patch, "application/json-patch+json", headers);

    private static Task<FhirAnswer> FhirPath(FhirClient client, string path, string parameters) => Send(client, path, parameters, "application/fhir+json");

    private static Task<FhirAnswer> Send(FhirClient client, string path, string body, string type, params (string Name, string Value)[] headers) =>
        client.Send(HttpMethod.Patch, path, new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue(type) } }, headers);
}
