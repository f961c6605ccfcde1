using System.Text;
using System.Text.Json;
using CsCheck;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Fhir.Tests.Writing;

public class ResourceWriterTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 24, 9, 5, 6, 70, TimeSpan.FromHours(3));

    [Fact]
    public void The_servers_id_and_meta_come_first_and_all_else_keeps_its_order_and_bytes() =>
        Assert.Equal(
            """{"resourceType":"Observation","id":"new","meta":{"versionId":"7","lastUpdated":"2026-11-24T06:05:06.070000Z","profile":["http://p"],"tag":[{"code":"a"}]},"status":"final","valueQuantity":{"value":1.50},"note":[{"text":"\u00e7 \/"}]}""",
            Stamp("""{"status":"final","id":"old","meta":{"profile":["http://p"],"versionId":"99","_versionId":{"id":"x"},"lastUpdated":"2001-01-01T00:00:00Z","tag":[{"code":"a"}]},"valueQuantity":{"value":1.50},"resourceType":"Observation","note":[{"text":"\u00e7 \/"}]}""", null, 7));

    [Fact]
    public void A_resource_with_nothing_else_is_stamped() =>
        Assert.Equal("""{"resourceType":"Patient","id":"new","meta":{"versionId":"1","lastUpdated":"2026-11-24T06:05:06.070000Z"}}""", Stamp("""{"resourceType":"Patient","meta":{}}"""));

    [Theory]
    [InlineData("""<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"http://s/fhir/Patient/9\">é</a></div>""")]
    [InlineData("""<div xmlns=\"http:\/\/www.w3.org\/1999\/xhtml\"><a href='http:\/\/s\/fhir\/Patient\/9'>\u00e9<\/a><\/div>""")]
    [InlineData("""\u003Cdiv xmlns=\u0022http://www.w3.org/1999/xhtml\u0022\u003E\u003Ca href=\u0022http://s/fhir/Patient/9\u0022\u003E\u00E9\u003C/a\u003E\u003C/div\u003E""")]
    public void Links_in_a_narrative_are_rewritten_however_its_writer_escapes(string div)
    {
        var stamped = Stamp($$$"""{"resourceType":"Patient","text":{"status":"generated","div":"{{{div}}}"}}""", new Dictionary<string, string> { ["http://s/fhir/Patient/9"] = "Patient/new" });
        using var stored = Read.Resource(stamped);
        var text = stored.Root.GetProperty("text").GetProperty("div").GetString()!.Replace('\'', '"');
        Assert.Equal("""<div xmlns="http://www.w3.org/1999/xhtml"><a href="Patient/new">é</a></div>""", text);
        Assert.Contains(div, Stamp($$$"""{"resourceType":"Patient","text":{"status":"generated","div":"{{{div}}}"}}""", new Dictionary<string, string> { ["http://s/fhir/Patient/8"] = "Patient/new" }), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_json_keeps_every_member_but_id_and_meta() =>
        JsonGen.Resource.Sample(pair =>
        {
            using var posted = Read.Resource(pair.Loose);
            using var stored = Read.Resource(ResourceWriter.Stamp(posted, "0198", 1, Time, new Dictionary<string, string> { ["a"] = "Patient/1" }));
            return Members(posted.Root) == Members(stored.Root) && stored.Id == "0198";
        });

    [Fact]
    public void Temporary_references_are_rewritten_where_r4_says_so()
    {
        const string Urn = "urn:uuid:0b5d1a2c-0000-4000-8000-000000000001";
        var stamped = Stamp(
            $$$"""
            {"resourceType":"DocumentReference","status":"current","subject":{"reference":"{{{Urn}}}","display":"{{{Urn}}}"},"identifier":[{"value":"{{{Urn}}}"}],
            "extension":[{"url":"http://x","valueReference":{"reference":"http://sender/fhir/Patient/9"}},{"url":"http://x","valueCanonical":"{{{Urn}}}"},{"url":"http://x","valueUuid":"{{{Urn}}}"}],
            "_status":{"extension":[{"url":"http://x","valueUri":"{{{Urn}}}"}]},"contained":[{"id":"o","resourceType":"Organization","partOf":{"reference":"Organization?identifier=urn:o%7C9"}}],
            "content":[{"attachment":{"url":"{{{Urn}}}","title":"{{{Urn}}}"}}],
            "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"{{{Urn}}}\">x</a><img src = '{{{Urn}}}'/>{{{Urn}}}</div>"}}
            """,
            new Dictionary<string, string> { [Urn] = "Patient/1", ["http://sender/fhir/Patient/9"] = "Patient/2", ["Organization?identifier=urn:o%7C9"] = "Organization/3" });

        Assert.Contains($$$"""
            "subject":{"reference":"Patient/1","display":"{{{Urn}}}"},"identifier":[{"value":"{{{Urn}}}"}]
            """, stamped, StringComparison.Ordinal);
        Assert.Contains($$$"""
            "valueReference":{"reference":"Patient/2"}},{"url":"http://x","valueCanonical":"{{{Urn}}}"},{"url":"http://x","valueUuid":"Patient/1"}
            """, stamped, StringComparison.Ordinal);
        Assert.Contains("""
            "valueUri":"Patient/1"
            """, stamped, StringComparison.Ordinal);
        Assert.Contains("""
            "partOf":{"reference":"Organization/3"}
            """, stamped, StringComparison.Ordinal);
        Assert.Contains($$$"""
            "attachment":{"url":"Patient/1","title":"{{{Urn}}}"}
            """, stamped, StringComparison.Ordinal);
        Assert.Contains($$$"""
            <a href=\"Patient/1\">x</a><img src = 'Patient/1'/>{{{Urn}}}</div>
            """, stamped, StringComparison.Ordinal);
    }

    [Fact]
    public void An_escaped_reference_is_found_too() =>
        Assert.Contains(
            "{\"reference\":\"Patient/1\"}",
            Stamp("""{"resourceType":"Observation","subject":{"reference":"http:\/\/a\/Patient\/9"}}""", new Dictionary<string, string> { ["http://a/Patient/9"] = "Patient/1" }),
            StringComparison.Ordinal);

    [Fact]
    public void A_document_inside_is_left_as_it_was_signed()
    {
        const string Document = """
            "type":"document","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Observation","subject":{"reference":"urn:uuid:1"}}}]}
            """;
        Assert.EndsWith(Document, Stamp("{\"resourceType\":\"Bundle\"," + Document, new Dictionary<string, string> { ["urn:uuid:2"] = "Patient/1" }), StringComparison.Ordinal);
        Assert.Contains("\"subject\":{\"reference\":\"urn:uuid:1\"}", Stamp("{\"resourceType\":\"Bundle\"," + Document, new Dictionary<string, string> { ["urn:uuid:1"] = "Patient/1" }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_strange_id_cannot_break_the_json()
    {
        using var resource = Read.Resource("""{"resourceType":"Patient"}""");
        using var stored = Read.Resource(ResourceWriter.Stamp(resource, "a\"b\\\n", 1, Time, null));
        Assert.Equal("a\"b\\\n", stored.Id);
    }

    [Fact]
    public void Stamped_samples_are_valid_for_the_sdk()
    {
        foreach (var body in Samples.Bodies)
        {
            using var resource = Read.Resource(body);
            Sdk.Accepts(ResourceWriter.Stamp(resource, "a", 2, Time, new Dictionary<string, string> { ["Patient/zeynep"] = "Patient/1" }));
        }
    }

    private static string Stamp(string json, Dictionary<string, string>? references = null, int version = 1)
    {
        using var resource = Read.Resource(json);
        return Encoding.UTF8.GetString(ResourceWriter.Stamp(resource, "new", version, Time, references));
    }

    private static string Members(JsonElement root) =>
        string.Join(',', root.EnumerateObject().Where(p => p.Name is not ("resourceType" or "id" or "meta")).Select(p => p.Name + Read.Text(p.Value)));
}
