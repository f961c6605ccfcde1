using System.Text.Json;
using EHealthHub.Exchange.Tests.Confidential;
using EHealthHub.Exchange.Tests.Support;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Tests.Derived;

/// <summary>Patients of whom figures are asked, and who asks.</summary>
internal static class Cohort
{
    internal const string Icd = "http://hl7.org/fhir/sid/icd-10";

    internal static ActContext PublicHealth { get; } = As("ministry", InstitutionKind.Authority, "PUBHLTH", "public-health");

    internal static ActContext Research { get; } = As("hospital-izmir", InstitutionKind.Provider, "HRESCH", "research/diabetes-2026");

    internal static ActContext As(string institution, InstitutionKind kind, string purpose, params string[] named) => new(
        new Caller { Institution = institution, InstitutionKind = kind, Scopes = ["system/*.r", .. named], Purpose = purpose, Certificate = new string('4', 64) }, "request", "127.0.0.0/24");

    /// <summary>A patient with one diagnosis; the id.</summary>
    internal static async Task<string> Patient(TestHub hub, int number, string code = "E11", string sex = "female", string province = "Ankara", string onset = "2024-05-02", string born = "1980-03-01", string members = "")
    {
        var id = $"p{number}";
        await Put(hub, "Patient", id, $$$""" "identifier":[{"system":"{{{DecisionFacts.NationalIdSystem}}}","value":"{{{NationalId(number)}}}"}],"gender":"{{{sex}}}","birthDate":"{{{born}}}","address":[{"city":"{{{province}}}","line":["Gizli Sokak {{{number}}}"]}] """);
        await Put(hub, "Condition", $"c{number}", $$$""" {{{members}}} "code":{"coding":[{"system":"{{{Icd}}}","code":"{{{code}}}"}]},"subject":{"reference":"Patient/{{{id}}}"},"onsetDateTime":"{{{onset}}}" """);
        return id;
    }

    internal static async Task Put(TestHub hub, string type, string id, string members)
    {
        using var resource = TestHub.Resource($$"""{"resourceType":"{{type}}","id":"{{id}}",{{members}}}""");
        var result = await hub.Acts.Submit.Update(TestHub.Ministry, type, id, resource, null, null, default);
        Assert.True(result.Status is 200 or 201, result.Failure?.Issues[0].Diagnostics);
    }

    /// <summary>The patient permits research on all of the record, or denies all.</summary>
    internal static async Task Consent(TestHub hub, int number, string type = "permit", string purpose = "HRESCH")
    {
        var provision = $$$""" "type":"{{{type}}}","purpose":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"{{{purpose}}}"}] """;
        using var consent = TestHub.Resource($$$"""
            {"resourceType":"Consent","id":"consent{{{number}}}","status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
            "category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"reference":"Patient/p{{{number}}}"},"dateTime":"2026-01-01","performer":[{"reference":"Patient/p{{{number}}}"}],"organization":[{"display":"hub"}],"policyRule":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"OPTIN"}]},
            "provision":{{{{provision}}}}}
            """);
        var result = await hub.Acts.Submit.Update(TestHub.Ministry, "Consent", $"consent{number}", consent, null, null, default);
        Assert.True(result.Status is 200 or 201, result.Failure?.Issues[0].Diagnostics);
    }

    internal static string NationalId(int number) => Ward.NationalId((char)number);

    /// <summary>The told cells: the values of the dimensions with a space between, and the figure.</summary>
    internal static Dictionary<string, int> Cells(ActResult result)
    {
        Assert.True(result.Status == 200, result.Failure?.Issues[0].Diagnostics);
        using var body = JsonDocument.Parse(result.Body);
        return body.RootElement.GetProperty("parameter").EnumerateArray().Where(p => p.GetProperty("name").GetString() == "cell").ToDictionary(
            c => string.Join(' ', c.GetProperty("part").EnumerateArray().SkipLast(1).Select(v => v.TryGetProperty("valueString", out var text) ? text.GetString() : v.GetProperty("valueCoding").GetProperty("code").GetString())),
            c => c.GetProperty("part").EnumerateArray().Last().GetProperty("valueInteger").GetInt32());
    }

    internal static List<KeyValuePair<string, string>> Ask(string query) => Exchange.Search.QueryText.Parse(query);
}
