using System.Text;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Strict;

/// <summary>Preferences, media types, HEAD and POSTed searches as a strict tester tries them (R4 3.1.0.1.8 to .11, 3.1.0.9, 3.1.0.15).</summary>
public sealed class HttpFormTests(HubFixture hub) : IClassFixture<HubFixture>
{
    // R4 3.1.0.1.8; E8.
    [Theory]
    [InlineData("return=minimal")]
    [InlineData("return=representation")]
    [InlineData("return=OperationOutcome")]
    public async Task A_failure_always_has_an_outcome_and_a_success_only_when_asked(string prefer)
    {
        using var ankara = hub.Client("hospital-ankara");
        (await ankara.Post("fhir/Patient", """{"resourceType":"Patient","gender":"blue"}""", ("Prefer", prefer))).Refused(422);
        (await ankara.Get("fhir/Patient/nobody", ("Prefer", prefer))).Refused(404);
        var created = (await ankara.Post("fhir/Patient", Samples.Patient("Tercih"), ("Prefer", prefer))).Expect(201);
        Assert.Equal(prefer == "return=OperationOutcome", created.Text.Contains("OperationOutcome", StringComparison.Ordinal));
        var put = (await ankara.Put($"fhir/Patient/{created.IdFromLocation()}", Samples.Patient("Tercih").Insert(1, $"\"id\":\"{created.IdFromLocation()}\","), ("Prefer", prefer))).Expect(200);
        Assert.Equal(prefer == "return=minimal", put.Bytes.Length == 0);
    }

    // R4 3.1.0.1.9 to .11; E9.
    [Theory]
    [InlineData("json", "application/fhir+json")]
    [InlineData("application/json", "application/json")]
    [InlineData("application/fhir%2Bjson", "application/fhir+json")]
    [InlineData("application/fhir+json", "application/fhir+json")]
    [InlineData("text/json", "text/json")]
    [InlineData("xml", "application/fhir+xml")]
    [InlineData("text/xml", "text/xml")]
    [InlineData("application/xml", "application/xml")]
    [InlineData("application/fhir%2Bxml", "application/fhir+xml")]
    public async Task Every_form_of_format_beats_accept(string format, string expected)
    {
        using var ankara = hub.Client("hospital-ankara");
        var opposite = expected.EndsWith("xml", StringComparison.Ordinal) ? "application/fhir+json" : "application/fhir+xml";
        var answer = (await ankara.Get($"fhir/Organization?name=none&_format={format}", ("Accept", opposite))).Expect(200);
        Assert.Equal(expected, answer.ContentType);
        Assert.Equal(expected.EndsWith("xml", StringComparison.Ordinal) ? '<' : '{', answer.Text[0]);
    }

    // R4 3.1.0.1.10, .11; E9.
    [Fact]
    public async Task The_version_of_fhir_is_negotiated_and_format_says_nothing_about_the_body()
    {
        using var ankara = hub.Client("hospital-ankara");
        (await ankara.Get("fhir/metadata", ("Accept", "application/fhir+json; fhirVersion=4.0"))).Expect(200);
        (await ankara.Get("fhir/metadata", ("Accept", "application/fhir+json; fhirVersion=3.0"))).Refused(406);
        Assert.Equal("application/json", (await ankara.Get("fhir/metadata", ("Accept", "application/json"))).Expect(200).ContentType);
        Assert.Equal("application/fhir+json", (await ankara.Get("fhir/metadata", ("Accept", "text/turtle;q=1, */*;q=0.1"))).Expect(200).ContentType);

        using var old = Body(Samples.Patient("Eski"), "application/fhir+json; fhirVersion=3.0");
        (await ankara.Send(HttpMethod.Post, "fhir/Patient", old, [])).Refused(415);
        using var json = Body(Samples.Patient("Biçim"), "application/fhir+json");
        var created = (await ankara.Send(HttpMethod.Post, "fhir/Patient?_format=xml", json, [])).Expect(201);
        Assert.Equal("application/fhir+xml", created.ContentType);
        using var text = Body(Samples.Patient("Düz"), "text/plain");
        (await ankara.Send(HttpMethod.Post, "fhir/Patient?_format=json", text, [])).Refused(415);
    }

    // R4 3.1.0.15; E10.
    [Fact]
    public async Task Head_works_wherever_get_does_with_the_same_headers_and_no_body()
    {
        using var ministry = hub.Client("ministry");
        var id = await ministry.Create("Patient", Samples.Patient("Kafa"));
        string[] paths = [$"fhir/Patient/{id}", $"fhir/Patient/{id}/_history/1", $"fhir/Patient/{id}/_history", "fhir/Patient/_history", "fhir/_history", "fhir/metadata", $"fhir/Patient?_id={id}", $"fhir/Patient/{id}/Observation",
            $"fhir/Patient/{id}/$everything", $"fhir/Patient/{id}/$meta", $"fhir?_type=Patient&_id={id}", "fhir/Patient/nobody", "fhir/NoSuchType", "nowhere", "fhir/Patient?colour=red"];
        foreach (var path in paths)
        {
            var get = await ministry.Get(path);
            var head = await ministry.Send(HttpMethod.Head, path, null, []);
            Assert.Equal((path, get.Status, get.ContentType, get.ETag, get.LastModified, 0), (path, head.Status, head.ContentType, head.ETag, head.LastModified, head.Bytes.Length));
            Assert.NotNull(head.Receipt);
        }
    }

    // R4 3.1.0.9, 3.1.1.6; E18 and E32.
    [Fact]
    public async Task A_posted_search_merges_address_and_body_and_its_self_link_is_a_get()
    {
        using var ministry = hub.Client("ministry");
        var patient = await ministry.Create("Patient", Samples.Patient("Birleşik"));
        await ministry.Create("Observation", Samples.Observation($"Patient/{patient}"));
        await ministry.Create("Observation", Samples.Observation($"Patient/{patient}", "2339-0"));

        var page = (await ministry.Form($"fhir/Observation/_search?patient={patient}", ("code", "8867-4"))).Expect(200);
        Assert.Equal(1, (int?)page.Json["total"]);
        var self = Links.Of(page, "self")!;
        Assert.DoesNotContain("_search", self, StringComparison.Ordinal);
        Assert.Equal(1, (int?)(await ministry.Get(self)).Expect(200).Json["total"]);

        Assert.Equal(2, (int?)(await ministry.Form("fhir/_search", ("_type", "Observation,Condition"), ("_lastUpdated", "gt2020"), ("patient", patient))).Expect(200).Json["total"]);
        Assert.Equal(1, (int?)(await ministry.Form($"fhir/Patient/{patient}/Observation/_search", ("code", "2339-0"))).Expect(200).Json["total"]);
        (await ministry.Post("fhir/Observation/_search", "{}")).Refused(415);
    }

    private static StringContent Body(string text, string type) => new(text, Encoding.UTF8) { Headers = { ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type) } };
}
