using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Strict;

/// <summary>Contained resources over sealed records (R4 3.1.1.5.5; E30).</summary>
public sealed class SearchContainedTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_chain_looks_into_contained_resources_of_the_patient()
    {
        var (patient, doctor) = await hub.TreatedPatient("İçeren");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            var plain = await ankara.Create("Medication", """{"resourceType":"Medication","code":{"coding":[{"system":"urn:s","code":"zincir-2"}]}}""");
            var requests = await ankara.CreateAll("MedicationRequest", Request(patient, "zincir-1"), Request(patient, "zincir-2"));
            Assert.Equal("0", await doctor.Found($"MedicationRequest?patient={patient}&medication.code=zincir-1", requests));
            Assert.Equal("1", await doctor.Found($"MedicationRequest?patient={patient}&medication.code=urn:s|zincir-2", requests));
            Assert.Equal("0,1", await doctor.Found($"MedicationRequest?patient={patient}&medication.manufacturer.name=deniz", requests));
            Assert.Equal("", await doctor.Found($"MedicationRequest?patient={patient}&medication._id=m1", requests));
            Assert.Empty(Ask.Included((await doctor.Get($"fhir/MedicationRequest?patient={patient}&medication.code=zincir-2&_include=MedicationRequest:medication")).Expect(200)));
            Assert.DoesNotContain(Ask.Matches((await ankara.Get("fhir/Medication?code=zincir-2")).Expect(200)), id => id != plain);
        }
    }

    [Fact]
    public async Task Contained_resources_are_found_and_answered_as_asked()
    {
        using var ministry = hub.Client("ministry");
        var patient = await ministry.Create("Patient", Samples.Patient("Kapsam"));
        var plain = await ministry.Create("Medication", """{"resourceType":"Medication","code":{"coding":[{"system":"urn:s","code":"kapsam-1"}]}}""");
        var requests = await ministry.CreateAll("MedicationRequest", Request(patient, "kapsam-1"), Request(patient, "kapsam-1", "kapsam-1"), Request(patient, "kapsam-2"));

        Assert.Equal([plain], Ask.Matches((await ministry.Get("fhir/Medication?code=kapsam-1")).Expect(200)));
        Assert.Equal([plain], Ask.Matches((await ministry.Get("fhir/Medication?code=kapsam-1&_contained=false&_containedType=contained")).Expect(200)));
        var containers = (await ministry.Get("fhir/Medication?code=kapsam-1&_contained=true")).Expect(200);
        Assert.Equal(2, (int?)containers.Json["total"]);
        Assert.Equal(requests[..2].Order(), Ask.Matches(containers).Order());
        Assert.Equal("MedicationRequest", (string?)containers.Json["entry"]![0]!["resource"]!["resourceType"]);
        Assert.Contains("_contained=true", Links.Of(containers, "self")!, StringComparison.Ordinal);
        Assert.Equal(requests[..2].Append(plain).Order(), Ask.Matches((await ministry.Get("fhir/Medication?code=kapsam-1&_contained=both")).Expect(200)).Order());

        var seen = new List<string>();
        for (var url = "fhir/Medication?code=kapsam-1&_contained=both&_containedType=contained&_count=2&_include=Medication:manufacturer&_summary=data&_sort=code"; url is not null;)
        {
            var page = (await ministry.Get(url)).Expect(200);
            Assert.Equal(4, (int?)page.Json["total"]);
            Assert.All(page.Json["entry"]!.AsArray(), e => Assert.Equal("Medication", (string?)e!["resource"]!["resourceType"]));
            seen.AddRange(page.Json["entry"]!.AsArray().Select(e => (string)e!["fullUrl"]!));
            url = Links.Next(page);
        }

        Assert.Equal(4, seen.Distinct().Count());
        Assert.Equal(3, seen.Count(u => u.Contains("/MedicationRequest/", StringComparison.Ordinal) && u.Contains("#m", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Contained_resources_tell_nothing_of_other_patients_and_decide_no_condition()
    {
        using var izmir = hub.Client("hospital-izmir");
        using var ministry = hub.Client("ministry");
        var other = await izmir.Create("Patient", Samples.Patient("Kapalı"));
        await ministry.Create("MedicationRequest", Request(other, "kapali-1"));
        var (patient, doctor) = await hub.TreatedPatient("Açık");
        using (doctor)
        {
            Assert.Empty(Ask.Matches((await doctor.Get("fhir/Medication?code=kapali-1&_contained=true")).Expect(200)));
            (await doctor.Get("fhir/Condition?_contained=true&code=x")).Refused(403, "patient-required");
            (await doctor.Get($"fhir/MedicationRequest?_contained=true&patient={other}")).Refused(403);
            Assert.Empty(Ask.Matches((await doctor.Get($"fhir/MedicationRequest?_contained=both&patient={patient}")).Expect(200)));
            (await doctor.Get($"fhir/Medication?_contained=perhaps")).Refused(400, "search-value-invalid");
            (await doctor.Get($"fhir/Medication?_contained=true&_text=x")).Refused(400, "search-not-supported");
        }

        (await ministry.Post("fhir/Medication", """{"resourceType":"Medication"}""", ("If-None-Exist", "code=kapali-1&_contained=true"))).Refused(400, "search-not-supported");
    }

    private static string Request(string patient, params string[] codes)
    {
        var contained = string.Join(',', codes.Select((c, i) => $$"""{"resourceType":"Medication","id":"m{{i + 1}}","code":{"coding":[{"system":"urn:s","code":"{{c}}"}]},"manufacturer":{"reference":"#o"} }"""));
        var reasons = string.Join(',', codes.Skip(1).Select((_, i) => $$"""{"url":"urn:test:also","valueReference":{"reference":"#m{{i + 2}}"} }"""));
        return $$"""{"resourceType":"MedicationRequest","contained":[{{contained}},{"resourceType":"Organization","id":"o","name":"Deniz İlaç"}],{{(reasons.Length == 0 ? "" : $"\"extension\":[{reasons}],")}}"status":"active","intent":"order","medicationReference":{"reference":"#m1"},"subject":{"reference":"Patient/{{patient}}"} }""";
    }
}
