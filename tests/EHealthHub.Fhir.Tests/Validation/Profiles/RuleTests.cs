using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Tests.Validation.Profiles;

/// <summary>What FHIRPath rules of profiles may ask beyond their element: other resources, terminology, profiles, the time.</summary>
public sealed class RuleTests
{
    private const string Start = """{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"urn:test:colours","code":"red"}]}""";

    [Theory]
    [InlineData("subject.resolve() is Patient", ""","subject":{"reference":"Patient/1"}""")]
    [InlineData("subject.resolve() is Patient", ""","subject":{"reference":"https://elsewhere.example/fhir/Patient/1"}""")]
    [InlineData("subject.resolve() is Patient", ""","subject":{"reference":"Group/1"}""", "profile-r-1 Observation")]
    [InlineData("subject.resolve().is(Patient)", ""","subject":{"reference":"urn:uuid:0b5d1a2c-0000-4000-8000-000000000001","type":"Group"}""", "profile-r-1 Observation")]
    [InlineData("performer.all(resolve().ofType(Practitioner).exists())", ""","performer":[{"reference":"Practitioner/1"},{"reference":"Patient/1"}]""", "profile-r-1 Observation")]
    [InlineData("subject.resolve().gender = 'female'", ""","contained":[{"resourceType":"Patient","id":"p","gender":"female"}],"subject":{"reference":"#p"}""")]
    [InlineData("subject.resolve().gender = 'female'", ""","contained":[{"resourceType":"Patient","id":"p","gender":"male"}],"subject":{"reference":"#p"}""", "profile-r-1 Observation")]
    [InlineData("subject.resolve().gender = 'female'", ""","subject":{"reference":"Patient/1"}""", "profile-undecided Observation")]
    [InlineData("subject.resolve().gender = 'female'", "")]
    [InlineData("code.memberOf('urn:test:warm')", "")]
    [InlineData("code.coding.first().memberOf('urn:test:warm').not()", "", "profile-r-1 Observation")]
    [InlineData("value.memberOf('urn:test:warm')", ""","valueCodeableConcept":{"coding":[{"system":"urn:test:colours","code":"blue"}]}""", "profile-r-1 Observation")]
    [InlineData("value.memberOf('urn:test:warm')", ""","valueString":"orange" """)]
    [InlineData("contained.all(conformsTo('urn:test:inner'))", ""","contained":[{"resourceType":"Patient","id":"p","gender":"female"}],"subject":{"reference":"#p"}""")]
    [InlineData("contained.all(conformsTo('urn:test:inner'))", ""","contained":[{"resourceType":"Patient","id":"p"}],"subject":{"reference":"#p"}""", "profile-r-1 Observation")]
    [InlineData("%resource.conformsTo('urn:test:profile')", "", "profile-r-1 Observation")]
    [InlineData("effective <= now()", ""","effectiveDateTime":"2026-11-24T10:00:00+03:00" """)]
    [InlineData("effective <= now()", ""","effectiveDateTime":"2026-11-24T12:00:01+03:00" """, "profile-r-1 Observation")]
    [InlineData("effective <= today()", ""","effectiveDateTime":"2026-11-25" """, "profile-r-1 Observation")]
    [InlineData("%context.status = 'final' and %resource.status.trace('s') = 'final'", "")]
    [InlineData("component.all(%resource.status = 'final' and %context.status = 'final')", ""","component":[{"code":{"text":"x"}}]""")]
    public void A_rule_is_decided_from_the_message_and_what_is_held(string rule, string members, params string[] errors)
    {
        var catalog = Catalog.Of(
            Catalog.Definition("Observation", $$$"""{"path":"Observation","constraint":[{"key":"r-1","severity":"error","human":"h","expression":"{{{rule}}}"}]}"""),
            Catalog.Definition("Patient", """{"path":"Patient.gender","min":1}""", "urn:test:inner"));
        using var resource = Read.Resource(Start.Replace("\"status\"", "\"meta\":{\"profile\":[\"urn:test:profile\"]},\"status\"", StringComparison.Ordinal) + members + "}");
        var validator = new Validator { Profiles = catalog, Clock = new Noon() };
        Assert.Equal(errors, validator.Validate(resource, Read.Limits).Select(i => $"{i.Code} {i.Expression}"));
    }

    [Theory]
    [InlineData("code.memberOf('urn:test:elsewhere')", "asks memberOf('urn:test:elsewhere') in a rule, whose codes the hub does not hold")]
    [InlineData("code.memberOf(code.text)", "of a name that is worked out")]
    [InlineData("contained.all(conformsTo('urn:test:nowhere'))", "asks conformsTo('urn:test:nowhere') in a rule, which the hub does not hold")]
    [InlineData("code.coding.first().subsumes(code.coding.last())", "uses subsumes() in a rule")]
    public void What_cannot_be_decided_is_refused_at_upload(string rule, string refusal) =>
        Assert.Contains(refusal, Catalog.Refusal(Catalog.Definition("Observation", $$$"""{"path":"Observation","constraint":[{"key":"r-1","severity":"error","human":"h","expression":"{{{rule}}}"}]}""")), StringComparison.Ordinal);

    [Fact]
    public void References_inside_a_bundle_lead_to_its_entries()
    {
        var catalog = Catalog.Of(Catalog.Definition("Bundle", """{"path":"Bundle","constraint":[{"key":"b-1","severity":"error","human":"h","expression":"entry.resource.ofType(Observation).all(subject.resolve().gender = 'female')"}]}"""));
        Assert.Empty(catalog.Errors(Bundle("urn:uuid:0b5d1a2c-0000-4000-8000-000000000001", "female")));
        Assert.Empty(catalog.Errors(Bundle("Patient/p", "female")));
        Assert.Equal(["profile-b-1 Bundle"], catalog.Errors(Bundle("Patient/p", "male")));
        Assert.Equal(["profile-undecided Bundle"], catalog.Errors(Bundle("Patient/q", "female")));

        static string Bundle(string reference, string gender) =>
            $$$"""{"meta":{"profile":["{{{Catalog.Url}}}"]},"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:0b5d1a2c-0000-4000-8000-000000000001","resource":{"resourceType":"Patient","id":"p","gender":"{{{gender}}}"}},"""
            + """{"fullUrl":"urn:uuid:0b5d1a2c-0000-4000-8000-000000000002","resource":"""
            + Start + ""","subject":{"reference":" """.TrimEnd() + reference + """ "} }}]}""".TrimStart();
    }

    [Fact]
    public void An_extension_is_checked_in_a_resource_that_claims_no_profile()
    {
        var catalog = Catalog.Of(Catalog.Definition("Extension", """{"id":"Extension.url","path":"Extension.url","fixedUri":"urn:test:ext"},{"id":"Extension.value[x]","path":"Extension.value[x]","min":1,"type":[{"code":"code"}]}""", "urn:test:ext", more: """ "context":[{"type":"element","expression":"Patient"}], """));
        Assert.Empty(Errors("""{"resourceType":"Patient","extension":[{"url":"urn:test:ext","valueCode":"a"},{"url":"urn:other","valueString":"x"}]}"""));
        Assert.Equal(["profile-type Patient.extension[0].value"], Errors("""{"resourceType":"Patient","extension":[{"url":"urn:test:ext","valueString":"a"}]}"""));
        Assert.Equal(["extension-context Patient.name[0].extension[0]"], Errors("""{"resourceType":"Patient","name":[{"extension":[{"url":"urn:test:ext","valueCode":"a"}]}]}"""));

        string[] Errors(string json)
        {
            using var resource = Read.Resource(json);
            return [.. new Validator { Profiles = catalog }.Validate(resource, Read.Limits).Select(i => $"{i.Code} {i.Expression}")];
        }
    }

    [Theory]
    [InlineData("""{"resourceType":"Patient","active":true,"extension":[{"url":"urn:test:ext","valueCode":"a"}]}""")]
    [InlineData("""{"resourceType":"Patient","active":false,"extension":[{"url":"urn:test:ext","valueCode":"a"}]}""", "profile-context-1 Patient.extension[0]")]
    [InlineData("""{"resourceType":"Patient","name":[{"extension":[{"url":"urn:test:ext","valueCode":"a"}]}]}""", "extension-context Patient.name[0].extension[0]")]
    public void An_extension_stands_where_FHIRPath_says(string resource, params string[] errors)
    {
        var catalog = Catalog.Of(Catalog.Definition("Extension", """{"id":"Extension.url","path":"Extension.url","fixedUri":"urn:test:ext"}""", "urn:test:ext", more: """ "context":[{"type":"fhirpath","expression":"Patient.where(name.empty())"}],"contextInvariant":["active"], """));
        using var read = Read.Resource(resource);
        Assert.Equal(errors, new Validator { Profiles = catalog }.Validate(read, Read.Limits).Select(i => $"{i.Code} {i.Expression}").Take(1));
    }

    private sealed class Noon : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);
    }
}
