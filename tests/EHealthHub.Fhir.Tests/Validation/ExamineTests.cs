using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Tests.Validation.Profiles;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Tests.Validation;

/// <summary>$validate: how a call is read, and that everything is said, with places and texts.</summary>
public sealed class ExamineTests
{
    private const string Patient = """{"resourceType":"Patient","id":"p1","text":{"status":"generated","div":"<div xmlns='http://www.w3.org/1999/xhtml'>x</div>"},"active":true}""";

    private static readonly string Advice = Catalog.Definition("Patient", """
        {"path":"Patient.name","mustSupport":true},{"path":"Patient.maritalStatus","binding":{"strength":"extensible","valueSet":"urn:test:warm"}},
        {"path":"Patient.communication.language","binding":{"strength":"preferred","valueSet":"urn:test:warm"}},{"path":"Patient","constraint":[{"key":"w-1","severity":"warning","human":"Photos help.","expression":"photo.exists()"}]}
        """);

    [Fact]
    public void A_valid_resource_is_told_so()
    {
        var issues = Examine(Request("Patient", null, Patient));
        Assert.Equal([("information", "allok")], issues.Select(i => (i.Severity, i.Code)));
    }

    [Theory]
    [InlineData("""{"resourceType":"Patient","active":true}""", "warning dom-6 Patient", "information allok ")]
    [InlineData("""{"resourceType":"Bundle","type":"collection"}""", "information allok ")]
    [InlineData("""{"resourceType":"Condition","subject":{"display":"x"},"category":[{"text":"x"}],"text":{"status":"generated","div":"<div xmlns='http://www.w3.org/1999/xhtml'>x</div>"}}""", "warning con-3 Condition", "information allok ")]
    [InlineData("""{"resourceType":"NutritionOrder","status":"draft","intent":"order","patient":{"display":"x"},"dateTime":"2026","text":{"status":"generated","div":"<div xmlns='http://www.w3.org/1999/xhtml'>x</div>"}}""", "warning nor-1 NutritionOrder", "information allok ")]
    [InlineData("""{"resourceType":"Library","name":"a b","status":"draft","type":{"text":"x"},"text":{"status":"generated","div":"<div xmlns='http://www.w3.org/1999/xhtml'>x</div>"}}""", "warning lib-0 Library", "information allok ")]
    public void What_R4_only_warns_of_is_said_and_does_not_refuse(string resource, params string[] said)
    {
        using var read = Read.Resource(resource);
        Assert.Empty(new Validator().Validate(read, Read.Limits));
        Assert.Equal(said, Examine(Request(read.Type, null, resource)).Select(i => $"{i.Severity} {i.Code} {i.Expression}"));
    }

    [Fact]
    public void Advice_is_given_only_when_asked_for()
    {
        var resource = Patient.Replace("\"active\"", "\"meta\":{\"profile\":[\"urn:test:profile\",\"urn:test:nowhere\"]},\"maritalStatus\":{\"text\":\"x\"},\"communication\":[{\"language\":{\"text\":\"x\"}}],\"active\"", StringComparison.Ordinal);
        var validator = new Validator { Profiles = Catalog.Of(Advice) };
        Assert.Empty(validator.Validate(Read.Resource(resource), Read.Limits));
        var issues = validator.Examine(Request("Patient", null, resource), Read.Limits);
        Assert.Equal(
            [
                "warning profile-unknown Patient.meta.profile",
                "information profile-must-support Patient.name",
                "warning profile-binding-extensible Patient.maritalStatus",
                "information profile-binding-preferred Patient.communication[0].language",
                "warning profile-w-1 Patient",
                "information allok ",
            ],
            issues.Select(i => $"{i.Severity} {i.Code} {i.Expression}"));
    }

    [Fact]
    public void Profiles_asked_for_are_checked_and_unknown_ones_are_errors()
    {
        var validator = new Validator { Profiles = Catalog.Of(Catalog.Definition("Patient", """{"path":"Patient.name","min":1}""")) };
        var wrapped = """{"resourceType":"Parameters","parameter":[{"name":"resource","resource":RESOURCE},{"name":"profile","valueUri":"urn:test:profile"},{"name":"profile","valueCanonical":"urn:test:none"},{"name":"mode","valueCode":"create"}]}""".Replace("RESOURCE", Patient, StringComparison.Ordinal);
        var request = Request("Patient", null, wrapped);
        Assert.Equal("create", request.Mode);
        Assert.Equal(["profile-unknown Patient", "profile-cardinality Patient.name"], validator.Examine(request, Read.Limits).Select(i => $"{i.Code} {i.Expression}"));
        Assert.Equal(["profile-cardinality"], validator.Examine(Request("Patient", null, Patient, ("profile", "urn:test:profile")), Read.Limits).Select(i => i.Code));
    }

    [Fact]
    public void Structural_faults_come_first_with_their_places() =>
        Assert.Equal(["element-unknown Patient.nothing", "primitive-format Patient.birthDate"], Examine(Request("Patient", null, """{"resourceType":"Patient","nothing":1,"birthDate":"x"}""")).Select(i => $"{i.Code} {i.Expression}"));

    [Fact]
    public void The_address_must_fit_the_resource()
    {
        Assert.Contains(Examine(Request("Basic", null, Patient)), i => i.Code == "type-mismatch");
        Assert.Contains(Examine(Request("Patient", "p2", Patient, ("mode", "update"))), i => i is { Code: "id-mismatch", Expression: "Patient.id" });
        Assert.DoesNotContain(Examine(Request("Patient", "p1", Patient, ("mode", "update"))), i => i.Severity == "error");
    }

    [Fact]
    public void A_delete_and_a_stored_instance_bring_no_resource()
    {
        Assert.Equal(["allok"], Examine(Request("Patient", "p1", null, ("mode", "delete"))).Select(i => i.Code));
        var stored = Request("Patient", "p1", null);
        Assert.Null(stored.Resource);
        Assert.Equal(["allok"], Examine(stored with { Resource = Read.Resource(Patient) }).Select(i => i.Code));
    }

    [Theory]
    [InlineData(null, Patient, "mode", "replace")]
    [InlineData(null, Patient, "mode", "update")]
    [InlineData(null, null, "mode", "delete")]
    [InlineData("p1", Patient, "mode", "create")]
    [InlineData("p1", null, "mode", "update")]
    [InlineData(null, null, "profile", "urn:x")]
    [InlineData(null, Patient, "colour", "red")]
    [InlineData(null, """{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Nothing"}}]}""", "mode", "create")]
    [InlineData(null, """{"resourceType":"Parameters","parameter":[{"name":"colour","valueCode":"red"}]}""", "mode", "create")]
    public void A_call_that_is_not_understood_is_refused(string? id, string? body, string name, string value)
    {
        var read = ValidationRequest.Read("Patient", id, body is null ? null : Read.Resource(body), [KeyValuePair.Create(name, value)]);
        Assert.False(read.Try(out _, out var failure));
        Assert.Equal((400, "parameter-invalid"), (failure!.Status, failure.Issues[0].Code));
    }

    [Fact]
    public void A_parameters_resource_can_be_looked_at_itself()
    {
        Assert.Equal("Parameters", Request("Parameters", null, """{"resourceType":"Parameters","parameter":[{"name":"x","valueString":"y"}]}""").Resource!.Type);
        Assert.Equal("Patient", Request("Parameters", null, """{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient"}}]}""").Resource!.Type);
    }

    [Fact]
    public void Entries_of_a_bundle_are_held_to_the_profiles_they_claim()
    {
        var catalog = Catalog.Of(Catalog.Definition("Patient", """{"path":"Patient.name","min":1}"""));
        using var bundle = Read.Resource("""{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Basic","code":{"text":"x"}}},{"resource":{"resourceType":"Patient","meta":{"profile":["urn:test:profile"]}}}]}""");
        Assert.Equal(["Bundle.entry[1].resource.name"], new Validator { Profiles = catalog }.Validate(bundle, Read.Limits).Select(i => i.Expression));
    }

    [Theory]
    [InlineData("en", "A required element is missing.")]
    [InlineData("tr", "Zorunlu bir öge eksik.")]
    public void The_outcome_speaks_the_language_asked_for(string language, string text)
    {
        var issues = Examine(Request("Observation", null, """{"resourceType":"Observation","code":{"text":"x"}}"""));
        using var outcome = JsonDocument.Parse(OperationOutcomeWriter.Write(issues, language));
        Assert.Equal(text, outcome.RootElement.GetProperty("issue")[0].GetProperty("details").GetProperty("text").GetString());
    }

    private static System.Collections.Immutable.ImmutableArray<Issue> Examine(ValidationRequest request) => new Validator().Examine(request, Read.Limits);

    private static ValidationRequest Request(string type, string? id, string? body, params (string Name, string Value)[] query)
    {
        Assert.True(ValidationRequest.Read(type, id, body is null ? null : Read.Resource(body), query.Select(q => KeyValuePair.Create(q.Name, q.Value))).Try(out var request, out var failure), failure?.Issues[0].Diagnostics);
        return request;
    }
}
