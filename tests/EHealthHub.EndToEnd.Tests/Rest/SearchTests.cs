using System.Globalization;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Rest;

/// <summary>Patient-scoped search over sealed facts, as a clinician with an open encounter.</summary>
public sealed class SearchTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Code_category_and_date_narrow_a_patients_observations()
    {
        var (patient, doctor) = await hub.TreatedPatient("Arama");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            await Post(ankara, patient, "8867-4", "2026-01-10T08:00:00+03:00", "vital-signs");
            await Post(ankara, patient, "8867-4", "2026-02-10T08:00:00+03:00", "vital-signs");
            await Post(ankara, patient, "2339-0", "2026-02-11T08:00:00+03:00", "laboratory");

            Assert.Equal(3, await Total(doctor, $"Observation?patient={patient}"));
            Assert.Equal(2, await Total(doctor, $"Observation?patient=Patient/{patient}&code=http://loinc.org|8867-4"));
            Assert.Equal(2, await Total(doctor, $"Observation?subject=Patient/{patient}&code=8867-4"));
            Assert.Equal(1, await Total(doctor, $"Observation?patient={patient}&category=laboratory"));
            Assert.Equal(1, await Total(doctor, $"Observation?patient={patient}&date=2026-01"));
            Assert.Equal(2, await Total(doctor, $"Observation?patient={patient}&date=ge2026-02-01"));
            Assert.Equal(1, await Total(doctor, $"Observation?patient={patient}&code=8867-4&date=gt2026-02-01&date=lt2026-03-01"));
            Assert.Equal(3, await Total(doctor, $"Observation?patient={patient}&code=8867-4,2339-0"));
            Assert.Equal(0, await Total(doctor, $"Observation?patient={patient}&code=http://snomed.info/sct|8867-4"));
        }
    }

    [Fact]
    public async Task Pages_follow_their_links_without_gap_or_repetition()
    {
        var (patient, doctor) = await hub.TreatedPatient("Sayfa");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            for (var i = 0; i < 23; i++)
            {
                await Post(ankara, patient, "8867-4", string.Create(CultureInfo.InvariantCulture, $"2026-03-{i + 1:00}T08:00:00+03:00"), "vital-signs");
            }

            var seen = new List<string>();
            var pages = 0;
            for (var url = $"fhir/Observation?patient={patient}&_count=5"; url is not null; pages++)
            {
                var page = (await doctor.Get(url)).Expect(200);
                Assert.Equal("searchset", (string?)page.Json["type"]);
                Assert.Equal(23, (int?)page.Json["total"]);
                seen.AddRange(page.Json["entry"]!.AsArray().Select(e => (string)e!["resource"]!["id"]!));
                url = Links.Next(page);
            }

            Assert.Equal(5, pages);
            Assert.Equal(23, seen.Distinct().Count());
            Assert.Equal(23, seen.Count);
        }
    }

    [Fact]
    public async Task A_continuation_is_worth_nothing_to_another_caller()
    {
        var (patient, doctor) = await hub.TreatedPatient("Devam");
        using var ankara = hub.Client("hospital-ankara");
        using var ministry = hub.Client("ministry");
        using (doctor)
        {
            for (var i = 0; i < 3; i++)
            {
                await Post(ankara, patient, "8867-4", "2026-03-01T08:00:00+03:00", "vital-signs");
            }

            var next = Links.Next((await doctor.Get($"fhir/Observation?patient={patient}&_count=1")).Expect(200))!;
            (await doctor.Get(next)).Expect(200);
            (await ministry.Get(next)).Refused(400, "cursor-invalid");
            (await doctor.Get(next.Replace("_count=1", "_count=2", StringComparison.Ordinal))).Refused(400, "cursor-invalid");
        }
    }

    [Fact]
    public async Task A_patient_is_found_by_national_id_when_treated_here()
    {
        var (patient, doctor) = await hub.TreatedPatient("Kimlik", "32600390014");
        using (doctor)
        {
            var found = (await doctor.Get($"fhir/Patient?identifier={Uri.EscapeDataString(Samples.NationalIdSystem + "|32600390014")}")).Expect(200);
            Assert.Equal(patient, (string?)found.Json["entry"]![0]!["resource"]!["id"]);
        }
    }

    [Fact]
    public async Task Search_by_post_answers_like_search_by_get()
    {
        var (patient, doctor) = await hub.TreatedPatient("Form");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            await Post(ankara, patient, "8867-4", "2026-03-01T08:00:00+03:00", "vital-signs");
            var answer = (await doctor.Form("fhir/Observation/_search", ("patient", patient), ("code", "8867-4"))).Expect(200);
            Assert.Equal(1, (int?)answer.Json["total"]);
        }
    }

    [Fact]
    public async Task What_would_search_all_patients_is_too_costly()
    {
        var (_, doctor) = await hub.TreatedPatient("Herkes");
        using (doctor)
        {
            var refused = (await doctor.Get("fhir/Observation?code=8867-4")).Refused(403, "patient-required");
            Assert.Equal("too-costly", (string?)refused.Json["issue"]![0]!["code"]);
        }
    }

    [Fact]
    public async Task Unknown_parameters_are_refused_by_name_unless_lenient()
    {
        var (patient, doctor) = await hub.TreatedPatient("Bilinmeyen");
        using (doctor)
        {
            var refused = (await doctor.Get($"fhir/Observation?patient={patient}&favourite=blue")).Refused(400);
            Assert.Contains("favourite", refused.Text, StringComparison.Ordinal);
            var lenient = (await doctor.Get($"fhir/Observation?patient={patient}&favourite=blue", ("Prefer", "handling=lenient"))).Expect(200);
            Assert.DoesNotContain("favourite", Links.Of(lenient, "self"), StringComparison.Ordinal);
            (await doctor.Get($"fhir/Observation?patient={patient}&date=yesterday")).Refused(400);
            (await doctor.Get($"fhir/Observation?patient={patient}&code:sideways=x")).Refused(400);
        }
    }

    private static async Task Post(FhirClient hospital, string patient, string code, string date, string category) =>
        (await hospital.Post("fhir/Observation", Samples.Observation($"Patient/{patient}", code, "72.50", date, category))).Expect(201);

    private static async Task<int> Total(FhirClient doctor, string query)
    {
        var page = (await doctor.Get("fhir/" + query)).Expect(200);
        return (int)page.Json["total"]!;
    }
}
