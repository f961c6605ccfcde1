using System.Net.Http.Headers;
using System.Text;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.BadInput;

/// <summary>What is not FHIR is a 4xx with an OperationOutcome that names the place; nothing is stored, and the connection lives on.</summary>
public sealed class BadInputTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Theory]
    [InlineData("""{"resourceType":"Patient","name":[{"family":"A"}""", 400)]
    [InlineData("", 400)]
    [InlineData("[]", 400)]
    [InlineData("null", 400)]
    [InlineData("""{"name":[]}""", 400)]
    [InlineData("""{"resourceType":"Patent"}""", 400)]
    [InlineData("""{"resourceType":"Observation"}""", 400)]
    [InlineData("""{"resourceType":"Patient","active":"yes"}""", 400)]
    [InlineData("""{"resourceType":"Patient","active":true,"active":false}""", 400)]
    [InlineData("""{"resourceType":"Patient","birthDate":"1984-13-40"}""", 400)]
    [InlineData("""{"resourceType":"Patient","favouriteColour":"blue"}""", 400)]
    [InlineData("""{"resourceType":"Patient","name":{"family":"A"}}""", 400)]
    [InlineData("""{"resourceType":"Patient","gender":"blue"}""", 422)]
    [InlineData("""{"resourceType":"Patient","identifier":[{"system":"urn:oid:2.16.840.1.113883.3.129.1.1.1","value":"10000000145"}]}""", 422)]
    public async Task A_bad_body_is_refused_with_its_place(string body, int status)
    {
        using var ankara = hub.Client("hospital-ankara");
        var refused = (await ankara.Post("fhir/Patient", body)).Refused(status);
        Assert.False(string.IsNullOrEmpty(refused.OutcomeCode));
        Assert.False(string.IsNullOrEmpty((string?)refused.Json["issue"]![0]!["diagnostics"]));
        (await ankara.Get("fhir/metadata")).Expect(200);
    }

    [Theory]
    [InlineData("active", """{"resourceType":"Patient","active":"yes"}""")]
    [InlineData("birthDate", """{"resourceType":"Patient","birthDate":"1984-13-40"}""")]
    [InlineData("favouriteColour", """{"resourceType":"Patient","favouriteColour":"blue"}""")]
    [InlineData("name[1].given[0]", """{"resourceType":"Patient","name":[{"family":"A"},{"given":[1]}]}""")]
    [InlineData("identifier[0].value", """{"resourceType":"Patient","identifier":[{"system":"urn:oid:2.16.840.1.113883.3.129.1.1.1","value":"10000000145"}]}""")]
    public async Task The_outcome_names_the_element(string element, string body)
    {
        using var ankara = hub.Client("hospital-ankara");
        var refused = await ankara.Post("fhir/Patient", body);
        Assert.Contains(element, refused.OutcomeExpression, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_thousand_levels_of_nesting_are_refused()
    {
        using var ankara = hub.Client("hospital-ankara");
        var body = """{"resourceType":"Patient","extension":""" + string.Concat(Enumerable.Repeat("""[{"url":"a","extension":""", 10_000));
        (await ankara.Post("fhir/Patient", body)).Refused(400);
        (await ankara.Get("fhir/Patient/nobody")).Refused(404);
    }

    [Fact]
    public async Task Fifty_megabytes_are_refused_and_the_connection_lives_on()
    {
        using var ankara = hub.Client("hospital-ankara");
        var body = new byte[50 * 1024 * 1024];
        Array.Fill(body, (byte)' ');
        (await ankara.Post("fhir/Patient", body)).Refused(413, "body-too-large");
        (await ankara.Post("fhir/Patient", Samples.Patient("Sonra"))).Expect(201);
    }

    [Fact]
    public async Task Invalid_utf8_is_refused()
    {
        using var ankara = hub.Client("hospital-ankara");
        byte[] body = [.. """{"resourceType":"Patient","name":[{"family":"A"""u8, 0xC3, 0x28, .. "\"}]}"u8];
        (await ankara.Post("fhir/Patient", body)).Refused(400);
    }

    [Fact]
    public async Task An_id_that_does_not_match_is_refused()
    {
        using var ankara = hub.Client("hospital-ankara");
        var id = (await ankara.Post("fhir/Patient", Samples.Patient("Bir"))).Expect(201).IdFromLocation();
        (await ankara.Put($"fhir/Patient/{id}", Samples.Patient("Bir"))).Refused(400, "id-mismatch");
        (await ankara.Put($"fhir/Patient/{id}", Samples.Patient("Bir").Insert(1, "\"id\":\"other\","))).Refused(400, "id-mismatch");
        (await ankara.Put($"fhir/Patient/{id}", """{"resourceType":"Observation"}""")).Expect(400);
    }

    [Theory]
    [InlineData("GET", "fhir/NoSuchType/1", 404)]
    [InlineData("GET", "fhir/Patient/not_an_id", 400)]
    [InlineData("GET", "fhir/Patient/1/_history/zero", 404)]
    [InlineData("GET", "nowhere", 404)]
    [InlineData("PATCH", "fhir/Patient/1", 415)]
    [InlineData("PATCH", "fhir", 405)]
    [InlineData("DELETE", "fhir/Patient", 400)]
    [InlineData("OPTIONS", "fhir/Patient", 405)]
    [InlineData("GET", "fhir/Patient/1/$everything", 404)]
    [InlineData("GET", "health/ready", 404)]
    [InlineData("GET", "metrics", 404)]
    public async Task An_unknown_address_or_method_is_refused(string method, string path, int status)
    {
        using var ankara = hub.Client("hospital-ankara");
        (await ankara.Send(new HttpMethod(method), path, null, [])).Refused(status);
    }

    [Fact]
    public async Task Other_media_types_are_refused()
    {
        using var ankara = hub.Client("hospital-ankara");
        using var yaml = new StringContent("resourceType: Patient", Encoding.UTF8, "application/yaml");
        (await ankara.Send(HttpMethod.Post, "fhir/Patient", yaml, [])).Refused(415, "media-type-not-supported");
        using var latin = new ByteArrayContent("{}"u8.ToArray()) { Headers = { ContentType = MediaTypeHeaderValue.Parse("application/json; charset=iso-8859-9") } };
        (await ankara.Send(HttpMethod.Post, "fhir/Patient", latin, [])).Refused(415, "media-type-not-supported");
        (await ankara.Get("fhir/metadata", ("Accept", "text/turtle"))).Refused(406, "media-type-not-acceptable");
        (await ankara.Get("fhir/metadata?_format=ttl")).Refused(406);
        (await ankara.Get("fhir/metadata?_format=json", ("Accept", "text/turtle"))).Expect(200);
    }

    [Fact]
    public async Task Errors_are_told_in_turkish_when_asked()
    {
        using var ankara = hub.Client("hospital-ankara");
        var turkish = (await ankara.Get("fhir/Patient/nobody", ("Accept-Language", "tr-TR,tr;q=0.9"))).Refused(404, "not-found");
        var english = (await ankara.Get("fhir/Patient/nobody")).Refused(404, "not-found");
        Assert.NotEqual((string?)english.Json["issue"]![0]!["details"]!["text"], (string?)turkish.Json["issue"]![0]!["details"]!["text"]);
    }

    [Theory]
    [InlineData("If-Match", "banana")]
    [InlineData("If-Match", "W/\"x")]
    public async Task A_malformed_condition_is_refused(string header, string value)
    {
        using var ankara = hub.Client("hospital-ankara");
        var id = (await ankara.Post("fhir/Patient", Samples.Patient("Koşul"))).Expect(201).IdFromLocation();
        (await ankara.Put($"fhir/Patient/{id}", Samples.Patient("Koşul").Insert(1, $"\"id\":\"{id}\","), (header, value))).Refused(400);
        Assert.InRange((await ankara.Post("fhir/Patient", Samples.Patient("Koşul"), ("If-None-Exist", "name=x"))).Status, 400, 412);
    }

    [Fact]
    public async Task Seeded_garbage_never_makes_a_server_error()
    {
        using var ankara = hub.Client("hospital-ankara");
        var state = 0x2545F4914F6CDD1DUL;
        uint Next()
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            return (uint)(state >> 32);
        }

        for (var i = 0; i < 300; i++)
        {
            var body = Encoding.UTF8.GetBytes(i % 2 == 0 ? Samples.Observation("Patient/x") : Samples.Bundle("transaction", Samples.Entry("urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60", Samples.Patient("A"), "POST", "Patient")));
            for (var n = Next() % 4; n < 4; n++)
            {
                body[Next() % (uint)body.Length] = (byte)Next();
            }

            var answer = await ankara.Post(i % 2 == 0 ? "fhir/Observation" : "fhir", body);
            Assert.True(answer.Status < 500, $"{answer.Status} for {Encoding.UTF8.GetString(body)}");
            Assert.NotNull(answer.Receipt);
        }
    }
}
