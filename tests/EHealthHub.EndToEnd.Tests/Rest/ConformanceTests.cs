using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Rest;

/// <summary>Definitions that are uploaded come into force: profiles, code systems, value sets (R4 3.2, 4.7).</summary>
public sealed class ConformanceTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private const string Profile = """
        {"resourceType":"StructureDefinition","url":"http://example.org/StructureDefinition/named-patient","name":"NamedPatient","status":"active","kind":"resource","abstract":false,"type":"Patient",
        "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint","differential":{"element":[{"id":"Patient","path":"Patient"},{"id":"Patient.name","path":"Patient.name","min":1}]}}
        """;

    private const string Colours = """
        {"resourceType":"CodeSystem","url":"http://example.org/CodeSystem/colours","status":"active","content":"complete","hierarchyMeaning":"is-a",
        "concept":[{"code":"red","display":"Kırmızı","concept":[{"code":"crimson","display":"Kızıl"}]},{"code":"blue","display":"Mavi"}]}
        """;

    private const string Reds = """
        {"resourceType":"ValueSet","url":"http://example.org/ValueSet/reds","status":"active","compose":{"include":[{"system":"http://example.org/CodeSystem/colours","filter":[{"property":"concept","op":"is-a","value":"red"}]}]}}
        """;

    [Fact]
    public async Task A_profile_governs_from_its_upload_until_its_deletion()
    {
        using var ministry = hub.Client("ministry");
        using var ankara = hub.Client("hospital-ankara");
        var nameless = """{"resourceType":"Patient","meta":{"profile":["http://example.org/StructureDefinition/named-patient"]},"gender":"female"}""";
        (await ankara.Post("fhir/Patient", nameless)).Expect(201);

        var uploaded = (await ministry.Post("fhir/StructureDefinition", Profile)).Expect(201).IdFromLocation();
        var refused = (await ankara.Post("fhir/Patient", nameless)).Refused(422);
        Assert.Contains("Patient.name", refused.OutcomeExpression, StringComparison.Ordinal);
        var said = (await ankara.Post("fhir/Patient/$validate?profile=http://example.org/StructureDefinition/named-patient", """{"resourceType":"Patient","gender":"female"}""", ("Accept-Language", "tr"))).Expect(200);
        Assert.Equal("error", (string?)said.Json["issue"]![0]!["severity"]);
        var valid = (await ankara.Post("fhir/Patient/$validate", Samples.Patient("Uygun"))).Expect(200);
        Assert.DoesNotContain("\"error\"", valid.Text, StringComparison.Ordinal);

        (await ministry.Delete($"fhir/StructureDefinition/{uploaded}")).Expect(204);
        (await ankara.Post("fhir/Patient", nameless)).Expect(201);
    }

    [Fact]
    public async Task A_definition_that_could_be_checked_by_half_only_is_refused_by_name()
    {
        using var ministry = hub.Client("ministry");
        var broken = Profile.Replace("\"min\":1", "\"min\":1,\"constraint\":[{\"key\":\"x-1\",\"severity\":\"error\",\"human\":\"?\",\"expression\":\"name.where(\"}]", StringComparison.Ordinal);
        Assert.InRange((await ministry.Post("fhir/StructureDefinition", broken)).Status, 400, 422);
    }

    [Fact]
    public async Task Nobody_but_the_authority_changes_what_the_hub_takes_for_valid()
    {
        using var ankara = hub.Client("hospital-ankara");
        (await ankara.Post("fhir/StructureDefinition", Profile)).Refused(403, "access-denied");
        (await ankara.Post("fhir/ValueSet", Reds)).Refused(403, "access-denied");
    }

    [Fact]
    public async Task Terminology_answers_and_drives_searches()
    {
        using var ministry = hub.Client("ministry");
        (await ministry.Post("fhir/CodeSystem", Colours)).Expect(201);
        var reds = (await ministry.Post("fhir/ValueSet", Reds)).Expect(201).IdFromLocation();
        var (patient, doctor) = await hub.TreatedPatient("Renk");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            foreach (var code in new[] { "crimson", "blue" })
            {
                (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}", code).Replace("http://loinc.org", "http://example.org/CodeSystem/colours", StringComparison.Ordinal))).Expect(201);
            }

            const string set = "http://example.org/ValueSet/reds";
            var expansion = (await doctor.Get($"fhir/ValueSet/$expand?url={set}")).Expect(200);
            Assert.Equal(["crimson", "red"], expansion.Json["expansion"]!["contains"]!.AsArray().Select(c => (string)c!["code"]!).Order(StringComparer.Ordinal));
            Assert.Equal(2, (await doctor.Get($"fhir/ValueSet/{reds}/$expand")).Expect(200).Json["expansion"]!["contains"]!.AsArray().Count);
            Assert.Contains("Kızıl", (await doctor.Get("fhir/CodeSystem/$lookup?system=http://example.org/CodeSystem/colours&code=crimson")).Expect(200).Text, StringComparison.Ordinal);
            Assert.Contains("true", (await doctor.Get($"fhir/ValueSet/$validate-code?url={set}&system=http://example.org/CodeSystem/colours&code=crimson")).Expect(200).Text, StringComparison.Ordinal);
            Assert.Contains("subsumes", (await doctor.Get("fhir/CodeSystem/$subsumes?system=http://example.org/CodeSystem/colours&codeA=red&codeB=crimson")).Expect(200).Text, StringComparison.Ordinal);
            (await doctor.Get("fhir/ValueSet/$expand?url=http://example.org/ValueSet/none")).Refused(404);
            (await doctor.Get("fhir/Patient/$expand")).Refused(404, "operation-unknown");

            Assert.Equal(1, (int?)(await doctor.Get($"fhir/Observation?patient={patient}&code:in={set}")).Expect(200).Json["total"]);
            Assert.Equal(1, (int?)(await doctor.Get($"fhir/Observation?patient={patient}&code:not-in={set}")).Expect(200).Json["total"]);
            Assert.Equal(1, (int?)(await doctor.Get($"fhir/Observation?patient={patient}&code:below=http://example.org/CodeSystem/colours|red")).Expect(200).Json["total"]);
            (await doctor.Get($"fhir/Observation?patient={patient}&code:in=http://example.org/ValueSet/none")).Refused(400, "value-set-unknown");
        }
    }
}
