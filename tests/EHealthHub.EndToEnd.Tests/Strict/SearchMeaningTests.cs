using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Strict;

/// <summary>What a search means where R4 leaves it to be told: functional lists, ids without a type, parts of names, pages over several types.</summary>
public sealed class SearchMeaningTests(HubFixture hub) : IClassFixture<HubFixture>
{
    // R4 3.1.1.4.18.
    [Fact]
    public async Task Functional_lists_are_made_from_what_the_record_says()
    {
        var (patient, doctor) = await hub.TreatedPatient("İşlevsel");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            var conditions = await ankara.CreateAll("Condition", Problem(patient, "active", "confirmed"), Problem(patient, "resolved", "confirmed"), Problem(patient, "active", "refuted"));
            var allergies = await ankara.CreateAll("AllergyIntolerance", Allergy(patient, "food"), Allergy(patient, "medication"));
            Assert.Equal("0", await doctor.Found($"Condition?patient={patient}&_list=$current-problems", conditions));
            Assert.Equal("0,1", await doctor.Found($"AllergyIntolerance?patient={patient}&_list=$current-allergies", allergies));
            Assert.Equal("1", await doctor.Found($"AllergyIntolerance?patient={patient}&_list=%24current-drug-allergies", allergies));
            Assert.Equal(0, (int?)(await doctor.Get($"fhir/MedicationRequest?patient={patient}&_list=$current-medications")).Expect(200).Json["total"]);

            (await doctor.Get("fhir/Condition?_list=$current-problems")).Refused(403, "patient-required");
            (await doctor.Get($"fhir/Condition?patient={patient}&_list=$current-allergies")).Refused(400, "search-not-supported");
            (await doctor.Get($"fhir/Condition?patient={patient}&_list=$my-problems", ("Prefer", "handling=lenient"))).Refused(400, "search-not-supported");
            Assert.Contains("no named queries are defined", (await doctor.Get($"fhir/Condition?patient={patient}&_query=current")).Refused(400, "search-not-supported").Text, StringComparison.Ordinal);
        }
    }

    // R4 3.1.1.4.12; E25.
    [Fact]
    public async Task An_id_of_two_resources_needs_its_type_and_tells_of_none_that_the_search_may_not_find()
    {
        using var ministry = hub.Client("ministry");
        var id = "iki-" + Guid.CreateVersion7().ToString("N")[..20];
        (await ministry.Put($"fhir/Patient/{id}", Samples.Patient("Çift").Insert(1, $"\"id\":\"{id}\","))).Expect(201);
        (await ministry.Put($"fhir/Location/{id}", $$"""{"resourceType":"Location","id":"{{id}}","name":"Oda"}""")).Expect(201);
        var observations = await ministry.CreateAll("Observation", Samples.Observation($"Patient/{id}"), Samples.Observation($"Location/{id}"));

        Assert.Contains("of a Location and of a Patient", (await ministry.Get($"fhir/Observation?subject={id}")).Refused(400, "search-id-ambiguous").Text, StringComparison.Ordinal);
        (await ministry.Get($"fhir/DiagnosticReport?result.subject={id}")).Refused(400, "search-id-ambiguous");
        Assert.Equal("0", await ministry.Found($"Observation?subject:Patient={id}", observations));
        Assert.Equal("1", await ministry.Found($"Observation?subject=Location/{id}", observations));
        Assert.Equal("0", await ministry.Found($"Observation?patient={id}", observations));

        // Of the other patient's record this search may find nothing, and so the id is that of the room alone.
        var (patient, doctor) = await hub.TreatedPatient("Tek");
        using (doctor)
        {
            Assert.Equal("", await doctor.Found($"Observation?patient={patient}&subject={id}", observations));
        }
    }

    // R4 3.1.1.4.8; E24.
    [Fact]
    public async Task Parts_of_names_are_found_each_by_itself()
    {
        using var ministry = hub.Client("ministry");
        using var ankara = hub.Client("hospital-ankara");
        var doctors = await ankara.CreateAll("Practitioner", Named("García Quiñones"), Named("Öztürk-Kocabıyık"), Named("Sabıkocaoğlu"));
        Assert.Equal("0", await ankara.Found("Practitioner?family=quinones", doctors));
        Assert.Equal("0", await ankara.Found("Practitioner?family=GARCIA QUI", doctors));
        Assert.Equal("1", await ankara.Found("Practitioner?name=KOCABIY", doctors));
        Assert.Equal("", await ankara.Found("Practitioner?family=uinones", doctors));
        Assert.Equal("0", await ankara.Found("Practitioner?family:exact=García Quiñones", doctors));
        Assert.Equal("", await ankara.Found("Practitioner?family:exact=Quiñones", doctors));
        var patient = await ministry.Create("Patient", Samples.Patient("Ağaoğlu Kırmızıgül"));
        Assert.Equal("0", await ministry.Found($"Patient?_id={patient}&family=kirmizigul", [patient]));
    }

    // R4 3.1.1.5.3, 3.1.0.14; E19.
    [Theory]
    [InlineData("")]
    [InlineData("&_total=none")]
    public async Task Pages_over_several_types_go_on_where_they_ended(string total)
    {
        var (patient, doctor) = await hub.TreatedPatient("Çoktür");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            for (var i = 0; i < 3; i++)
            {
                await ankara.Create("Observation", Samples.Observation($"Patient/{patient}"));
                await ankara.Create("Condition", Problem(patient, "active", "confirmed"));
            }

            var (seen, pages) = (new List<string>(), 0);
            for (var url = $"fhir/Patient/{patient}/*?_count=3{total}"; url is not null; pages++)
            {
                var page = (await doctor.Get(url)).Expect(200);
                Assert.Equal(total.Length > 0 ? null : 8, (int?)page.Json["total"]);
                seen.AddRange(Ask.Matches(page));
                url = Links.Next(page);
                if (pages == 0)
                {
                    // What is written meanwhile comes along at its place or not at all, and takes nothing away.
                    await ankara.Create("Condition", Problem(patient, "active", "confirmed"));
                }
            }

            Assert.Equal((seen.Count, 3), (seen.Distinct().Count(), pages));
            Assert.InRange(seen.Count, 8, 9);
        }
    }

    private static string Problem(string patient, string clinical, string verified) =>
        $$"""{"resourceType":"Condition","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"{{clinical}}"}]},"verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"{{verified}}"}]},"code":{"text":"x"},"subject":{"reference":"Patient/{{patient}}"} }""";

    private static string Allergy(string patient, string category) =>
        $$"""{"resourceType":"AllergyIntolerance","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"active"}]},"category":["{{category}}"],"code":{"text":"x"},"patient":{"reference":"Patient/{{patient}}"} }""";

    private static string Named(string family) => $$"""{"resourceType":"Practitioner","name":[{"family":"{{family}}"}]}""";
}
