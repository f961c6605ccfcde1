using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Confidential;

/// <summary>
/// Records behind the real gateway that are alike but for what a clinician of İzmir may not know of. Each has a letter, with which all its ids end. <c>a</c>, <c>b</c>, <c>c</c>: the clinician is let in by an open encounter of the institution
/// and is not to know that there is anything sensitive; <c>a</c> has one set of it, <c>b</c> another one in more versions, <c>c</c> none. <c>d</c>, <c>e</c>: inpatients, of whom it may be known that it is there (masked); the two sets again.
/// <c>f</c>: has none any more, for it was deleted.
/// </summary>
public sealed class Worlds : IAsyncLifetime
{
    /// <summary>Letters of those whose sensitive resources are hidden, or are not there.</summary>
    public const string Hidden = "abcf";

    /// <summary>Letters of those whose sensitive resources are masked.</summary>
    public const string Masked = "de";

    private const string Lab = """ "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}] """;
    private const string Restricted = """ "meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"},{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]} """;

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    public HubFixture Hub { get; } = new();

    /// <summary>The open encounter of each.</summary>
    internal Dictionary<char, string> Encounters { get; } = [];

    internal FhirClient Ministry { get; private set; } = null!;

    /// <summary>İzmir's system, without a clinician.</summary>
    internal FhirClient Izmir { get; private set; } = null!;

    /// <summary>The clinician who treats everybody here.</summary>
    internal FhirClient Mehmet { get; private set; } = null!;

    /// <summary>A clinician of another hospital, who treats nobody here.</summary>
    internal FhirClient Ayse { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Hub.InitializeAsync();
        (Ministry, Izmir) = (Hub.Client("ministry"), Hub.Client("hospital-izmir"));
        (Mehmet, Ayse) = (await Hub.Clinician("dr-mehmet", "hospital-izmir"), await Hub.Clinician("dr-ayse", "hospital-ankara"));
        foreach (var letter in Hidden + Masked)
        {
            await Record(letter, Masked.Contains(letter, StringComparison.Ordinal) ? "IMP" : "AMB");
        }

        foreach (var letter in "adf")
        {
            await Sensitive(letter, "7917-8", "2026-02-01", "5.5", versions: 1);
        }

        foreach (var letter in "be")
        {
            await Sensitive(letter, "718-7", "2026-03-20", "9", versions: 3);
        }

        foreach (var name in new[] { "Observation/h1-f", "List/h3-f", "Binary/h4-f", "Condition/h5-f", "Encounter/h2-f", "Group/h6-f", "Binary/h7-f" })
        {
            (await Ministry.Delete("fhir/" + name)).Expect(204);
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var client in new[] { Ministry, Izmir, Mehmet, Ayse })
        {
            client.Dispose();
        }

        await Hub.DisposeAsync();
    }

    /// <summary>Asks the same of each record, with its letter for <c>@</c>, and compares all that comes back.</summary>
    internal async Task Same(FhirClient client, HttpMethod method, string path, string letters = Hidden, string? body = null, int? expected = null, string contentType = "application/fhir+json", params (string Name, string Value)[] headers)
    {
        var told = new List<(char Letter, string Told)>();
        foreach (var letter in letters)
        {
            told.Add((letter, await Ask(client, method, path, letter, body, expected, contentType, headers)));
        }

        foreach (var (letter, what) in told)
        {
            Assert.True(told[0].Told == what, $"{method} {path} ({told[0].Letter} and {letter}):\n{told[0].Told}\n---\n{what}");
        }
    }

    internal Task Same(string path, string letters = Hidden, int? expected = null, params (string Name, string Value)[] headers) => Same(Mehmet, HttpMethod.Get, path, letters, expected: expected, headers: headers);

    /// <summary>Status, every header and the body, with what must differ made the same.</summary>
    internal async Task<string> Ask(FhirClient client, HttpMethod method, string path, char letter, string? body = null, int? expected = null, string contentType = "application/fhir+json", params (string Name, string Value)[] headers)
    {
        using var content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body.Replace('@', letter))) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } };
        using var response = await client.Stream(method, "fhir/" + path.Replace('@', letter), content, [.. headers.Select(h => (h.Name, h.Value.Replace('@', letter)))]);
        var text = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());
        if (expected is { } status)
        {
            Assert.True((int)response.StatusCode == status, $"{method} {path} ({letter}): {(int)response.StatusCode}, not {status}\n{text}");
        }

        Remember(response, letter);
        var told = new StringBuilder().Append((int)response.StatusCode).Append(' ').Append(response.Version).Append('\n');
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Concat(response.TrailingHeaders).Where(h => h.Key != "Date").OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            told.Append(name).Append(": ").AppendJoin(" | ", values).Append('\n');
        }

        return Normal.Of(told.Append('\n').Append(text).ToString(), letter, NationalId(letter), _names);
    }

    /// <summary>The patient's national id, with its check digits.</summary>
    internal static string NationalId(char letter)
    {
        var first = (200_000_000 + letter).ToString(CultureInfo.InvariantCulture);
        var (odd, even) = (first.Where((_, i) => i % 2 == 0).Sum(c => c - '0'), first.Where((_, i) => i % 2 == 1).Sum(c => c - '0'));
        var tenth = ((odd * 7) - even) % 10;
        return string.Create(CultureInfo.InvariantCulture, $"{first}{tenth}{(odd + even + tenth) % 10}");
    }

    /// <summary>What is made on the way gets one name for all records.</summary>
    private void Remember(HttpResponseMessage response, char letter)
    {
        if (response.StatusCode == System.Net.HttpStatusCode.Created && response.Headers.Location?.ToString().Split('/') is [.., var id, "_history", _] && !id.EndsWith("-" + letter, StringComparison.Ordinal))
        {
            _names.TryAdd(id, "made");
        }
    }

    private async Task Put(char letter, string type, string id, string members) =>
        Assert.Contains((await Ministry.Put($"fhir/{type}/{id}{letter}", $$"""{"resourceType":"{{type}}","id":"{{id}}@",{{members}}}""".Replace('@', letter))).Status, (int[])[200, 201]);

    /// <summary>The part of a record that everybody with a relationship sees. The encounter is open at İzmir.</summary>
    private async Task Record(char letter, string encounterClass)
    {
        await Put(letter, "Patient", "p-", $$$""" "identifier":[{"system":"{{{Samples.NationalIdSystem}}}","value":"{{{NationalId(letter)}}}"}],"name":[{"family":"Yılmaz"}],"gender":"female","birthDate":"1980-03-01" """);
        var encounter = $$$"""{"resourceType":"Encounter","status":"in-progress","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"{{{encounterClass}}}"},"subject":{"reference":"Patient/p-{{{letter}}}"},"period":{"start":"2026-01-05T08:00:00Z"}}""";
        Encounters[letter] = (await Izmir.Post("fhir/Encounter", encounter)).Expect(201).IdFromLocation();
        _names[Encounters[letter]] = "encounter-open";
        await Put(letter, "Observation", "o1-", $$$""" "status":"final",{{{Lab}}},"code":{"coding":[{"system":"http://loinc.org","code":"718-7"}]},"subject":{"reference":"Patient/p-@"},"effectiveDateTime":"2026-01-10","valueQuantity":{"value":13.5,"unit":"g/dL","system":"http://unitsofmeasure.org","code":"g/dL"} """);
        await Put(letter, "Observation", "o2-", $$$""" "status":"final",{{{Lab}}},"code":{"coding":[{"system":"http://loinc.org","code":"4548-4"}]},"subject":{"reference":"Patient/p-@"},"effectiveDateTime":"2026-02-10","valueQuantity":{"value":6.1,"unit":"%","system":"http://unitsofmeasure.org","code":"%"} """);
        await Put(letter, "Observation", "o3-", $$$""" "status":"amended",{{{Lab}}},"code":{"coding":[{"system":"http://loinc.org","code":"718-7"}]},"subject":{"reference":"Patient/p-@"},"effectiveDateTime":"2026-03-10","valueQuantity":{"value":12.9,"unit":"g/dL","system":"http://unitsofmeasure.org","code":"g/dL"} """);
        await Put(letter, "Condition", "c1-", """ "code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"I10"}]},"subject":{"reference":"Patient/p-@"},"onsetDateTime":"2020-01-01" """);
        await Put(letter, "Provenance", "v1-", """ "target":[{"reference":"Observation/o1-@"},{"reference":"Observation/h1-@"}],"recorded":"2026-03-11T10:00:00Z","agent":[{"who":{"reference":"Patient/p-@"}}] """);
        await Put(letter, "Binary", "b1-", """ "contentType":"text/plain","securityContext":{"reference":"Patient/p-@"},"data":"YcOnxLFr" """);
    }

    /// <summary>What is not to be known: an observation in so many versions, an encounter, a list, a short and a long file, a condition, a group.</summary>
    private async Task Sensitive(char letter, string code, string date, string value, int versions)
    {
        for (var i = 0; i < versions; i++)
        {
            await Put(letter, "Observation", "h1-", $$$""" {{{Restricted}}},"identifier":[{"system":"urn:test:accession","value":"acc-@"}],"status":"final",{{{Lab}}},"code":{"coding":[{"system":"http://loinc.org","code":"{{{code}}}"}],"text":"gizli"},"subject":{"reference":"Patient/p-@"},"encounter":{"reference":"Encounter/h2-@"},"effectiveDateTime":"{{{date}}}","valueQuantity":{"value":{{{value}}},"unit":"g/dL","system":"http://unitsofmeasure.org","code":"g/dL"},"contained":[{"resourceType":"Device","id":"dev","status":"active","type":{"text":"gizli"}}],"device":{"reference":"#dev"} """);
        }

        await Put(letter, "Encounter", "h2-", $$$""" {{{Restricted}}},"status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"subject":{"reference":"Patient/p-@"},"period":{"start":"{{{date}}}"} """);
        await Put(letter, "List", "h3-", $$$""" {{{Restricted}}},"status":"current","mode":"working","subject":{"reference":"Patient/p-@"},"entry":[{"item":{"reference":"Observation/o1-@"}}] """);
        await Put(letter, "Binary", "h4-", $$$""" {{{Restricted}}},"contentType":"text/plain","securityContext":{"reference":"Patient/p-@"},"data":"Z2l6bGk=" """);
        await Put(letter, "Condition", "h5-", $$$""" {{{Restricted}}},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"{{{(versions == 1 ? "B20" : "B24")}}}"}]},"subject":{"reference":"Patient/p-@"},"onsetDateTime":"{{{date}}}" """);
        await Put(letter, "Group", "h6-", $$$""" {{{Restricted}}},"type":"person","actual":true,"member":[{"entity":{"reference":"Patient/p-@"}}] """);

        // Long enough to lie beside its Binary and to be sent piece by piece.
        var content = new ByteArrayContent(Encoding.ASCII.GetBytes(new string('x', 400_000 * versions))) { Headers = { ContentType = new MediaTypeHeaderValue("text/plain") } };
        Assert.Equal(201, (await Ministry.Send(HttpMethod.Put, $"fhir/Binary/h7-{letter}", content, [("X-Security-Context", $"Patient/p-{letter}")])).Status);
        (await Ministry.Post($"fhir/Binary/h7-{letter}/$meta-add", $$$"""{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{{{Restricted.Trim()["\"meta\":".Length..]}}}}]}""")).Expect(200);
    }
}

/// <summary>All that uses the same worlds runs one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SharedWorlds : ICollectionFixture<Worlds>
{
    public const string Name = "worlds";
}
