using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Rest;

/// <summary>$everything and $lastn: searches with a name of their own (R4 3.2).</summary>
public sealed class OperationTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Everything_of_a_patient_comes_once_page_by_page_with_the_directory()
    {
        var (patient, doctor) = await hub.TreatedPatient("Hepsi");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            var organization = (await ankara.Post("fhir/Organization", """{"resourceType":"Organization","name":"Hepsi"}""")).Expect(201).IdFromLocation();
            for (var month = 1; month <= 4; month++)
            {
                var observation = Samples.Observation($"Patient/{patient}", date: $"2026-0{month}-10T08:00:00+03:00");
                (await ankara.Post("fhir/Observation", observation.Replace("\"subject\"", $"\"performer\":[{{\"reference\":\"Organization/{organization}\"}}],\"subject\"", StringComparison.Ordinal))).Expect(201);
            }

            var matches = new List<string>();
            var included = new HashSet<string>();
            for (var url = $"fhir/Patient/{patient}/$everything?_count=3"; url is not null;)
            {
                var page = (await doctor.Get(url)).Expect(200);
                foreach (var entry in page.Json["entry"]!.AsArray())
                {
                    var fullUrl = (string)entry!["fullUrl"]!;
                    if ((string?)entry["search"]!["mode"] == "match")
                    {
                        matches.Add(fullUrl);
                    }
                    else
                    {
                        included.Add(fullUrl[(fullUrl.IndexOf("/fhir/", StringComparison.Ordinal) + 6)..]);
                    }
                }

                url = Links.Next(page);
            }

            Assert.Equal((6, 6), (matches.Count, matches.Distinct().Count()));
            Assert.Equal([$"Organization/{organization}"], included);
            Assert.Equal(2, (int?)(await doctor.Get($"fhir/Patient/{patient}/$everything?_type=Observation&start=2026-02-01&end=2026-03-31")).Expect(200).Json["total"]);
            (await doctor.Get($"fhir/Patient/{patient}/$everything?_type=Organization")).Refused(400);
            (await doctor.Get($"fhir/Patient/{patient}/$everything?since=x")).Refused(400, "parameter-unknown");
            (await doctor.Get($"fhir/Observation/{patient}/$everything")).Refused(404, "operation-unknown");
        }
    }

    [Fact]
    public async Task Everything_within_a_time_of_care_goes_by_each_types_own_date_and_keeps_what_has_none()
    {
        var (patient, doctor) = await hub.TreatedPatient("Tarih");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            string Condition(string? onset) => $$$"""{"resourceType":"Condition","subject":{"reference":"Patient/{{{patient}}}"}{{{(onset is null ? "" : $",\"onsetDateTime\":\"{onset}\"")}}}}""";
            string Request(string authored) => $$$"""{"resourceType":"MedicationRequest","status":"active","intent":"order","medicationCodeableConcept":{"text":"x"},"subject":{"reference":"Patient/{{{patient}}}"},"authoredOn":"{{{authored}}}"}""";
            foreach (var (type, body) in new[] { ("Condition", Condition("2026-01-05")), ("Condition", Condition("2026-03-05")), ("Condition", Condition(null)), ("MedicationRequest", Request("2026-01-06")), ("MedicationRequest", Request("2026-03-06")) })
            {
                (await ankara.Post($"fhir/{type}", body)).Expect(201);
            }

            Assert.Equal(["Condition", "Condition", "MedicationRequest"], await Types("_type=Condition,MedicationRequest&start=2026-03-01&end=2026-03-31"));
            Assert.Equal(["Condition", "Condition", "MedicationRequest"], await Types("_type=Condition&_type=MedicationRequest&end=2026-02"));
            Assert.Equal(["Condition", "Encounter", "Patient"], await Types("start=2026-06-01"));
            Assert.Empty(await Types("_since=2099-01-01T00:00:00Z"));
            foreach (var bad in (string[])["start=yesterday", "start=ge2026", "start=2026) or (date pr true", "start=", "start=2026&start=2027", "_since=2026-01-01T00:00:00Z&_since=2026-01-01T00:00:00Z", "_count=x", "_type=Robot"])
            {
                (await doctor.Get($"fhir/Patient/{patient}/$everything?{bad}")).Refused(400);
            }

            var encounter = (string)(await doctor.Get($"fhir/Encounter?patient={patient}")).Expect(200).Json["entry"]![0]!["resource"]!["id"]!;
            (await doctor.Get($"fhir/Encounter/{encounter}/$everything?start=2026")).Refused(400, "parameter-unknown");
            Assert.Equal("Encounter", (string?)(await doctor.Get($"fhir/Encounter/{encounter}/$everything?_since=2026-01-01T00:00:00Z")).Expect(200).Json["entry"]![0]!["resource"]!["resourceType"]);
        }

        async Task<IEnumerable<string?>> Types(string query) =>
            ((await doctor.Get($"fhir/Patient/{patient}/$everything?{query}")).Expect(200).Json["entry"]?.AsArray() ?? []).Where(e => (string?)e!["search"]!["mode"] == "match").Select(e => (string?)e!["resource"]!["resourceType"]).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Everything_of_everybody_is_for_system_scopes_and_of_oneself_for_citizens()
    {
        var (patient, doctor) = await hub.TreatedPatient("Herkes");
        using (doctor)
        using (var ministry = hub.Client("ministry"))
        using (var ankara = hub.Client("hospital-ankara"))
        {
            var seen = new List<string>();
            for (var url = "fhir/Patient/$everything?_count=3"; url is not null;)
            {
                var page = (await ministry.Get(url)).Expect(200);
                var matches = (page.Json["entry"]?.AsArray() ?? []).Where(e => (string?)e!["search"]!["mode"] == "match").ToList();
                Assert.InRange(matches.Count, 0, 3);
                seen.AddRange(matches.Select(e => $"{e!["resource"]!["resourceType"]}/{e["resource"]!["id"]}"));
                url = Links.Next(page);
            }

            Assert.Equal(seen.Count, seen.Distinct().Count());
            Assert.Contains("Patient/" + patient, seen);
            Assert.Contains(seen, s => s.StartsWith("Encounter/", StringComparison.Ordinal));
            (await ministry.Post("fhir/Patient/$everything", """{"resourceType":"Parameters","parameter":[{"name":"_type","valueCode":"Encounter"}]}""")).Expect(200);
            (await ankara.Get("fhir/Patient/$everything")).Refused(403, "patient-required");
            (await doctor.Get("fhir/Patient/$everything")).Refused(403, "patient-required");
            (await ministry.Get("fhir/Encounter/$everything")).Refused(404, "operation-unknown");
            (await ministry.Get("fhir/Patient/$everything?nonsense=1")).Refused(400, "parameter-unknown");
        }
    }

    [Fact]
    public async Task Everything_is_hidden_from_who_may_not_read()
    {
        var (patient, doctor) = await hub.TreatedPatient("Kapali");
        using (doctor)
        {
            using var mehmet = await hub.Clinician("dr-mehmet", "hospital-izmir");
            (await mehmet.Get($"fhir/Patient/{patient}/$everything")).Refused(404, "not-found");
            (await mehmet.Get("fhir/Patient/nobody/$everything")).Refused(404, "not-found");
        }
    }

    [Fact]
    public async Task Codes_that_a_translation_joins_are_one_group_and_those_at_the_same_time_are_all_told()
    {
        var (patient, doctor) = await hub.TreatedPatient("Çeviri");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            string Observation(string codes, string date, string text = "") =>
                Samples.Observation($"Patient/{patient}", date: date).Replace("""{"coding":[{"system":"http://loinc.org","code":"8867-4"}]}""", text.Length > 0 ? $$"""{"text":"{{text}}"}""" : $$"""{"coding":[{{string.Join(',', codes.Select(c => $$"""{"system":"urn:t","code":"{{c}}"}"""))}}]}""", StringComparison.Ordinal);
            foreach (var body in new[] { Observation("a", "2026-03-05"), Observation("ac", "2026-03-01"), Observation("c", "2026-03-04"), Observation("b", "2026-03-03"), Observation("b", "2026-03-03"), Observation("b", "2026-03-02"), Observation("", "2026-03-01", "Metin"), Observation("", "2026-02-01", "Metin"), Observation("", "2026-02-01", "m e t i n") })
            {
                (await ankara.Post("fhir/Observation", body)).Expect(201);
            }

            Assert.Equal(["2026-03-05", "2026-03-03", "2026-03-03", "2026-03-01", "2026-02-01"], await Dates(""));
            Assert.Equal(["2026-03-05", "2026-03-04", "2026-03-03", "2026-03-03", "2026-03-01", "2026-02-01", "2026-02-01"], await Dates("&max=2"));
        }

        async Task<IEnumerable<string>> Dates(string more) => (await doctor.Get($"fhir/Observation/$lastn?patient={patient}&category=vital-signs{more}")).Expect(200).Json["entry"]!.AsArray().Select(e => (string)e!["resource"]!["effectiveDateTime"]!);
    }

    [Fact]
    public async Task The_newest_of_each_code_are_found()
    {
        var (patient, doctor) = await hub.TreatedPatient("Son");
        using var ankara = hub.Client("hospital-ankara");
        using (doctor)
        {
            foreach (var (code, day) in new[] { ("8867-4", 1), ("8867-4", 3), ("8867-4", 2), ("2339-0", 1) })
            {
                (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}", code, date: $"2026-03-0{day}T08:00:00+03:00"))).Expect(201);
            }

            var last = (await doctor.Get($"fhir/Observation/$lastn?patient={patient}&category=vital-signs")).Expect(200);
            Assert.Equal(["2026-03-03", "2026-03-01"], last.Json["entry"]!.AsArray().Select(e => ((string)e!["resource"]!["effectiveDateTime"]!)[..10]));
            Assert.Equal(3, (await doctor.Get($"fhir/Observation/$lastn?patient={patient}&max=2")).Expect(200).Json["entry"]!.AsArray().Count);
            (await doctor.Get($"fhir/Observation/$lastn?patient={patient}&max=0")).Refused(400, "parameter-invalid");
            var posted = (await doctor.Post("fhir/Observation/$lastn", $$$"""{"resourceType":"Parameters","parameter":[{"name":"patient","valueString":"{{{patient}}}"},{"name":"max","valuePositiveInt":3}]}""")).Expect(200);
            Assert.Equal(4, posted.Json["entry"]!.AsArray().Count);
        }
    }
}
