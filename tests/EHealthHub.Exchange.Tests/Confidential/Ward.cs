using System.Text;
using System.Text.RegularExpressions;
using EHealthHub.Access.Labels;
using EHealthHub.Exchange.Read;
using EHealthHub.Exchange.Search;
using EHealthHub.Exchange.Tests.Support;
using EHealthHub.Fhir.Reading;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Tests.Confidential;

/// <summary>
/// Patients whose records are alike but for what one caller may not know of. Each patient has a letter, with which all ids of the record end, so that answers about two of them can be compared once the letters are made the same.
/// </summary>
internal sealed partial class Ward(TestHub hub)
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>A clinician of another hospital than the one that keeps the records.</summary>
    internal static ActContext Ayse { get; } = Clinician("dr-ayse", People.Ayse, "hospital-izmir");

    internal static ActContext Izmir { get; } = new(
        new Caller { Institution = "hospital-izmir", InstitutionKind = InstitutionKind.Provider, Scopes = ["system/*.cruds"], Purpose = "TREAT", Certificate = new string('1', 64) }, "request", "127.0.0.0/24");

    internal static ActContext Clinician(string person, string nationalId, string institution) => new(
        new Caller
        {
            Institution = institution,
            InstitutionKind = InstitutionKind.Provider,
            PersonKind = PersonKind.Clinician,
            Person = person,
            NationalId = nationalId,
            Role = "physician",
            Scopes = ["user/*.cruds"],
            Purpose = "TREAT",
            Certificate = new string('2', 64),
        },
        "request", "127.0.0.0/24");

    internal static ActContext Citizen(string person, string nationalId) => new(
        new Caller { PersonKind = PersonKind.Citizen, Person = person, NationalId = nationalId, Scopes = ["patient/*.rs", "patient/Consent.cud"], Purpose = "PATRQT", Certificate = new string('3', 64) }, "request", "127.0.0.0/24");

    internal const string Lab = """ "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}] """;

    internal const string Restricted = """ "meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"},{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]} """;

    /// <summary>Puts a resource under an id of the test's own; the registry's authority may. Its JSON has <c>@</c> where the patient's letter comes.</summary>
    internal async Task Put(char letter, string type, string id, string members)
    {
        using var resource = TestHub.Resource($$"""{"resourceType":"{{type}}","id":"{{id}}@",{{members}}}""".Replace('@', letter));
        var result = await hub.Acts.Submit.Update(TestHub.Ministry, type, id + letter, resource, null, null, default);
        Assert.True(result.Status is 200 or 201, result.Failure?.Issues[0].Diagnostics);
    }

    /// <summary>The patient's national id, with its check digits.</summary>
    internal static string NationalId(char letter)
    {
        var first = (200_000_000 + letter).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var (odd, even) = (first.Where((_, i) => i % 2 == 0).Sum(c => c - '0'), first.Where((_, i) => i % 2 == 1).Sum(c => c - '0'));
        var tenth = ((odd * 7) - even) % 10;
        return $"{first}{tenth}{(odd + even + tenth) % 10}";
    }

    /// <summary>The part of a record that everybody with a relationship sees. The encounter is open at İzmir.</summary>
    internal async Task<string> Record(char letter, string encounterClass = "AMB")
    {
        await Put(letter, "Patient", "p-", $$$""" "identifier":[{"system":"{{{DecisionFacts.NationalIdSystem}}}","value":"{{{NationalId(letter)}}}"}],"name":[{"family":"Yılmaz"}],"gender":"female","birthDate":"1980-03-01" """);
        using var encounter = TestHub.Resource($$$"""{"resourceType":"Encounter","status":"in-progress","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"{{{encounterClass}}}"},"subject":{"reference":"Patient/p-{{{letter}}}"},"period":{"start":"2026-01-05T08:00:00Z"}}""");
        var opened = await hub.Acts.Submit.Create(Izmir, "Encounter", encounter, null, default);
        Assert.Equal(201, opened.Status);
        var open = TestHub.IdOf(opened);
        _names[open] = "encounter-open";
        await Put(letter, "Observation", "o1-", $$$""" "status":"final",{{{Lab}}},"code":{"coding":[{"system":"http://loinc.org","code":"718-7"}]},"subject":{"reference":"Patient/p-@"},"effectiveDateTime":"2026-01-10","valueQuantity":{"value":13.5,"unit":"g/dL","system":"http://unitsofmeasure.org","code":"g/dL"} """);
        await Put(letter, "Observation", "o2-", $$$""" "status":"final",{{{Lab}}},"code":{"coding":[{"system":"http://loinc.org","code":"4548-4"}]},"subject":{"reference":"Patient/p-@"},"effectiveDateTime":"2026-02-10","valueQuantity":{"value":6.1,"unit":"%","system":"http://unitsofmeasure.org","code":"%"} """);
        await Put(letter, "Observation", "o3-", $$$""" "status":"amended",{{{Lab}}},"code":{"coding":[{"system":"http://loinc.org","code":"718-7"}]},"subject":{"reference":"Patient/p-@"},"effectiveDateTime":"2026-03-10","valueQuantity":{"value":12.9,"unit":"g/dL","system":"http://unitsofmeasure.org","code":"g/dL"} """);
        await Put(letter, "Condition", "c1-", """ "code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"I10"}]},"subject":{"reference":"Patient/p-@"},"onsetDateTime":"2020-01-01" """);
        await Put(letter, "Provenance", "v1-", """ "target":[{"reference":"Observation/o1-@"},{"reference":"Observation/h1-@"}],"recorded":"2026-03-11T10:00:00Z","agent":[{"who":{"reference":"Patient/p-@"}}] """);
        return open;
    }

    /// <summary>What is hidden: an observation, and with it an encounter, a list, a file and another version of each.</summary>
    internal async Task Hidden(char letter, string code, string date, string value, int versions = 1)
    {
        for (var i = 0; i < versions; i++)
        {
            await Put(letter, "Observation", "h1-", $$$""" {{{Restricted}}},"identifier":[{"system":"urn:test:accession","value":"{{{code}}}-@"}],"status":"final",{{{Lab}}},"code":{"coding":[{"system":"http://loinc.org","code":"{{{code}}}"}],"text":"gizli"},"subject":{"reference":"Patient/p-@"},"encounter":{"reference":"Encounter/h2-@"},"effectiveDateTime":"{{{date}}}","valueQuantity":{"value":{{{value}}},"unit":"g/dL","system":"http://unitsofmeasure.org","code":"g/dL"} """);
        }

        await Put(letter, "Encounter", "h2-", $$$""" {{{Restricted}}},"status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"subject":{"reference":"Patient/p-@"},"period":{"start":"{{{date}}}"} """);
        await Put(letter, "List", "h3-", $$$""" {{{Restricted}}},"status":"current","mode":"working","subject":{"reference":"Patient/p-@"},"entry":[{"item":{"reference":"Observation/o1-@"}}] """);
        await Put(letter, "Binary", "h4-", $$$""" {{{Restricted}}},"contentType":"text/plain","securityContext":{"reference":"Patient/p-@"},"data":"Z2l6bGk=" """);
        await Put(letter, "Condition", "h5-", $$$""" {{{Restricted}}},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"{{{(value.Length > 1 ? "B20" : "B24")}}}"}]},"subject":{"reference":"Patient/p-@"},"onsetDateTime":"{{{date}}}" """);
    }

    /// <summary>All that an answer tells, with ids, moments and sealed places made the same for every patient.</summary>
    internal string Told(ActResult result, char letter)
    {
        var text = new StringBuilder();
        text.Append(result.Status).Append(" v").Append(result.Version).Append(result.LastUpdated is null ? "" : " at").Append(' ').Append(result.Location).Append('\n');
        foreach (var issue in result.Failure?.Issues ?? [])
        {
            text.Append(issue).Append('\n');
        }

        text.Append(Encoding.UTF8.GetString(result.Body.Span));
        return Same(text.ToString(), letter);
    }

    private string Same(string text, char letter)
    {
        foreach (var (id, name) in _names)
        {
            text = text.Replace(id, name, StringComparison.Ordinal);
        }

        text = Ending(letter).Replace(text, "$1-x");
        text = text.Replace(NationalId(letter), "national-id", StringComparison.Ordinal);
        text = Cursor().Replace(text, m => "_cursor=" + m.Length);
        text = MadeIds().Replace(text, "made");
        return Moments().Replace(text, "moment");
    }

    private static Regex Ending(char letter) => new($@"(?<=\b|%[0-9A-F]{{2}})(p|o1|o2|o3|c1|v1|h1|h2|h3|h4|h5|718-7|7917-8|4548-4|none)-{letter}\b", RegexOptions.CultureInvariant);

    [GeneratedRegex("_cursor=[A-Za-z0-9_-]+")]
    private static partial Regex Cursor();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex MadeIds();

    [GeneratedRegex(@"2026-11-\d\dT[0-9:.]+(Z|\+00:00)|20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|\+00:00)")]
    private static partial Regex Moments();
}
