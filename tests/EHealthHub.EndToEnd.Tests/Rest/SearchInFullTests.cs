using System.Globalization;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Rest;

/// <summary>R4's search beyond single criteria, over sealed records: chains, includes, order, words, compartments (R4 3.1.1).</summary>
public sealed class SearchInFullTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Chains_run_within_the_patients_record_and_the_directory()
    {
        var (patient, doctor) = await hub.TreatedPatient("Zincir");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            var organization = (await ankara.Post("fhir/Organization", """{"resourceType":"Organization","name":"Zincir Laboratuvarı"}""")).Expect(201).IdFromLocation();
            (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}").Replace("\"subject\"", $"\"performer\":[{{\"reference\":\"Organization/{organization}\"}}],\"subject\"", StringComparison.Ordinal))).Expect(201);
            (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}"))).Expect(201);

            Assert.Equal(1, await Total(doctor, $"Observation?patient={patient}&performer:Organization.name=zincir"));
            Assert.Equal(0, await Total(doctor, $"Observation?patient={patient}&performer:Organization.name=baska"));
            Assert.Equal(2, await Total(doctor, $"Observation?patient={patient}&patient.family=Zincir"));
            Assert.Equal(0, await Total(doctor, $"Observation?patient={patient}&subject:Patient.family=Olmayan"));
            Assert.Equal(1, await Total(doctor, $"Patient?_id={patient}&_has:Observation:patient:code=8867-4"));
            Assert.Equal(0, await Total(doctor, $"Patient?_id={patient}&_has:Observation:patient:code=2339-0"));
            Assert.Equal(1, await Total(doctor, $"Patient?_id={patient}&_has:Observation:patient:performer:Organization.name=zincir"));
        }
    }

    [Fact]
    public async Task A_chain_tells_nothing_of_other_patients()
    {
        using var izmir = hub.Client("hospital-izmir");
        var other = (await izmir.Post("fhir/Patient", Samples.Patient("Gizli"))).Expect(201).IdFromLocation();
        (await izmir.Post("fhir/Encounter", Samples.Encounter($"Patient/{other}", "in-progress"))).Expect(201);
        var (patient, doctor) = await hub.TreatedPatient("Acik");
        using (doctor)
        {
            // Whom one may not see cannot be asked for by what refers to them, nor drawn along by an include.
            (await doctor.Get($"fhir/Observation?patient={other}")).Refused(403);
            (await doctor.Get("fhir/Observation?patient.family=Gizli")).Refused(403, "patient-required");
            (await doctor.Get($"fhir/Patient?_has:Encounter:patient:status=in-progress&_id={other}")).Refused(403);
            using var ankara = hub.Client("hospital-ankara");
            (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}").Replace("\"subject\"", $"\"focus\":[{{\"reference\":\"Patient/{other}\"}}],\"subject\"", StringComparison.Ordinal))).Expect(201);
            var page = (await doctor.Get($"fhir/Observation?patient={patient}&_include=Observation:focus")).Expect(200);
            Assert.DoesNotContain(Modes(page), m => m == "include");
            Assert.Equal(0, await Total(doctor, $"Observation?patient={patient}&focus:Patient.family=Gizli"));
        }
    }

    [Fact]
    public async Task A_patient_is_named_by_identifier_through_a_chain()
    {
        var (patient, doctor) = await hub.TreatedPatient("Numara", "10000000146");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}"))).Expect(201);
            Assert.Equal(1, await Total(doctor, $"Observation?patient.identifier={Uri.EscapeDataString(Samples.NationalIdSystem + "|10000000146")}"));
            Assert.Equal(1, await Total(doctor, $"Observation?subject:Patient.identifier={Uri.EscapeDataString(Samples.NationalIdSystem + "|10000000146")}"));
            (await doctor.Get($"fhir/Observation?patient.identifier={Uri.EscapeDataString(Samples.NationalIdSystem + "|11111111110")}")).Refused(403, "access-denied");
        }
    }

    [Fact]
    public async Task Includes_come_along_once_and_are_not_counted()
    {
        var (patient, doctor) = await hub.TreatedPatient("Birlikte");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            var organization = (await ankara.Post("fhir/Organization", """{"resourceType":"Organization","name":"Birlikte"}""")).Expect(201).IdFromLocation();
            var encounter = (await ankara.Post("fhir/Encounter", Samples.Encounter($"Patient/{patient}", "finished").Replace("\"period\"", $"\"serviceProvider\":{{\"reference\":\"Organization/{organization}\"}},\"period\"", StringComparison.Ordinal))).Expect(201).IdFromLocation();
            for (var i = 0; i < 3; i++)
            {
                (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}").Replace("\"subject\"", $"\"encounter\":{{\"reference\":\"Encounter/{encounter}\"}},\"subject\"", StringComparison.Ordinal))).Expect(201);
            }

            var page = (await doctor.Get($"fhir/Observation?patient={patient}&_count=2&_include=Observation:patient&_include=Observation:encounter")).Expect(200);
            Assert.Equal(3, (int?)page.Json["total"]);
            Assert.Equal(["match", "match", "include", "include"], Modes(page));

            var iterated = (await doctor.Get($"fhir/Observation?patient={patient}&_include=Observation:encounter&_include:iterate=Encounter:service-provider")).Expect(200);
            Assert.Contains($"Organization/{organization}", FullUrls(iterated).Last(), StringComparison.Ordinal);

            var reverse = (await doctor.Get($"fhir/Encounter?patient={patient}&_id={encounter}&_revinclude=Observation:encounter")).Expect(200);
            Assert.Equal(["match", "include", "include", "include"], Modes(reverse));
            var all = (await doctor.Get($"fhir/Encounter?patient={patient}&_id={encounter}&_revinclude=*&_include=*")).Expect(200);
            Assert.Equal(1 + 3 + 2, Modes(all).Count);
        }
    }

    [Fact]
    public async Task A_versioned_reference_brings_along_the_version_that_it_names()
    {
        var (patient, doctor) = await hub.TreatedPatient("Surum");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            var organization = (await ankara.Post("fhir/Organization", """{"resourceType":"Organization","name":"Eski"}""")).Expect(201).IdFromLocation();
            (await ankara.Put($"fhir/Organization/{organization}", $$"""{"resourceType":"Organization","id":"{{organization}}","name":"Yeni"}""")).Expect(200);
            (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}").Replace("\"subject\"", $"\"performer\":[{{\"reference\":\"Organization/{organization}/_history/1\"}}],\"subject\"", StringComparison.Ordinal))).Expect(201);

            var page = (await doctor.Get($"fhir/Observation?patient={patient}&_include=Observation:performer")).Expect(200);
            Assert.Equal(["match", "include"], Modes(page));
            Assert.Equal("Eski", (string?)page.Json["entry"]![1]!["resource"]!["name"]);
        }
    }

    [Fact]
    public async Task Matches_are_put_in_order_and_pages_keep_it_while_others_write()
    {
        var (patient, doctor) = await hub.TreatedPatient("Sira");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            int[] days = [5, 1, 9, 3, 7];
            foreach (var day in days)
            {
                (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}", date: string.Create(CultureInfo.InvariantCulture, $"2026-03-{day:00}T08:00:00+03:00")))).Expect(201);
            }

            var seen = new List<string>();
            for (var url = $"fhir/Observation?patient={patient}&_sort=-date&_count=2"; url is not null;)
            {
                var page = (await doctor.Get(url)).Expect(200);
                seen.AddRange(page.Json["entry"]!.AsArray().Select(e => ((string)e!["resource"]!["effectiveDateTime"]!)[8..10]));
                (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}", date: "2026-03-10T08:00:00+03:00"))).Expect(201);
                url = Links.Next(page);
            }

            Assert.Equal(["09", "07", "05", "03", "01"], seen);
            (await doctor.Get($"fhir/Observation?patient={patient}&_sort=no-such")).Refused(400);
        }
    }

    [Fact]
    public async Task Words_of_narrative_and_content_are_found()
    {
        var (patient, doctor) = await hub.TreatedPatient("Sozcuk");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}").Insert(1, """
                "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Nabız düzenli</div>"},"note":[{"text":"İlaç sonrası ölçüldü"}],
                """.Trim()))).Expect(201);
            (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}"))).Expect(201);

            Assert.Equal(1, await Total(doctor, $"Observation?patient={patient}&_text=NABIZ"));
            Assert.Equal(0, await Total(doctor, $"Observation?patient={patient}&_text=ilaç"));
            Assert.Equal(1, await Total(doctor, $"Observation?patient={patient}&_content=ilaç"));
        }
    }

    [Fact]
    public async Task Compartments_and_the_whole_system_are_searched()
    {
        var (patient, doctor) = await hub.TreatedPatient("Bolme");
        using var ankara = hub.Client("hospital-ankara");
        using var ministry = hub.Client("ministry");
        using (doctor)
        {
            var observation = (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}"))).Expect(201).IdFromLocation();
            Assert.Equal(1, await Total(doctor, $"Patient/{patient}/Observation"));
            Assert.Equal(1, await Total(doctor, $"Patient/{patient}/Observation?code=8867-4"));
            Assert.Equal(0, await Total(doctor, $"Patient/{patient}/Observation?code=2339-0"));
            Assert.Equal(3, await Total(doctor, $"Patient/{patient}/*"));
            (await doctor.Get($"fhir/Patient/{patient}/Organization")).Expect(404);
            (await doctor.Get($"fhir/Patient/{patient}/NoSuchType")).Refused(404, "resource-type-unknown");
            using var izmir = await hub.Clinician("dr-mehmet", "hospital-izmir");
            (await izmir.Get($"fhir/Patient/{patient}/*")).Refused(403, "access-denied");
            (await izmir.Get("fhir/Patient/nobody/*")).Refused(403, "access-denied");

            Assert.Equal(1, await Total(ministry, $"?_type=Observation,Condition&_id={observation}"));
            (await doctor.Get("fhir?_type=Observation,Condition&_lastUpdated=gt2020")).Refused(403, "patient-required");
            Assert.Equal(1, (int?)(await doctor.Form($"fhir/Observation/_search", ("patient", patient), ("code", "8867-4"))).Expect(200).Json["total"]);
        }
    }

    [Fact]
    public async Task Every_page_of_a_search_over_a_compartment_comes_once()
    {
        var (patient, doctor) = await hub.TreatedPatient("Sayfalar");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            for (var i = 0; i < 5; i++)
            {
                (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}"))).Expect(201);
            }

            var seen = new List<string>();
            for (var url = $"fhir/Patient/{patient}/*?_count=2"; url is not null;)
            {
                var page = (await doctor.Get(url)).Expect(200);
                Assert.Equal(7, (int?)page.Json["total"]);
                Assert.InRange(Modes(page).Count, 1, 2);
                seen.AddRange(FullUrls(page));
                url = Links.Next(page);
            }

            Assert.Equal(7, seen.Distinct().Count());
            Assert.Equal(7, seen.Count);
        }
    }

    private static async Task<int?> Total(FhirClient client, string search) => (int?)(await client.Get("fhir" + (search.StartsWith('?') ? "" : "/") + search)).Expect(200).Json["total"];

    private static List<string> Modes(FhirAnswer page) => [.. (page.Json["entry"]?.AsArray() ?? []).Select(e => (string)e!["search"]!["mode"]!)];

    private static List<string> FullUrls(FhirAnswer page) => [.. (page.Json["entry"]?.AsArray() ?? []).Select(e => (string)e!["fullUrl"]!)];
}
