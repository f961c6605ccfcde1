using System.Text;
using System.Text.Json.Nodes;
using EHealthHub.Exchange.Tests.Support;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Exchange.Tests.Submit;

/// <summary>Labels are assigned on every way that writes, and no submitter takes them away.</summary>
public sealed class SecurityLabelTests : IAsyncLifetime
{
    private const string Hiv = """{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"B20"}]}""";
    private const string Cold = """{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"J00"}]}""";
    private const string Normal = """{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"N"}""";
    private const string Psychiatry = """{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"PSY"}""";

    private string _patient = "";

    private TestHub Hub { get; } = new();

    [Fact]
    public async Task A_create_is_labelled_by_its_codes() => Assert.Equal("HIV R", await Labels("Condition", await Condition(Hiv)));

    [Fact]
    public async Task What_is_not_sensitive_is_stored_as_it_came() => Assert.Equal("", await Labels("Condition", await Condition(Cold)));

    [Fact]
    public async Task A_submitter_cannot_call_it_normal() => Assert.Equal("HIV R", await Labels("Condition", await Condition(Hiv, Normal)));

    [Fact]
    public async Task A_submitter_may_be_stricter() => Assert.Equal("PSY", await Labels("Condition", await Condition(Cold, Psychiatry)));

    [Fact]
    public async Task An_update_without_the_code_keeps_the_label()
    {
        var id = await Condition(Hiv);
        Assert.Equal(200, await Update(TestHub.Ankara, id, Cold));
        Assert.Equal("HIV R", await Labels("Condition", id));
    }

    [Fact]
    public async Task An_update_that_brings_the_code_gets_the_label()
    {
        var id = await Condition(Cold);
        Assert.Equal(200, await Update(TestHub.Ankara, id, Hiv));
        Assert.Equal("HIV R", await Labels("Condition", id));
    }

    [Fact]
    public async Task The_authority_corrects_a_label_but_not_what_the_content_says()
    {
        var id = await Condition(Hiv);
        Assert.Equal(200, await Update(TestHub.Ministry, id, Hiv));
        Assert.Equal("HIV R", await Labels("Condition", id));
        Assert.Equal(200, await Update(TestHub.Ministry, id, Cold));
        Assert.Equal("", await Labels("Condition", id));
    }

    [Fact]
    public async Task Meta_delete_takes_none_away_and_makes_no_version()
    {
        var id = await Condition(Hiv);
        using var parameters = TestHub.Resource("""{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"},{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}]}}]}""");
        var result = await Hub.Acts.Meta.Remove(TestHub.Ankara, "Condition", id, parameters, null, default);
        Assert.Equal(200, result.Status);
        Assert.Contains("\"HIV\"", Encoding.UTF8.GetString(result.Body.Span), StringComparison.Ordinal);
        Assert.Equal("HIV R", await Labels("Condition", id));
        Assert.Equal(1, (await Hub.Acts.Read.Execute(TestHub.Ankara, "Condition", id, null, default)).Version);
    }

    [Fact]
    public async Task A_patch_that_strikes_the_label_out_strikes_nothing()
    {
        var id = await Condition(Hiv);
        var result = await Hub.Acts.Submit.Patch(TestHub.Ankara, "patch", "Condition", id, r => Without(r, "\"security\":[", "]"), null, default);
        Assert.Equal(200, result.Status);
        Assert.Equal("HIV R", await Labels("Condition", id));
    }

    [Fact]
    public async Task What_speaks_of_a_labelled_condition_inherits_within_a_transaction_on_and_on()
    {
        const string Condition = "urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60";
        const string Request = "urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f61";
        var answer = await Post(
            Entry("MedicationDispense", "", "\"status\":\"completed\",\"medicationCodeableConcept\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/" + _patient + "\"},\"authorizingPrescription\":[{\"reference\":\"" + Request + "\"}]"),
            Entry("MedicationRequest", Request, "\"status\":\"active\",\"intent\":\"order\",\"medicationCodeableConcept\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/" + _patient + "\"},\"reasonReference\":[{\"reference\":\"" + Condition + "\"}]"),
            Entry("Condition", Condition, "\"code\":" + Hiv + ",\"subject\":{\"reference\":\"Patient/" + _patient + "\"}"),
            Entry("Provenance", "", "\"target\":[{\"reference\":\"" + Condition + "\"}],\"recorded\":\"2026-01-01T00:00:00Z\",\"agent\":[{\"who\":{\"display\":\"x\"}}]"),
            Entry("Observation", "", "\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/" + _patient + "\"}"));
        Assert.Equal(["HIV R", "HIV R", "HIV R", "", ""], await All(answer));
    }

    [Fact]
    public async Task What_speaks_of_a_stored_condition_inherits_where_the_caller_may_read_it()
    {
        var condition = await Condition(Hiv);
        Assert.Equal("HIV R", await Labels("MedicationRequest", await Request(_patient, "Condition/" + condition)));
        Assert.Equal("HIV R", await Labels("MedicationRequest", await Request(_patient, "https://localhost:8443/fhir/Condition/" + condition + "/_history/1")));
        Assert.Equal("", await Labels("MedicationRequest", await Request(_patient, "Condition/unknown")));
        Assert.Equal("", await Labels("MedicationRequest", await Request(await Hub.Patient("Kaya"), "Condition/" + condition)));
    }

    [Fact]
    public async Task A_guess_at_what_one_may_not_read_is_not_answered_by_a_label()
    {
        var condition = await Condition(Hiv, null, TestHub.Ministry);
        Assert.Equal("", await Labels("MedicationRequest", await Request(_patient, "Condition/" + condition)));
    }

    [Fact]
    public async Task A_file_is_as_sensitive_as_what_describes_it()
    {
        const string File = "urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f62";
        const string Document = "urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f63";
        var answer = await Post(
            Entry("Binary", File, "\"contentType\":\"text/plain\",\"data\":\"eA==\",\"securityContext\":{\"reference\":\"Patient/" + _patient + "\"}"),
            Entry("DocumentReference", Document, "\"status\":\"current\",\"type\":" + Hiv + ",\"subject\":{\"reference\":\"Patient/" + _patient + "\"},\"content\":[{\"attachment\":{\"url\":\"" + File + "\"}}]"));
        Assert.Equal(["HIV R", "HIV R"], await All(answer));
    }

    [Fact]
    public async Task A_masked_body_is_not_taken_for_the_resource()
    {
        var id = await Condition(Hiv);
        using var masked = TestHub.Resource(Encoding.UTF8.GetString(MaskedWriter.Write("Condition", id)));
        Assert.Equal(422, (await Hub.Acts.Submit.Update(TestHub.Ankara, "Condition", id, masked, null, null, default)).Status);
    }

    [Fact]
    public async Task Labels_are_found_by_search_however_much_else_there_is()
    {
        // More values than facts hold, and the label last of all.
        var identifiers = string.Join(',', Enumerable.Range(0, 1_200).Select(i => FormattableString.Invariant($"{{\"system\":\"urn:i\",\"value\":\"{i}\"}}")));
        using var condition = TestHub.Resource("{\"resourceType\":\"Condition\",\"identifier\":[" + identifiers + "],\"code\":" + Hiv + ",\"subject\":{\"reference\":\"Patient/" + _patient + "\"},\"meta\":{\"security\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-Confidentiality\",\"code\":\"R\"},{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"HIV\"}]}}");
        var id = TestHub.IdOf(await Hub.Acts.Submit.Create(TestHub.Ankara, "Condition", condition, null, default));
        Assert.Equal(200, await Update(TestHub.Ankara, id, Cold));
        Assert.Equal("HIV R", await Labels("Condition", id));
    }

    [Fact]
    public async Task Too_many_labels_are_refused()
    {
        var labels = string.Join(',', Enumerable.Range(0, 65).Select(i => FormattableString.Invariant($"{{\"system\":\"urn:l\",\"code\":\"{i}\"}}")));
        using var condition = TestHub.Resource(Body(_patient, Cold, labels));
        Assert.Equal((422, "labels-too-many"), (await Hub.Acts.Submit.Create(TestHub.Ankara, "Condition", condition, null, default)) is var r ? (r.Status, r.Failure!.Issues[0].Code) : default);
    }

    [Fact]
    public async Task A_rule_that_the_authority_posts_rules_from_the_next_submission_on()
    {
        using var rule = TestHub.Resource("""{"resourceType":"ValueSet","url":"urn:colds","status":"active","extension":[{"url":"https://ehealthhub.example/fhir/StructureDefinition/hub-assigned-label","valueCoding":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"TBOO"}}],"compose":{"include":[{"system":"http://hl7.org/fhir/sid/icd-10","concept":[{"code":"J00"}]}]}}""");
        Assert.Equal(403, (await Hub.Acts.Submit.Create(TestHub.Ankara, "ValueSet", rule, null, default)).Status);
        Assert.Equal(201, (await Hub.Acts.Submit.Create(TestHub.Ministry, "ValueSet", rule, null, default)).Status);
        Assert.Equal("TBOO", await Labels("Condition", await Condition(Cold)));
    }

    public async Task InitializeAsync() => _patient = await Hub.Patient();

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    private static string Body(string patient, string code, string? labels = null) =>
        "{\"resourceType\":\"Condition\"," + (labels is null ? "" : "\"meta\":{\"security\":[" + labels + "]},") + "\"code\":" + code + ",\"subject\":{\"reference\":\"Patient/" + patient + "\"}}";

    private static Result<FhirResource> Without(FhirResource resource, string from, string to)
    {
        var json = resource.Root.GetRawText();
        var start = json.IndexOf(from, StringComparison.Ordinal);
        var end = json.IndexOf(to, start, StringComparison.Ordinal) + to.Length;
        return TestHub.Resource(json[..(start - 1)] + json[end..]);
    }

    private static string Entry(string type, string url, string body) =>
        "{" + (url.Length > 0 ? "\"fullUrl\":\"" + url + "\"," : "") + "\"resource\":{\"resourceType\":\"" + type + "\"," + body + "},\"request\":{\"method\":\"POST\",\"url\":\"" + type + "\"}}";

    private async Task<string> Condition(string code, string? labels = null, ActContext? by = null)
    {
        using var condition = TestHub.Resource(Body(_patient, code, labels));
        return TestHub.IdOf(await Hub.Acts.Submit.Create(by ?? TestHub.Ankara, "Condition", condition, null, default));
    }

    private async Task<int> Update(ActContext by, string id, string code)
    {
        using var condition = TestHub.Resource("{\"id\":\"" + id + "\"," + Body(_patient, code)[1..]);
        return (await Hub.Acts.Submit.Update(by, "Condition", id, condition, null, null, default)).Status;
    }

    private async Task<string> Request(string patient, string reason)
    {
        using var request = TestHub.Resource("{\"resourceType\":\"MedicationRequest\",\"status\":\"active\",\"intent\":\"order\",\"medicationCodeableConcept\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/" + patient + "\"},\"reasonReference\":[{\"reference\":\"" + reason + "\"}]}");
        return TestHub.IdOf(await Hub.Acts.Submit.Create(TestHub.Ankara, "MedicationRequest", request, null, default));
    }

    private async Task<JsonNode> Post(params string[] entries)
    {
        using var bundle = TestHub.Resource("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[" + string.Join(',', entries) + "]}");
        var result = await Hub.Acts.Bundle.Execute(TestHub.Ministry, bundle, "en", default);
        Assert.True(result.Status == 200, result.Failure?.Issues[0].Diagnostics);
        return JsonNode.Parse(result.Body.Span)!;
    }

    private async Task<List<string>> All(JsonNode answer)
    {
        var labels = new List<string>();
        foreach (var entry in answer["entry"]!.AsArray())
        {
            var place = ((string)entry!["response"]!["location"]!).Split('/');
            labels.Add(await Labels(place[^4], place[^3]));
        }

        return labels;
    }

    private async Task<string> Labels(string type, string id)
    {
        var read = await Hub.Acts.Read.Execute(TestHub.Ministry, type, id, null, default);
        var security = JsonNode.Parse(read.Body.Span)!["meta"]!["security"]?.AsArray();
        return security is null ? "" : string.Join(' ', security.Select(l => (string)l!["code"]!).Order(StringComparer.Ordinal));
    }
}
