using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Strict;

/// <summary>What a batch or transaction may ask: reads, searches with their pages, and operations, each as if it were asked alone (R4 3.1.0.11).</summary>
public sealed class BundleLookTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Operations_answer_in_a_batch_as_they_do_alone()
    {
        var (patient, doctor) = await hub.TreatedPatient("Toplu");
        using (doctor)
        using (var ankara = hub.Client("hospital-ankara"))
        using (var ministry = hub.Client("ministry"))
        {
            (await ministry.Post("fhir/CodeSystem", """{"resourceType":"CodeSystem","url":"http://example.org/CodeSystem/renk","status":"active","content":"complete","concept":[{"code":"mavi"}]}""")).Expect(201);
            (await ministry.Post("fhir/ValueSet", """{"resourceType":"ValueSet","url":"http://example.org/ValueSet/renk","status":"active","compose":{"include":[{"system":"http://example.org/CodeSystem/renk"}]}}""")).Expect(201);
            (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}"))).Expect(201);
            const string lookup = """{"resourceType":"Parameters","parameter":[{"name":"system","valueUri":"http://example.org/CodeSystem/renk"},{"name":"code","valueCode":"mavi"}]}""";
            var last = $$$"""{"resourceType":"Parameters","parameter":[{"name":"patient","valueString":"{{{patient}}}"}]}""";
            const string invalid = """{"resourceType":"Patient","gender":"none"}""";
            var answers = await Ask(
                doctor,
                Look("GET", $"Patient/{patient}/$everything?_count=1"),
                Look("POST", $"Patient/{patient}/$everything"),
                Look("GET", $"Observation/$lastn?patient={patient}"),
                Post(last, "Observation/$lastn"),
                Look("GET", $"Patient/{patient}/$meta"),
                Look("GET", $"Patient/{patient}/_history/1/$meta"),
                Look("HEAD", $"Patient/{patient}/$meta"),
                Look("GET", "CodeSystem/$lookup?system=http://example.org/CodeSystem/renk&code=mavi"),
                Post(lookup, "CodeSystem/$lookup"),
                Look("GET", "ValueSet/$expand?url=http://example.org/ValueSet/renk"),
                Post(invalid, "Patient/$validate"),
                Look("GET", $"Patient/{patient}/$validate"));

            Assert.All(answers, a => Assert.StartsWith("200", (string)a!["response"]!["status"]!, StringComparison.Ordinal));
            string?[] types = ["Bundle", "Bundle", "Bundle", "Bundle", "Parameters", "Parameters", null, "Parameters", "Parameters", "ValueSet", "OperationOutcome", "OperationOutcome"];
            Assert.Equal(types, answers.Select(a => (string?)a!["resource"]?["resourceType"]));
            Assert.Equal("error", (string?)answers[10]!["resource"]!["issue"]![0]!["severity"]);

            // The link of a page inside a Bundle goes on outside of it.
            var next = answers[0]!["resource"]!["link"]!.AsArray().First(l => (string?)l!["relation"] == "next")!["url"]!;
            (await doctor.Get(((string)next!)[hub.Files.BaseAddress.ToString().Length..])).Expect(200);
        }
    }

    [Fact]
    public async Task Meta_is_changed_in_a_batch_and_not_in_a_transaction()
    {
        using var ankara = hub.Client("hospital-ankara");
        var id = (await ankara.Post("fhir/Patient", Samples.Patient("Etiketli"))).Expect(201).IdFromLocation();
        const string tag = """{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"system":"urn:t","code":"x"}]}}]}""";
        var add = Post(tag, $"Patient/{id}/$meta-add");
        (await ankara.Post("fhir", Samples.Bundle("transaction", Post(Samples.Patient("Yan"), "Patient"), add))).Refused(400, "bundle-operation");
        Assert.Equal("W/\"1\"", (await ankara.Get($"fhir/Patient/{id}")).Expect(200).ETag);

        var answers = await Ask(ankara, add, Post(tag, $"Patient/{id}/$meta-delete", ",\"ifMatch\":\"W/\\\"9\\\"\""));
        Assert.Equal(["200", "412"], answers.Select(a => ((string)a!["response"]!["status"]!)[..3]));
        Assert.Equal("x", (string?)(await ankara.Get($"fhir/Patient/{id}")).Expect(200).Json["meta"]!["tag"]![0]!["code"]);
    }

    [Fact]
    public async Task Operations_that_are_not_served_are_told_by_their_entry()
    {
        using var ankara = hub.Client("hospital-ankara");
        const string parameters = """{"resourceType":"Parameters"}""";
        (string Entry, string Status, string Place)[] refused =
        [
            (Look("GET", "Patient/$nothing"), "404", "request.url"),
            (Look("GET", "Observation/1/$everything"), "404", "request.url"),
            (Look("GET", "$nothing"), "404", "request.url"),
            (Look("GET", "Patient/1/$meta-add"), "404", "request.url"),
            (Look("POST", "Patient/1/$meta-add"), "404", "request.url"),
            (Look("GET", "CodeSystem/1/$lookup"), "404", "request.url"),
            (Look("POST", "Robot/$validate"), "400", "request.url"),
            (Look("POST", "Patient/1/2/3/$validate"), "404", "request.url"),
            (Post(parameters, "Patient/$validate", ",\"ifNoneExist\":\"identifier=a|b\""), "412", "request.ifNoneExist"),
            (Post(parameters, "Patient/$validate", ",\"ifMatch\":\"W/\\\"1\\\"\""), "404", "request.url"),
            (Post("[]", "Patient/$validate"), "400", "resource.resourceType"),
            (Post("{}", "Patient/$validate"), "400", "resource.resourceType"),
            (Post(Samples.Patient("X"), "Observation/$lastn"), "400", "resourceType"),
            ("""{"request":{"method":"POST"}}""", "400", "request"),
            ("""{"request":{"url":"Patient"}}""", "400", "request.method"),
            ("""{"request":{"method":"post","url":"Patient"}}""", "400", "request.method"),
            ("""{"request":{"method":7,"url":"Patient"}}""", "400", "request"),
            ("""{"request":{"method":"GET","url":""}}""", "400", "request"),
            ("""{"request":{"method":"PUT","url":"Patient/1"}}""", "400", "resource"),
            ("""{"request":{"method":"PUT","url":"Patient"},"resource":{"resourceType":"Patient"}}""", "400", "request.url"),
            ("""{"request":{"method":"POST","url":"Patient/1"},"resource":{"resourceType":"Patient","id":"1"}}""", "400", "request.url"),
            ("""{"request":{"method":"DELETE","url":"Patient/1"},"resource":{"resourceType":"Patient"}}""", "400", "resource"),
            ("""{"request":{"method":"GET","url":"Patient/1"},"resource":{"resourceType":"Patient"}}""", "400", "resource"),
            ("""{"request":{"method":"GET","url":"Patient/1","ifModifiedSince":"yesterday"}}""", "400", "request.ifModifiedSince"),
            ("""{"request":{"method":"GET","url":"Patient/1","ifMatch":"W/\"1\""}}""", "412", "request.ifMatch"),
            ("""{"resource":{"resourceType":"Patient"}}""", "400", "request"),
        ];
        var answers = await Ask(ankara, [.. refused.Select(r => r.Entry)]);
        for (var i = 0; i < refused.Length; i++)
        {
            var response = answers[i]!["response"]!;
            Assert.True(((string)response["status"]!).StartsWith(refused[i].Status, StringComparison.Ordinal), $"{refused[i].Entry}: {response.ToJsonString()}");
            Assert.Contains(refused[i].Place, (string?)response["outcome"]!["issue"]![0]!["expression"]?[0], StringComparison.Ordinal);
        }
    }

    private static async Task<System.Text.Json.Nodes.JsonArray> Ask(FhirClient client, params string[] entries) => (await client.Post("fhir", Samples.Bundle("batch", entries))).Expect(200).Json["entry"]!.AsArray();

    private static string Look(string method, string url) => $$$"""{"request":{"method":"{{{method}}}","url":"{{{url}}}"}}""";

    private static string Post(string resource, string url, string more = "") => $$$"""{"resource":{{{resource}}},"request":{"method":"POST","url":"{{{url}}}"{{{more}}}}}""";
}
