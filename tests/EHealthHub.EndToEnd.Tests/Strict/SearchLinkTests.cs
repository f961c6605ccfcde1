using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Strict;

/// <summary>References, chains, canonicals and addresses in searches (R4 3.1.1.4.9, .12, .13, .15, .16).</summary>
public sealed class SearchLinkTests(HubFixture hub) : IClassFixture<HubFixture>
{
    // R4 3.1.1.4.12; E25.
    [Fact]
    public async Task A_reference_is_named_by_id_by_type_and_id_or_by_the_hubs_own_address()
    {
        using var ministry = hub.Client("ministry");
        var patient = await ministry.Create("Patient", Samples.Patient("Bağlı"));
        var address = (await ministry.Get($"fhir/Patient?_id={patient}")).Expect(200).Json["entry"]![0]!["fullUrl"]!.GetValue<string>();
        var all = await ministry.CreateAll("Observation", Samples.Observation($"Patient/{patient}"), Samples.Observation(address));
        foreach (var query in (string[])[$"patient={patient}", $"patient=Patient/{patient}", $"patient={Ask.Esc(address)}", $"subject=Patient/{patient}", $"subject:Patient={patient}", $"patient:Patient={patient}"])
        {
            Assert.Equal((query, "0,1"), (query, await ministry.Found("Observation?" + query, all)));
        }

        Assert.Equal("", await ministry.Found($"Observation?patient={patient}&subject=Group/{patient}", all));
        (await ministry.Get($"fhir/Observation?patient:Device={patient}")).Refused(400);
    }

    // R4 3.1.1.4.15, .16; E25.
    [Fact]
    public async Task Two_chains_are_independent_and_reverse_chains_nest()
    {
        using var ministry = hub.Client("ministry");
        var doctors = await ministry.CreateAll(
            "Practitioner",
            """{"resourceType":"Practitioner","name":[{"family":"Bağımsız"}],"address":[{"city":"Ankara"}]}""",
            """{"resourceType":"Practitioner","name":[{"family":"Öteki"}],"address":[{"city":"Rize"}]}""");
        string Patient(params string[] of) => $$$"""{"resourceType":"Patient","name":[{"family":"Zincirler"}],"generalPractitioner":[{{{string.Join(',', of.Select(d => $"{{\"reference\":\"Practitioner/{d}\"}}"))}}}]}""";
        var all = await ministry.CreateAll("Patient", Patient(doctors), Patient(doctors[0]));

        Assert.Equal("0", await ministry.Found("Patient?family=Zincirler&general-practitioner:Practitioner.family=Ba%C4%9F%C4%B1ms%C4%B1z&general-practitioner:Practitioner.address-city=Rize", all));
        Assert.Equal("0,1", await ministry.Found("Patient?family=Zincirler&general-practitioner:Practitioner.address-city=Ankara", all));

        var observation = await ministry.Create("Observation", Samples.Observation($"Patient/{all[1]}"));
        await ministry.Create("DiagnosticReport", $$$"""{"resourceType":"DiagnosticReport","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/{{{all[1]}}}"},"result":[{"reference":"Observation/{{{observation}}}"}]}""");
        Assert.Equal("1", await ministry.Found("Patient?family=Zincirler&_has:Observation:patient:_has:DiagnosticReport:result:status=final", all));
        Assert.Equal("", await ministry.Found("Patient?family=Zincirler&_has:Observation:patient:_has:DiagnosticReport:result:status=registered", all));
        Assert.Equal(1, (int?)(await ministry.Get($"fhir/DiagnosticReport?patient={all[1]}&result.patient.general-practitioner:Practitioner.family=Ba%C4%9F%C4%B1ms%C4%B1z")).Expect(200).Json["total"]);

        // B13: a bad value at the end of a chain is the asker's mistake.
        (await ministry.Get("fhir/Observation?subject:Patient.birthdate=yesterday")).Refused(400);
        (await ministry.Get("fhir/Observation?subject:Patient.colour=red")).Refused(400);
        (await ministry.Get("fhir/Observation?subject:Organization.name=x")).Refused(400);

        // Of several types it is said which one is meant.
        (await ministry.Get("fhir/Observation?subject.family=x")).Refused(400);
    }

    // R4 3.1.1.4.9, .13; E27.
    [Fact]
    public async Task Canonicals_have_versions_and_addresses_are_exact()
    {
        using var ministry = hub.Client("ministry");
        var patient = await ministry.Create("Patient", Samples.Patient("Kanonik"));
        string Answers(string questionnaire) => $$$"""{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"{{{questionnaire}}}","subject":{"reference":"Patient/{{{patient}}}"}}""";
        var all = await ministry.CreateAll("QuestionnaireResponse", Answers("http://example.org/q/form|2.0"), Answers("http://example.org/q/form"), Answers("http://example.org/q/other|2.0"));
        Assert.Equal("0,1", await ministry.Found($"QuestionnaireResponse?patient={patient}&questionnaire=http://example.org/q/form", all));
        Assert.Equal("0", await ministry.Found($"QuestionnaireResponse?patient={patient}&questionnaire={Ask.Esc("http://example.org/q/form|2.0")}", all));
        Assert.Equal("", await ministry.Found($"QuestionnaireResponse?patient={patient}&questionnaire={Ask.Esc("http://example.org/q/form|1.0")}", all));

        string Activity(string url) => $$$"""{"resourceType":"ActivityDefinition","status":"active","name":"Adres","url":"{{{url}}}"}""";
        all = await ministry.CreateAll("ActivityDefinition", Activity("http://acme.example/fhir/ValueSet/A"), Activity("http://acme.example/fhir/ValueSet/a"), Activity("http://acme.example/fhirs/B"));
        Assert.Equal("0", await ministry.Found("ActivityDefinition?url=http://acme.example/fhir/ValueSet/A", all));
        Assert.Equal("", await ministry.Found("ActivityDefinition?url=http://acme.example/fhir/ValueSet", all));
        Assert.Equal("0,1", await ministry.Found("ActivityDefinition?url:below=http://acme.example/fhir", all));
        Assert.Equal("0", await ministry.Found("ActivityDefinition?url:above=http://acme.example/fhir/ValueSet/A/deeper", all));
    }

    // R4 2.4.1; E31.
    [Theory]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'><script>1</script></div>")]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml' onclick='x()'>a</div>")]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'><a href='javascript:x()'>a</a></div>")]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'><iframe src='https://x.example'/></div>")]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'><form action='x'>a</form></div>")]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'><p>a</div>")]
    [InlineData("<div>a</div>")]
    [InlineData("<p xmlns='http://www.w3.org/1999/xhtml'>a</p>")]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'><svg><script>1</script></svg></div>")]
    public async Task A_narrative_with_anything_active_is_refused_and_never_a_fault(string div)
    {
        using var ministry = hub.Client("ministry");
        var text = "\"text\":{\"status\":\"generated\",\"div\":\"" + div + "\"},";
        var refused = await ministry.Post("fhir/Patient", Samples.Patient("Anlatı").Insert(1, text));
        Assert.InRange(refused.Refused(refused.Status).Status, 400, 422);
        Assert.Contains("text", refused.OutcomeExpression, StringComparison.Ordinal);
    }

    // R4 3.1.1.4.10; B6: many values in one OR are one pass, and more than the bound is told.
    [Fact]
    public async Task A_hundred_and_thirteen_codes_in_one_or_are_answered_and_thousands_are_refused()
    {
        using var ministry = hub.Client("ministry");
        var patient = await ministry.Create("Patient", Samples.Patient("Çoklu"));
        var all = await ministry.CreateAll("Observation", Samples.Observation($"Patient/{patient}"), Samples.Observation($"Patient/{patient}", "2339-0"));
        var codes = string.Join(',', Enumerable.Range(0, 112).Select(i => "http://loinc.org|" + i.ToString(System.Globalization.CultureInfo.InvariantCulture)).Append("8867-4"));
        Assert.Equal("0", await ministry.Found($"Observation?patient={patient}&code={Ask.Esc(codes)}", all));
        (await ministry.Form("fhir/Observation/_search", ("patient", patient), ("code", string.Join(',', Enumerable.Range(0, 3_000))))).Refused(400);
    }
}
