using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Rest;

/// <summary>Transactions and batches (R4 3.1.0.11).</summary>
public sealed class BundleTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private const string PatientUrn = "urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60";
    private const string EncounterUrn = "urn:uuid:1b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f61";

    [Fact]
    public async Task Temporary_references_become_real_ones_and_the_order_of_entries_does_not_matter()
    {
        using var ankara = hub.Client("hospital-ankara");
        var observation = Samples.Entry("urn:uuid:2b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f62", Samples.Observation(PatientUrn), "POST", "Observation");
        var encounter = Samples.Entry(EncounterUrn, Samples.Encounter(PatientUrn, "finished"), "POST", "Encounter");
        var patient = Samples.Entry(PatientUrn, Samples.Patient("Sıra"), "POST", "Patient");

        var answer = (await ankara.Post("fhir", Samples.Bundle("transaction", observation, encounter, patient))).Expect(200);
        var locations = answer.Json["entry"]!.AsArray().Select(e => (string)e!["response"]!["location"]!).ToList();
        var stored = (await ankara.Get("fhir/" + Relative(locations[0]))).Expect(200);

        Assert.Equal("transaction-response", (string?)answer.Json["type"]);
        Assert.Contains("/Observation/", "/" + locations[0], StringComparison.Ordinal);
        Assert.Equal("Patient/" + Id(locations[2]), (string?)stored.Json["subject"]!["reference"]);
        Assert.All(answer.Json["entry"]!.AsArray(), e => Assert.StartsWith("201", (string)e!["response"]!["status"]!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_bad_entry_stores_nothing_of_a_transaction()
    {
        using var ankara = hub.Client("hospital-ankara");
        using var ministry = hub.Client("ministry");
        var patient = Samples.Entry(PatientUrn, Samples.Patient("Hiç", "10000000146"), "POST", "Patient");
        var bad = Samples.Entry(EncounterUrn, Samples.Encounter(PatientUrn, "no-such-status"), "POST", "Encounter");

        var refused = (await ankara.Post("fhir", Samples.Bundle("transaction", patient, bad))).Expect(422);

        Assert.Contains("Bundle.entry[1].resource.status", refused.OutcomeExpression, StringComparison.Ordinal);
        var search = (await ministry.Get($"fhir/Patient?identifier={Uri.EscapeDataString(Samples.NationalIdSystem + "|10000000146")}")).Expect(200);
        Assert.Equal(0, search.Json["entry"]?.AsArray().Count ?? 0);
    }

    [Fact]
    public async Task An_unresolvable_reference_refuses_the_bundle_and_names_the_place()
    {
        using var ankara = hub.Client("hospital-ankara");
        var dangling = Samples.Entry(EncounterUrn, Samples.Encounter("urn:uuid:9b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f69", "finished"), "POST", "Encounter");
        var refused = await ankara.Post("fhir", Samples.Bundle("transaction", dangling));
        Assert.InRange(refused.Status, 400, 422);
        Assert.Contains("entry[0]", refused.OutcomeExpression, StringComparison.Ordinal);

        var conditional = Samples.Entry(PatientUrn, Samples.Patient("Koşul").Insert(1, ""), "POST", "Patient");
        var encounter = Samples.Entry(EncounterUrn, Samples.Encounter(PatientUrn, "finished").Replace("\"period\"", "\"serviceProvider\":{\"reference\":\"Organization?identifier=urn:nobody|1\"},\"period\"", StringComparison.Ordinal), "POST", "Encounter");
        var noMatch = (await ankara.Post("fhir", Samples.Bundle("transaction", conditional, encounter))).Refused(412, "reference-no-match");
        Assert.Contains("entry[1]", noMatch.OutcomeExpression, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conditional_references_find_the_directory()
    {
        using var ankara = hub.Client("hospital-ankara");
        (await ankara.Post("fhir/Organization", """{"resourceType":"Organization","identifier":[{"system":"urn:test:org","value":"7"}],"name":"Ankara Şehir"}""", ("If-None-Exist", "identifier=urn:test:org|7"))).Expect(201);
        var patient = Samples.Entry(PatientUrn, Samples.Patient("Dizin"), "POST", "Patient");
        var encounter = Samples.Entry(EncounterUrn, Samples.Encounter(PatientUrn, "finished").Replace("\"period\"", "\"serviceProvider\":{\"reference\":\"Organization?identifier=urn:test:org|7\"},\"period\"", StringComparison.Ordinal), "POST", "Encounter");

        var answer = (await ankara.Post("fhir", Samples.Bundle("transaction", patient, encounter))).Expect(200);
        var stored = (await ankara.Get("fhir/" + Relative((string)answer.Json["entry"]![1]!["response"]!["location"]!))).Expect(200);

        Assert.Matches("^Organization/[0-9a-f-]{36}$", (string)stored.Json["serviceProvider"]!["reference"]!);
    }

    [Fact]
    public async Task A_batch_answers_each_entry_by_itself()
    {
        using var ankara = hub.Client("hospital-ankara");
        var good = Samples.Entry(PatientUrn, Samples.Patient("Toplu"), "POST", "Patient");
        var bad = Samples.Entry(EncounterUrn, """{"resourceType":"Patient","gender":"blue"}""", "POST", "Patient");
        var missing = """{"request":{"method":"GET","url":"Patient/nobody"}}""";

        var answer = (await ankara.Post("fhir", Samples.Bundle("batch", good, bad, missing))).Expect(200);
        var statuses = answer.Json["entry"]!.AsArray().Select(e => ((string)e!["response"]!["status"]!)[..3]).ToList();

        Assert.Equal("batch-response", (string?)answer.Json["type"]);
        Assert.Equal("201", statuses[0]);
        Assert.Equal("422", statuses[1]);
        Assert.Equal("404", statuses[2]);
        Assert.NotNull(answer.Json["entry"]![1]!["response"]!["outcome"]);
    }

    [Fact]
    public async Task An_organization_in_a_posted_bundle_is_content_and_gives_no_authority()
    {
        var (patient, doctor) = await hub.TreatedPatient("Yetki");
        using var izmir = hub.Client("hospital-izmir");
        using (doctor)
        {
            var role = """{"resourceType":"PractitionerRole","active":true,"practitioner":{"identifier":{"system":"urn:oid:2.16.840.1.113883.3.129.1.1.1","value":"10000000146"}},"organization":{"display":"hospital-ankara"}}""";
            (await izmir.Post("fhir/PractitionerRole", role)).Expect(201);
            using var mehmet = await hub.Clinician("dr-mehmet", "hospital-izmir");
            (await mehmet.Get($"fhir/Patient/{patient}")).Refused(404, "not-found");
            (await hub.TokenAnswer("dr-mehmet", "hospital-ankara")).Expect(400);
        }
    }

    [Fact]
    public async Task A_relative_reference_follows_the_entry_that_it_names_to_its_new_id()
    {
        using var ankara = hub.Client("hospital-ankara");
        var patient = Samples.Entry("http://sender.example/fhir/Patient/1", Samples.Patient("Göreli"), "POST", "Patient");
        var observation = Samples.Entry("http://sender.example/fhir/Observation/2", Samples.Observation("Patient/1"), "POST", "Observation");
        var encounter = Samples.Entry("http://sender.example/fhir/Encounter/3", Samples.Encounter("Patient/1", "finished"), "POST", "Encounter");

        var answer = (await ankara.Post("fhir", Samples.Bundle("transaction", observation, patient, encounter))).Expect(200);
        var locations = answer.Json["entry"]!.AsArray().Select(e => (string)e!["response"]!["location"]!).ToList();
        var stored = (await ankara.Get("fhir/" + Relative(locations[0]))).Expect(200);

        Assert.Equal("Patient/" + Id(locations[1]), (string?)stored.Json["subject"]!["reference"]);
    }

    [Fact]
    public async Task An_empty_transaction_is_fine()
    {
        using var ankara = hub.Client("hospital-ankara");
        (await ankara.Post("fhir", """{"resourceType":"Bundle","type":"transaction"}""")).Expect(200);
    }

    private static string Relative(string location) => location.Contains("/fhir/", StringComparison.Ordinal) ? location[(location.IndexOf("/fhir/", StringComparison.Ordinal) + 6)..] : location;

    private static string Id(string location) => Relative(location).Split('/')[1];
}
