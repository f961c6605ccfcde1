using System.Text;
using System.Text.Json.Nodes;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Tests.Validation;

public class ValidatorTests
{
    private static readonly Validator Validator = new();

    [Theory]
    [InlineData("unknown", "1", "element-unknown", "Patient.unknown")]
    [InlineData("Gender", "\"male\"", "element-unknown", "Patient.Gender")]
    [InlineData("name", "{\"family\":\"x\"}", "element-not-array", "Patient.name")]
    [InlineData("birthDate", "[\"2000\"]", "element-is-array", "Patient.birthDate")]
    [InlineData("name", "[]", "element-empty", "Patient.name")]
    [InlineData("name", "[{\"family\":\"x\"},{}]", "ele-1", "Patient.name[1]")]
    [InlineData("name", "[{\"id\":\"a\"}]", "ele-1", "Patient.name[0]")]
    [InlineData("name", "[null]", "element-null", "Patient.name[0]")]
    [InlineData("birthDate", "null", "element-null", "Patient.birthDate")]
    [InlineData("birthDate", "\"\"", "element-empty", "Patient.birthDate")]
    [InlineData("birthDate", "\"2001-02-29\"", "primitive-format", "Patient.birthDate")]
    [InlineData("language", "\"a\\u0001\"", "primitive-format", "Patient.language")]
    [InlineData("name", "[{\"text\":\"a\\u0000\"}]", "primitive-format", "Patient.name[0].text")]
    [InlineData("active", "\"true\"", "element-json-type", "Patient.active")]
    [InlineData("maritalStatus", "\"M\"", "element-json-type", "Patient.maritalStatus")]
    [InlineData("gender", "\"f\"", "code-not-in-value-set", "Patient.gender")]
    [InlineData("multipleBirthInteger", "1.0", "primitive-format", "Patient.multipleBirth")]
    [InlineData("multipleBirthInteger", "2147483648", "primitive-format", "Patient.multipleBirth")]
    [InlineData("telecom", "[{\"system\":\"phone\",\"value\":\"1\",\"rank\":0}]", "primitive-range", "Patient.telecom[0].rank")]
    [InlineData("telecom", "[{\"value\":\"1\"}]", "cpt-2", "Patient.telecom[0]")]
    [InlineData("contact", "[{\"gender\":\"male\"}]", "pat-1", "Patient.contact[0]")]
    [InlineData("link", "[{\"type\":\"seealso\"}]", "element-missing", "Patient.link[0].other")]
    [InlineData("extension", "[{\"valueString\":\"x\"}]", "element-missing", "Patient.extension[0].url")]
    [InlineData("extension", "[{\"url\":\"http://x\"}]", "ext-1", "Patient.extension[0]")]
    [InlineData("extension", "[{\"url\":\"http://x\",\"valueString\":\"a\",\"valueCode\":\"b\"}]", "choice-twice", "Patient.extension[0].value")]
    [InlineData("extension", "[{\"url\":\"http://x\",\"valueString\":\"a\",\"_valueCode\":{\"extension\":[{\"url\":\"http://x\",\"valueString\":\"a\"}]}}]", "choice-twice", "Patient.extension[0].value")]
    [InlineData("generalPractitioner", "[{\"reference\":\"Patient/1\"}]", "reference-target", "Patient.generalPractitioner[0].reference")]
    [InlineData("generalPractitioner", "[{\"reference\":\"https://h/fhir/Patient/1/_history/2\"}]", "reference-target", "Patient.generalPractitioner[0].reference")]
    [InlineData("generalPractitioner", "[{\"type\":\"Patient\",\"identifier\":{\"value\":\"1\"}}]", "reference-target", "Patient.generalPractitioner[0].type")]
    [InlineData("generalPractitioner", "[{\"reference\":\"Patient?identifier=a|b\"}]", "reference-target", "Patient.generalPractitioner[0].reference")]
    [InlineData("generalPractitioner", "[{\"reference\":\"practitioner 1\"}]", "reference-format", "Patient.generalPractitioner[0].reference")]
    [InlineData("generalPractitioner", "[{\"reference\":\"#x\"}]", "ref-1", "Patient.generalPractitioner[0].reference")]
    [InlineData("identifier", "[{\"system\":\"urn:oid:2.16.840.1.113883.3.129.1.1.1\",\"value\":\"10000000145\"}]", "national-id-checksum", "Patient.identifier[0].value")]
    [InlineData("identifier", "[{\"system\":\"urn\\u003aoid:2.16.840.1.113883.3.129.1.1.1\",\"value\":\"1\"}]", "national-id-checksum", "Patient.identifier[0].value")]
    [InlineData("address", "[{\"city\":\"x\",\"period\":{\"start\":\"2026-11-20\",\"end\":\"2026-11-19\"}}]", "per-1", "Patient.address[0].period")]
    [InlineData("text", "{\"status\":\"generated\"}", "element-missing", "Patient.text.div")]
    [InlineData("text", "{\"status\":\"generated\",\"div\":\"<div xmlns='http://www.w3.org/1999/xhtml'> </div>\"}", "txt-2", "Patient.text.div")]
    [InlineData("contained", "[{\"resourceType\":\"Organization\",\"id\":\"o\",\"name\":\"x\"}]", "dom-3", "Patient.contained[0]")]
    [InlineData("contained", "[{\"resourceType\":\"Organisation\",\"id\":\"o\"}]", "resource-type-unknown", "Patient.contained[0]")]
    [InlineData("contained", "[{\"id\":\"o\"}]", "resource-type-missing", "Patient.contained[0]")]
    [InlineData("id", "\"a b\"", "primitive-format", "Patient.id")]
    [InlineData("_id", "{\"extension\":[{\"url\":\"http://x\",\"valueString\":\"y\"}]}", "element-unknown", "Patient._id")]
    [InlineData("_birthDate", "{}", "ele-1", "Patient.birthDate")]
    [InlineData("_birthDate", "{\"id\":\"x\"}", "ele-1", "Patient.birthDate")]
    [InlineData("_birthDate", "{\"value\":\"x\"}", "ele-1", "Patient.birthDate")]
    public void A_fault_is_named_with_its_element(string member, string value, string code, string expression)
    {
        using var resource = Read.Resource($$"""{"resourceType":"Patient","{{member}}":{{value}}}""");
        Assert.Contains((code, expression), Validator.Validate(resource, Read.Limits).Select(i => (i.Code, i.Expression)));
    }

    [Theory]
    [InlineData("""{"given":["a",null],"_given":[null,{"id":"x","extension":[{"url":"http://x","valueString":"y"}]}]}""", null)]
    [InlineData("""{"given":["a"],"_given":[{"id":"x"}]}""", null)]
    [InlineData("""{"_given":[{"extension":[{"url":"http://x","valueString":"y"}]}]}""", null)]
    [InlineData("""{"given":["a",null]}""", "element-null")]
    [InlineData("""{"given":["a",null],"_given":[null,null]}""", "element-null")]
    [InlineData("""{"given":["a"],"_given":[null,{"extension":[{"url":"http://x","valueString":"y"}]}]}""", "companion-length")]
    [InlineData("""{"given":[null],"_given":[{"id":"x"}]}""", "ele-1")]
    [InlineData("""{"family":"x","_family":{"extension":[]}}""", "element-empty")]
    [InlineData("""{"family":"x","_family":{"other":1}}""", "element-unknown")]
    [InlineData("""{"family":"x","_family":"y"}""", "element-json-type")]
    public void Companions_of_primitives_are_aligned_and_never_empty(string name, string? code)
    {
        using var resource = Read.Resource($$"""{"resourceType":"Patient","name":[{{name}}]}""");
        Assert.Equal(code, Validator.Validate(resource, Read.Limits).FirstOrDefault()?.Code);
    }

    [Theory]
    [InlineData("Observation", """ "code":{"text":"x"} """, "element-missing", "Observation.status")]
    [InlineData("Observation", """ "status":"final","code":{"text":"x"},"valueString":"a","dataAbsentReason":{"text":"b"} """, "obs-6", "Observation")]
    [InlineData("Observation", """ "status":"final","code":{"coding":[{"code":"a"}]},"valueString":"a","component":[{"code":{"coding":[{"code":"a"}]}}] """, "obs-7", "Observation")]
    [InlineData("Observation", """ "status":"final","code":{"text":"x"},"valueQuantity":{"value":1e400} """, "primitive-range", "Observation.value.value")]
    [InlineData("Observation", """ "status":"final","code":{"text":"x"},"valueRange":{"low":{"value":2},"high":{"value":1}} """, "rng-2", "Observation.value")]
    [InlineData("Condition", """ "subject":{"reference":"Patient/1"},"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"cured"}]} """, "code-not-in-value-set", "Condition.clinicalStatus")]
    [InlineData("Condition", """ "subject":{"reference":"Patient/1"},"clinicalStatus":{"text":"active"} """, "code-not-in-value-set", "Condition.clinicalStatus")]
    [InlineData("Condition", """ "subject":{"reference":"Patient/1"},"abatementDateTime":"2020" """, "con-4", "Condition")]
    [InlineData("AllergyIntolerance", """ "patient":{"reference":"Patient/1"} """, "ait-1", "AllergyIntolerance")]
    [InlineData("Organization", """ "active":true """, "org-1", "Organization")]
    [InlineData("Organization", """ "name":"x","telecom":[{"system":"phone","value":"1","use":"home"}] """, "org-3", "Organization.telecom")]
    [InlineData("Appointment", """ "status":"booked","participant":[{"actor":{"reference":"Patient/1"},"status":"accepted"}] """, "app-3", "Appointment")]
    [InlineData("Parameters", """ "parameter":[{"name":"a","valueString":"x","resource":{"resourceType":"Patient"}}] """, "inv-1", "Parameters.parameter[0]")]
    [InlineData("Parameters", """ "parameter":[{"name":"a","resource":{"resourceType":"Patient","active":1}}] """, "element-json-type", "Parameters.parameter[0].resource.active")]
    [InlineData("Bundle", """ "type":"document" """, "bdl-9", "Bundle")]
    [InlineData("Bundle", """ "type":"collection","entry":[{"resource":{"resourceType":"Patient","contained":[{"resourceType":"Patient","id":"p","contained":[]}]}}] """, "element-empty", "Bundle.entry[0].resource.contained[0].contained")]
    [InlineData("Binary", """ "contentType":"text" """, "code-not-in-value-set", "Binary.contentType")]
    [InlineData("Binary", """ "contentType":"text/pl\u00e4in" """, "code-not-in-value-set", "Binary.contentType")]
    [InlineData("Patient", """ "photo":[{"contentType":"image/","data":"QUJD"}] """, "code-not-in-value-set", "Patient.photo[0].contentType")]
    [InlineData("Binary", """ "contentType":"text/plain","data":"QUJ" """, "primitive-format", "Binary.data")]
    public void Rules_of_types_are_kept(string type, string members, string code, string expression)
    {
        using var resource = Read.Resource($$"""{"resourceType":"{{type}}",{{members}}}""");
        Assert.Contains((code, expression), Validator.Validate(resource, Read.Limits).Select(i => (i.Code, i.Expression)));
    }

    [Fact]
    public void Contained_resources_are_found_wherever_they_stand()
    {
        using var resource = Read.Resource("""{"resourceType":"Patient","managingOrganization":{"reference":"#o"},"contained":[{"resourceType":"Organization","id":"o","name":"x"},{"resourceType":"RelatedPerson","id":"r","patient":{"reference":"#"}}]}""");
        Assert.Empty(Validator.Validate(resource, Read.Limits));
        using var wrong = Read.Resource("""{"resourceType":"Patient","managingOrganization":{"reference":"#r"},"contained":[{"resourceType":"RelatedPerson","id":"r","patient":{"reference":"#"},"meta":{"versionId":"1","security":[{"code":"R"}]}},{"resourceType":"RelatedPerson","id":"r","patient":{"reference":"#"},"contained":[{"resourceType":"Patient","id":"x"}]}]}""");
        Assert.Equal(["reference-target", "dom-4", "dom-5", "contained-id", "dom-2"], Validator.Validate(wrong, Read.Limits).Select(i => i.Code));
    }

    [Fact]
    public void Each_resource_of_a_bundle_has_contained_resources_of_its_own()
    {
        using var resource = Read.Resource("""{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","managingOrganization":{"reference":"#o"},"contained":[{"resourceType":"Organization","id":"o","name":"x"}]}},{"resource":{"resourceType":"Patient","managingOrganization":{"reference":"#o"}}}]}""");
        Assert.Equal([("ref-1", "Bundle.entry[1].resource.managingOrganization.reference")], Validator.Validate(resource, Read.Limits).Select(i => (i.Code, i.Expression)));
    }

    [Fact]
    public void A_path_given_begins_every_expression()
    {
        using var resource = Read.Resource("""{"resourceType":"Patient","x":1}""");
        Assert.Equal("Bundle.entry[3].resource.x", Validator.Validate(resource, Read.Limits, "Bundle.entry[3].resource")[0].Expression);
    }

    [Fact]
    public void No_more_issues_are_told_than_asked_for()
    {
        var members = string.Join(",", Enumerable.Range(0, 200).Select(i => $"\"x{i}\":1"));
        using var resource = Read.Resource($$"""{"resourceType":"Patient",{{members}}}""");
        Assert.Equal(50, Validator.Validate(resource, Read.Limits).Length);
        Assert.Equal(3, Validator.Validate(resource, Read.Limits with { IssuesMax = 3 }).Length);
    }

    [Fact]
    public void Names_and_values_of_a_sender_do_not_get_into_issues_unchecked()
    {
        using var resource = Read.Resource("""{"resourceType":"Patient","<script>":1,"gender":"SECRET","birthDate":"SECRET","identifier":[{"system":"urn:oid:2.16.840.1.113883.3.129.1.1.1","value":"SECRET"}]}""");
        var issues = Validator.Validate(resource, Read.Limits);
        Assert.Equal(4, issues.Length);
        Assert.All(issues, i => Assert.DoesNotContain("SECRET", i.ToString(), StringComparison.Ordinal));
        Assert.Equal("Patient.?script?", issues[0].Expression);
    }

    [Fact]
    public void Every_element_of_a_sample_is_checked()
    {
        foreach (var json in Samples.Valid)
        {
            var root = JsonNode.Parse(json)!;
            foreach (var node in Objects(root).ToList())
            {
                foreach (var name in node.Select(m => m.Key).Where(k => k != "resourceType").ToList())
                {
                    var kept = node[name];
                    node[name] = JsonNode.Parse("[[]]");
                    using var resource = Read.Resource(root.ToJsonString());
                    Assert.False(Validator.Validate(resource, Read.Limits).IsEmpty, name + root.ToJsonString());
                    node[name] = kept;
                }
            }
        }
    }

    [Fact]
    public void Mutated_bytes_are_validated_without_an_exception()
    {
        var mutator = new Mutator(3);
        for (var i = 0; i < 20_000; i++)
        {
            if (FhirReader.Read(mutator.Mutate(Encoding.UTF8.GetBytes(Samples.Valid[i % Samples.Valid.Length])), Read.Limits).Try(out var resource, out _))
            {
                Assert.All(Validator.Validate(resource, Read.Limits), AssertTold);
                resource.Dispose();
            }
        }
    }

    [SyntheaFact]
    public void Every_synthea_resource_is_valid()
    {
        var count = 0;
        foreach (var path in RealData.SyntheaBundles())
        {
            using var bundle = Read.Resource(File.ReadAllBytes(path));
            foreach (var entry in bundle.Root.GetProperty("entry").EnumerateArray())
            {
                var root = entry.GetProperty("resource");
                var issues = Validator.Validate(new FhirResource(root.GetProperty("resourceType").GetString()!, root), Read.Limits);
                Assert.True(issues.IsEmpty, issues.IsEmpty ? "" : $"{path} {issues[0]}");
                count++;
            }
        }

        Assert.True(count > 10_000);
    }

    private static void AssertTold(Issue issue)
    {
        Assert.NotEmpty(issue.Diagnostics);
        Assert.NotEmpty(issue.Expression!);
    }

    private static IEnumerable<JsonObject> Objects(JsonNode node)
    {
        if (node is JsonObject owner)
        {
            yield return owner;
        }

        foreach (var child in node is JsonObject members ? members.Select(m => m.Value) : node is JsonArray items ? items : Enumerable.Empty<JsonNode?>())
        {
            foreach (var found in child is JsonObject or JsonArray ? Objects(child) : [])
            {
                yield return found;
            }
        }
    }
}
