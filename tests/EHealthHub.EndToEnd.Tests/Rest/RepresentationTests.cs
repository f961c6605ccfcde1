using System.Text;
using System.Xml.Linq;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Rest;

/// <summary>The forms in which resources travel (R4 2.6, 3.1.0.1.8 to .11).</summary>
public sealed class RepresentationTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private static readonly XNamespace Fhir = "http://hl7.org/fhir";

    [Fact]
    public async Task What_is_posted_as_xml_is_read_as_json_and_back_with_every_digit()
    {
        var (patient, doctor) = await hub.TreatedPatient("Iksemel");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            using var xml = Xml($"""
                <Observation xmlns="http://hl7.org/fhir"><status value="final"/><code><text value="Tartı &lt;kg&gt;"/></code><subject><reference value="Patient/{patient}"/></subject><valueQuantity><value value="72.500"/><unit value="kg"/></valueQuantity></Observation>
                """);
            var created = (await ankara.Send(HttpMethod.Post, "fhir/Observation", xml, [("Accept", "application/fhir+xml")])).Expect(201);
            Assert.Equal("application/fhir+xml", created.ContentType);
            var id = created.IdFromLocation();

            var json = (await doctor.Get($"fhir/Observation/{id}")).Expect(200);
            Assert.Contains("\"value\":72.500", json.Text, StringComparison.Ordinal);
            Assert.Equal("Tartı <kg>", (string?)json.Json["code"]!["text"]);

            var back = XDocument.Parse((await doctor.Get($"fhir/Observation/{id}?_format=xml&_pretty=true")).Expect(200).Text).Root!;
            Assert.Equal("72.500", back.Element(Fhir + "valueQuantity")!.Element(Fhir + "value")!.Attribute("value")!.Value);
            var bundle = XDocument.Parse((await doctor.Get($"fhir/Observation?patient={patient}", ("Accept", "text/xml"))).Expect(200).Text).Root!;
            Assert.Equal((Fhir + "Bundle", "1"), (bundle.Name, bundle.Element(Fhir + "total")!.Attribute("value")!.Value));
        }
    }

    [Theory]
    [InlineData("<Observation xmlns=\"http://hl7.org/fhir\"><status value=\"final\"/>", 400)]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><Patient xmlns=\"http://hl7.org/fhir\"><id value=\"&e;\"/></Patient>", 400)]
    [InlineData("<Patient xmlns=\"http://hl7.org/fhir\"><nickname value=\"x\"/></Patient>", 400)]
    [InlineData("<Patient xmlns=\"urn:other\"/>", 400)]
    [InlineData("", 400)]
    public async Task Xml_that_is_no_resource_is_refused(string body, int status)
    {
        using var ankara = hub.Client("hospital-ankara");
        using var xml = Xml(body);
        (await ankara.Send(HttpMethod.Post, "fhir/Patient", xml, [])).Refused(status);
        (await ankara.Get("fhir/metadata")).Expect(200);
    }

    [Fact]
    public async Task An_error_comes_in_the_form_that_was_asked_for()
    {
        using var ankara = hub.Client("hospital-ankara");
        var refused = await ankara.Get("fhir/Patient/nobody?_format=xml");
        Assert.Equal((404, Fhir + "OperationOutcome"), (refused.Status, XDocument.Parse(refused.Text).Root!.Name));
    }

    [Fact]
    public async Task A_writer_says_what_it_wants_back()
    {
        using var ankara = hub.Client("hospital-ankara");
        var minimal = (await ankara.Post("fhir/Patient", Samples.Patient("Az"), ("Prefer", "return=minimal"))).Expect(201);
        Assert.Equal("", minimal.Text);
        Assert.NotNull(minimal.ETag);
        var outcome = (await ankara.Post("fhir/Patient", Samples.Patient("Sonuc"), ("Prefer", "return=OperationOutcome"))).Expect(201);
        Assert.Equal(("OperationOutcome", "information"), ((string?)outcome.Json["resourceType"], (string?)outcome.Json["issue"]![0]!["severity"]));
        var whole = (await ankara.Post("fhir/Patient", Samples.Patient("Butun"), ("Prefer", "return=representation"))).Expect(201);
        Assert.Equal("Patient", (string?)whole.Json["resourceType"]);
        (await ankara.Delete($"fhir/Patient/{outcome.IdFromLocation()}", ("Prefer", "return=OperationOutcome"))).Expect(200);
        var transaction = (await ankara.Post("fhir", Samples.Bundle("transaction", Samples.Entry("urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60", Samples.Patient("Demet"), "POST", "Patient")), ("Prefer", "return=minimal"))).Expect(200);
        Assert.Equal("transaction-response", (string?)transaction.Json["type"]);
    }

    [Fact]
    public async Task A_part_of_a_resource_says_that_it_is_one()
    {
        using var ankara = hub.Client("hospital-ankara");
        var id = (await ankara.Post("fhir/Patient", Samples.Patient("Parca"))).Expect(201).IdFromLocation();
        var summary = (await ankara.Get($"fhir/Patient/{id}?_elements=gender")).Expect(200);
        Assert.Equal("SUBSETTED", (string?)summary.Json["meta"]!["tag"]![0]!["code"]);
        Assert.Equal(("female", null), ((string?)summary.Json["gender"], summary.Json["name"]));
        (await ankara.Put($"fhir/Patient/{id}", summary.Text)).Refused(422, "subsetted");
        Assert.NotNull((await ankara.Get($"fhir/Patient/{id}?_summary=true")).Expect(200).Json["name"]);
        Assert.Contains("\n", (await ankara.Get($"fhir/Patient/{id}?_pretty=true")).Expect(200).Text, StringComparison.Ordinal);
        (await ankara.Get($"fhir/Patient/{id}?_summary=count")).Refused(400, "parameter-invalid");
        (await ankara.Get($"fhir/Patient/{id}?_summary=perhaps")).Refused(400);
        (await ankara.Get($"fhir/Patient/{id}?_elements=nothing-like-it")).Refused(400);
    }

    [Fact]
    public async Task Head_has_the_headers_of_get_and_no_body()
    {
        using var ankara = hub.Client("hospital-ankara");
        var id = (await ankara.Post("fhir/Patient", Samples.Patient("Bas"))).Expect(201).IdFromLocation();
        var get = (await ankara.Get($"fhir/Patient/{id}")).Expect(200);
        var head = (await ankara.Send(HttpMethod.Head, $"fhir/Patient/{id}", null, [])).Expect(200);
        Assert.Equal((get.ETag, get.LastModified, ""), (head.ETag, head.LastModified, head.Text));
        Assert.Equal(404, (await ankara.Send(HttpMethod.Head, "fhir/Patient/nobody", null, [])).Status);
    }

    [Fact]
    public async Task A_binary_is_posted_and_read_as_its_own_content_in_the_patients_record()
    {
        var (patient, doctor) = await hub.TreatedPatient("Ikili");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            byte[] picture = [0x89, 0x50, 0x4e, 0x47, 0, 255, 13, 10];
            using var content = new ByteArrayContent(picture) { Headers = { ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("image/png") } };
            var id = (await ankara.Send(HttpMethod.Post, "fhir/Binary", content, [("X-Security-Context", $"Patient/{patient}")])).Expect(201).IdFromLocation();

            var raw = (await doctor.Get($"fhir/Binary/{id}", ("Accept", "image/png"))).Expect(200);
            Assert.Equal(("image/png", $"Patient/{patient}"), (raw.ContentType, raw.Header("X-Security-Context")));
            Assert.Equal(picture, raw.Bytes);
            var wrapped = (await doctor.Get($"fhir/Binary/{id}", ("Accept", "application/fhir+json"))).Expect(200);
            Assert.Equal(Convert.ToBase64String(picture), (string?)wrapped.Json["data"]);
            (await doctor.Get($"fhir/Binary/{id}", ("Accept", "text/csv"))).Refused(406);
            using var again = new ByteArrayContent(picture) { Headers = { ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("image/png") } };
            using var other = new ByteArrayContent(picture) { Headers = { ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("image/gif") } };
            var first = (await ankara.Send(HttpMethod.Post, "fhir/Binary", again, [("X-Security-Context", $"Patient/{patient}"), ("X-Request-Id", "picture-1")])).Expect(201).IdFromLocation();
            Assert.NotEqual(first, (await ankara.Send(HttpMethod.Post, "fhir/Binary", other, [("X-Security-Context", $"Patient/{patient}"), ("X-Request-Id", "picture-1")])).Expect(201).IdFromLocation());
            using var mehmet = await hub.Clinician("dr-mehmet", "hospital-izmir");
            (await mehmet.Get($"fhir/Binary/{id}")).Refused(404, "not-found");
        }
    }

    private static StringContent Xml(string text) => new(text, Encoding.UTF8, "application/fhir+xml");
}
