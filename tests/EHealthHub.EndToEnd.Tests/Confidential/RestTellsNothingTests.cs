using System.Globalization;
using System.Text.RegularExpressions;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Confidential;

/// <summary>Ways around: pages and jobs of others, cursors that outlive a right, metrics, what once existed.</summary>
[Collection(SharedWorlds.Name)]
public sealed partial class RestTellsNothingTests(Worlds worlds)
{
    [Fact]
    public async Task Every_page_of_a_search()
    {
        foreach (var letters in new[] { Worlds.Hidden, Worlds.Masked })
        {
            var told = new List<string>();
            foreach (var letter in letters)
            {
                var pages = new List<string>();
                for (var next = $"Observation?patient=p-{letter}&_count=1"; next.Length > 0; next = await Next(worlds.Mehmet, next))
                {
                    pages.Add(await worlds.Ask(worlds.Mehmet, HttpMethod.Get, next, letter, expected: 200));
                    Assert.True(pages.Count < 50, "no last page");
                }

                told.Add(string.Join("\n=====\n", pages));
            }

            Assert.Single(told.Distinct());
        }
    }

    [Fact]
    public async Task A_page_of_another_caller()
    {
        var told = new List<string>();
        foreach (var letter in Worlds.Hidden)
        {
            // Made for one who sees all of it.
            var next = await Next(worlds.Ministry, $"Observation?patient=p-{letter}&_count=2");
            told.Add(await worlds.Ask(worlds.Mehmet, HttpMethod.Get, next, letter, expected: 400));
            told.Add(await worlds.Ask(worlds.Izmir, HttpMethod.Get, next, letter, expected: 400));
            told.Add(await worlds.Ask(worlds.Ayse, HttpMethod.Get, next, letter, expected: 400));
        }

        Assert.Single(told.Distinct());
    }

    /// <summary>A continuation gives no right: the next page is decided when it is asked for.</summary>
    [Fact]
    public async Task A_page_after_the_relationship_ended()
    {
        using var ankara = worlds.Hub.Client("hospital-ankara");
        using var doctor = await worlds.Hub.Clinician("dr-ayse", "hospital-ankara");
        var patient = (await ankara.Post("fhir/Patient", Samples.Patient("Sayfa"))).Expect(201).IdFromLocation();
        var encounter = (await ankara.Post("fhir/Encounter", Samples.Encounter("Patient/" + patient, "in-progress"))).Expect(201).IdFromLocation();
        for (var i = 0; i < 4; i++)
        {
            (await ankara.Post("fhir/Observation", Samples.Observation("Patient/" + patient))).Expect(201);
        }

        var next = await Next(doctor, $"Observation?patient={patient}&_count=2");
        (await doctor.Get("fhir/" + next)).Expect(200);
        (await ankara.Put("fhir/Encounter/" + encounter, Samples.Encounter("Patient/" + patient, "finished").Insert(1, $"\"id\":\"{encounter}\","))).Expect(200);
        (await doctor.Get("fhir/" + next)).Refused(403, "access-denied");
    }

    [Fact]
    public async Task A_page_after_the_patient_withdrew()
    {
        var (record, patient) = await OfZeynep();
        using var doctor = worlds.Hub.Client("hospital-ankara");
        doctor.Token = await worlds.Hub.Token("dr-ayse", "hospital-ankara");
        var next = await Next(doctor, $"Observation?patient={record}&_count=2");
        (await doctor.Get("fhir/" + next)).Expect(200);
        using var citizen = worlds.Hub.Client(Zeynep.Name);
        var deny = (await citizen.Post("fhir/Consent", DenyAll(record))).Expect(201).IdFromLocation();
        var refused = await worlds.Ask(doctor, HttpMethod.Get, next, 'a', expected: 403);
        var nobody = await worlds.Ask(worlds.Ayse, HttpMethod.Get, "Observation?patient=nobody", 'a', expected: 403);
        Assert.Equal(nobody, refused);
        var reading = await worlds.Ask(doctor, HttpMethod.Get, "Patient/" + record, 'a', expected: 404);
        Assert.Equal(await worlds.Ask(doctor, HttpMethod.Get, "Patient/01997a2e-0000-7000-8000-000000000000", 'a', expected: 404), reading);
        (await citizen.Delete("fhir/Consent/" + deny)).Expect(204);
        (await doctor.Get("fhir/" + next)).Expect(200);
        Assert.NotEmpty(patient);
    }

    [Fact]
    public async Task A_job_of_another_caller()
    {
        using var accepted = await worlds.Ministry.Stream(HttpMethod.Get, "fhir/Observation?patient=p-a", null, [("Prefer", "respond-async")]);
        Assert.Equal(202, (int)accepted.StatusCode);
        var job = accepted.Content.Headers.ContentLocation!.ToString();
        var relative = job[(job.IndexOf("/fhir/", StringComparison.Ordinal) + "/fhir/".Length)..];
        foreach (var client in new[] { worlds.Mehmet, worlds.Izmir, worlds.Ayse })
        {
            foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head, HttpMethod.Delete])
            {
                var theirs = await worlds.Ask(client, method, relative, 'a', expected: 404);
                var nobodys = await worlds.Ask(client, method, GuidText().Replace(relative, "01997a2e-0000-7000-8000-000000000000"), 'a', expected: 404);
                Assert.Equal(nobodys, theirs);
            }
        }
    }

    [Fact]
    public async Task The_answer_that_nobody_waited_for()
    {
        foreach (var letters in new[] { Worlds.Hidden, Worlds.Masked })
        {
            foreach (var path in new[] { "Observation?patient=p-@", "Observation/h1-@/_history", "Patient/p-@/$everything" })
            {
                var told = new List<string>();
                foreach (var letter in letters)
                {
                    using var accepted = await worlds.Mehmet.Stream(HttpMethod.Get, "fhir/" + path.Replace('@', letter), null, [("Prefer", "respond-async")]);
                    Assert.Equal(202, (int)accepted.StatusCode);
                    var job = accepted.Content.Headers.ContentLocation!.PathAndQuery["/fhir/".Length..];
                    string result;
                    for (var i = 0; (result = await worlds.Ask(worlds.Mehmet, HttpMethod.Get, job, letter)).StartsWith("202", StringComparison.Ordinal); i++)
                    {
                        Assert.True(i < 200, "the job did not end");
                        await Task.Delay(25);
                    }

                    told.Add(result);
                }

                Assert.Single(told.Distinct());
            }
        }
    }

    [Fact]
    public async Task How_far_a_reindexing_is_and_how_many_records_there_are()
    {
        foreach (var client in new[] { worlds.Mehmet, worlds.Izmir, worlds.Ayse })
        {
            var before = await worlds.Ask(client, HttpMethod.Get, "SearchParameter/$status", 'a', expected: 200);
            (await worlds.Ministry.Post("fhir/Patient", Samples.Patient("Sayılan"))).Expect(201);
            Assert.Equal(before, await worlds.Ask(client, HttpMethod.Get, "SearchParameter/$status", 'a', expected: 200));
        }

        Assert.Contains("compartmentsAll", (await worlds.Ministry.Get("fhir/SearchParameter/$status")).Expect(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_not_served_where_participants_are()
    {
        foreach (var path in (string[])["metrics", "health/ready", "fhir/metrics"])
        {
            Assert.Equal(404, (await worlds.Mehmet.Get(path)).Status);
        }
    }

    [Fact]
    public async Task The_statement_of_what_is_served() => await worlds.Same("metadata?mode=full&x=@", expected: 200);

    /// <summary>A quota counts requests, not what they found.</summary>
    [Fact]
    public async Task A_hundred_guesses_at_once_are_answered_alike()
    {
        var hidden = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => worlds.Ask(worlds.Mehmet, HttpMethod.Get, "Observation/h1-a", 'a')));
        var never = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => worlds.Ask(worlds.Mehmet, HttpMethod.Get, "Observation/h1-c", 'c')));
        Assert.Single(hidden.Concat(never).Distinct());
    }

    /// <summary>A record that is gone for good answers as one that never was, but to those who see everything.</summary>
    [Fact]
    public async Task A_proof_of_an_entry_tells_whose_it_is_to_nobody()
    {
        var hidden = (await worlds.Mehmet.Get("fhir/Observation/h1-a")).Refused(404).Receipt!;
        var never = (await worlds.Mehmet.Get("fhir/Observation/h1-c")).Refused(404).Receipt!;
        Assert.Equal(hidden.Split('/')[..^2], never.Split('/')[..^2]);
        var (one, other) = (await HubFixture.Proof(worlds.Mehmet, hidden), await HubFixture.Proof(worlds.Mehmet, never));
        Assert.DoesNotContain("h1-a", one, StringComparison.Ordinal);
        Assert.Equal(one.Split('\n')[0], other.Split('\n')[0]);
    }

    private async Task<(string Record, string Encounter)> OfZeynep()
    {
        var record = await Zeynep.Record(worlds.Hub);
        using var ankara = worlds.Hub.Client("hospital-ankara");
        return (record, (await ankara.Post("fhir/Encounter", Samples.Encounter("Patient/" + record, "in-progress"))).Expect(201).IdFromLocation());
    }

    private static string DenyAll(string patient) =>
        $$$"""{"resourceType":"Consent","status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},"category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"reference":"Patient/{{{patient}}}"},"performer":[{"reference":"Patient/{{{patient}}}"}],"dateTime":"2026-11-01","policyRule":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"OPTOUT"}]},"provision":{"type":"deny"}}""";

    /// <summary>Where the next page is; empty after the last.</summary>
    private static async Task<string> Next(FhirClient client, string path)
    {
        var url = (await client.Get("fhir/" + path)).Expect(200).Json["link"]!.AsArray().Where(l => (string?)l!["relation"] == "next").Select(l => (string?)l!["url"]).FirstOrDefault();
        return url is null ? "" : url[(url.IndexOf("/fhir/", StringComparison.Ordinal) + "/fhir/".Length)..];
    }

    [GeneratedRegex("[0-9a-zA-Z_-]{20,}$")]
    private static partial Regex GuidText();
}
