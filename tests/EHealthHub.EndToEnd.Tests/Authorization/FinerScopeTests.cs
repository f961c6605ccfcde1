using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Authorization;

/// <summary>A token with <c>?category=…</c> is kept at every way to a resource: two observations that differ in their category alone, and what the token does not cover is not there.</summary>
public sealed class FinerScopeTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private const string Category = "http://terminology.hl7.org/CodeSystem/observation-category";

    [Theory]
    [InlineData("ministry", "system/Patient.rs system/Observation.cruds?category=" + Category + "|laboratory")]
    [InlineData("hospital-ankara", "system/Observation.cruds?category=" + Category + "|laboratory")]
    public async Task System_token_covers_what_matches_at_reads_histories_and_writes(string institution, string scope)
    {
        using var client = hub.Client(institution);
        var patient = (await client.Post("fhir/Patient", Samples.Patient("Kapsam"))).Expect(201).IdFromLocation();
        var laboratory = (await client.Post("fhir/Observation", Observation(patient, "laboratory"))).Expect(201).IdFromLocation();
        var vital = (await client.Post("fhir/Observation", Observation(patient, "vital-signs"))).Expect(201).IdFromLocation();
        var token = (await client.Form("oauth/token", ("grant_type", "client_credentials"), ("scope", scope))).Expect(200);
        Assert.Equal(scope, (string?)token.Json["scope"]);
        client.Token = (string)token.Json["access_token"]!;

        (await client.Get("fhir/Observation/" + laboratory)).Expect(200);
        (await client.Get($"fhir/Observation/{laboratory}/_history/1")).Expect(200);
        (await client.Get($"fhir/Observation/{laboratory}/_history")).Expect(200);
        foreach (var way in new[] { "", "/_history/1", "/_history", "/$meta" })
        {
            Assert.Contains((await client.Get($"fhir/Observation/{vital}{way}")).Status, (int[])[403, 404]);
        }

        (await client.Put("fhir/Observation/" + laboratory, Observation(patient, "laboratory", laboratory))).Expect(200);
        Assert.Contains((await client.Put("fhir/Observation/" + laboratory, Observation(patient, "vital-signs", laboratory))).Status, (int[])[403, 404]);
        Assert.Contains((await client.Put("fhir/Observation/" + vital, Observation(patient, "laboratory", vital))).Status, (int[])[403, 404]);
        (await client.Post("fhir/Observation", Observation(patient, "laboratory"))).Expect(201);
        Assert.Equal(403, (await client.Post("fhir/Observation", Observation(patient, "vital-signs"))).Status);
        Assert.Contains((await client.Delete("fhir/Observation/" + vital)).Status, (int[])[403, 404]);
        Assert.Equal(403, (await client.Post("fhir/Condition", "{\"resourceType\":\"Condition\",\"subject\":{\"reference\":\"Patient/" + patient + "\"}}")).Status);
        if (institution != "ministry")
        {
            (await client.Get("fhir/Observation/_history")).Refused(403, "history-system-scope");
        }

        Assert.Equal(403, (await client.Get("fhir/Observation/$meta")).Status);
    }

    [Fact]
    public async Task Searches_totals_includes_and_everything_hold_what_matches_and_nothing_else()
    {
        using var ministry = hub.Client("ministry");
        var (patient, doctor) = await hub.TreatedPatient("Kapsam");
        var laboratory = (await ministry.Post("fhir/Observation", Observation(patient, "laboratory"))).Expect(201).IdFromLocation();
        var vital = (await ministry.Post("fhir/Observation", Observation(patient, "vital-signs", member: laboratory))).Expect(201).IdFromLocation();
        doctor.Dispose();

        using var ankara = hub.Client("hospital-ankara");
        var assertion = Trust.Clinicians.CardAssertion.Create(
            hub.Files.Certificate("dr-ayse"), new Uri(hub.Files.BaseAddress, "oauth/token").ToString(), Trust.Certificates.CertificateThumbprint.Of(hub.Files.Certificate("hospital-ankara")), "TREAT", TimeProvider.System.GetUtcNow(),
            "user/Patient.rs user/Observation.rs?category=" + Category + "|laboratory");
        ankara.Token = (string)(await ankara.Form("oauth/token", ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion))).Expect(200).Json["access_token"]!;

        Assert.Equal([laboratory], await Found(ankara, $"fhir/Observation?patient={patient}"));
        Assert.Equal(1, (int)(await ankara.Get($"fhir/Observation?patient={patient}&_summary=count")).Expect(200).Json["total"]!);
        Assert.Equal([laboratory], await Found(ankara, $"fhir/Observation?patient={patient}&_id={laboratory},{vital}"));
        Assert.Empty(await Found(ankara, $"fhir/Observation?patient={patient}&category=vital-signs"));
        Assert.Empty(await Found(ankara, $"fhir/Observation?patient={patient}&has-member={laboratory}"));
        Assert.DoesNotContain(vital, await Found(ankara, $"fhir/Patient?_id={patient}&_revinclude=Observation:patient"));
        Assert.Contains(laboratory, await Found(ankara, $"fhir/Patient?_id={patient}&_revinclude=Observation:patient"));
        Assert.Empty(await Found(ankara, $"fhir/Patient?_id={patient}&_has:Observation:patient:category=vital-signs"));
        Assert.Equal([patient], await Found(ankara, $"fhir/Patient?_id={patient}&_has:Observation:patient:category=laboratory"));
        Assert.DoesNotContain(vital, await Found(ankara, $"fhir/Observation?patient={patient}&_sort=-date&_include=Observation:has-member"));
        var everything = await Found(ankara, $"fhir/Patient/{patient}/$everything");
        Assert.Contains(laboratory, everything);
        Assert.DoesNotContain(vital, everything);
        Assert.Equal(404, (await ankara.Get("fhir/Observation/" + vital)).Status);

        using var system = hub.Client("ministry");
        system.Token = (string)(await system.Form("oauth/token", ("grant_type", "client_credentials"), ("scope", "system/Observation.rs?category=" + Category + "|laboratory"))).Expect(200).Json["access_token"]!;
        Assert.Equal([laboratory], await Found(system, $"fhir/Observation?patient={patient}"));
        Assert.Empty(await Found(system, $"fhir/Observation?_id={vital}"));
        Assert.Equal([laboratory], await Found(system, $"fhir/Observation?_id={laboratory},{vital}"));
    }

    [Fact]
    public async Task Histories_of_a_type_and_of_everything_hold_what_matches_and_nothing_else()
    {
        using var ankara = hub.Client("hospital-ankara");
        var patient = (await ankara.Post("fhir/Patient", Samples.Patient("Geçmiş"))).Expect(201).IdFromLocation();
        var laboratory = (await ankara.Post("fhir/Observation", Observation(patient, "laboratory"))).Expect(201).IdFromLocation();
        var vital = (await ankara.Post("fhir/Observation", Observation(patient, "vital-signs"))).Expect(201).IdFromLocation();
        var became = (await ankara.Post("fhir/Observation", Observation(patient, "laboratory"))).Expect(201).IdFromLocation();
        (await ankara.Put("fhir/Observation/" + became, Observation(patient, "vital-signs", became))).Expect(200);
        var gone = (await ankara.Post("fhir/Observation", Observation(patient, "laboratory"))).Expect(201).IdFromLocation();
        (await ankara.Delete("fhir/Observation/" + gone)).Expect(204);
        var hidden = (await ankara.Post("fhir/Observation", Observation(patient, "vital-signs"))).Expect(201).IdFromLocation();
        (await ankara.Delete("fhir/Observation/" + hidden)).Expect(204);
        using (var whole = hub.Client("ministry"))
        {
            Assert.Superset(new HashSet<string> { laboratory, vital, became, gone, hidden }, await Walked(whole, "fhir/Observation/_history?_count=2"));
        }

        using var system = hub.Client("ministry");
        system.Token = (string)(await system.Form("oauth/token", ("grant_type", "client_credentials"), ("scope", "system/Encounter.r system/Observation.rs?category=" + Category + "|laboratory"))).Expect(200).Json["access_token"]!;
        foreach (var history in new[] { "fhir/Observation/_history", "fhir/_history", "fhir/_history?_count=1", "fhir/Observation/_history?_at=2026-01-01T00:00:00Z" })
        {
            var walked = await Walked(system, history);
            Assert.DoesNotContain(walked, id => id == vital || id == became || id == hidden || id == patient);
            if (!history.Contains("_at", StringComparison.Ordinal))
            {
                Assert.Superset(new HashSet<string> { laboratory, gone }, walked);
            }
        }

        // Reading alone is no search, nor the other way round; and what no scope names is refused as before.
        (await system.Get("fhir/Encounter/_history")).Refused(403, "access-denied");
        (await system.Get("fhir/Patient/_history")).Refused(403, "access-denied");
        (await system.Get("fhir/Practitioner/_history")).Refused(403, "access-denied");
        system.Token = null;
        system.Token = (string)(await system.Form("oauth/token", ("grant_type", "client_credentials"), ("scope", "system/Encounter.r system/Condition.s"))).Expect(200).Json["access_token"]!;
        (await system.Get("fhir/_history")).Refused(403, "access-denied");
    }

    [Theory]
    [InlineData("system/Observation.rs?date=2026")]
    [InlineData("system/Observation.rs?category:not=laboratory")]
    [InlineData("system/Practitioner.rs?identifier=1")]
    [InlineData("system/*.rs?category=laboratory")]
    public async Task Query_that_cannot_be_kept_is_not_granted(string scope)
    {
        using var client = hub.Client("ministry");
        var refused = (await client.Form("oauth/token", ("grant_type", "client_credentials"), ("scope", scope))).Expect(400);
        Assert.Equal("invalid_scope", (string?)refused.Json["error"]);
    }

    private static async Task<string[]> Found(FhirClient client, string address)
    {
        var bundle = (await client.Get(address)).Expect(200);
        return [.. (bundle.Json["entry"]?.AsArray() ?? []).Select(e => e!["resource"]!).Where(r => (string?)r["resourceType"] is "Observation" or "Patient").Select(r => (string)r["id"]!)];
    }

    /// <summary>Ids on all pages of a history.</summary>
    private static async Task<HashSet<string>> Walked(FhirClient client, string address)
    {
        var ids = new HashSet<string>();
        for (string? next = address; next is not null;)
        {
            var page = (await client.Get(next)).Expect(200).Json;
            ids.UnionWith((page["entry"]?.AsArray() ?? []).Select(e => ((string)e!["fullUrl"]!).Split('/')[^1]));
            next = page["link"]!.AsArray().Where(l => (string?)l!["relation"] == "next").Select(l => (string?)l!["url"]).FirstOrDefault();
        }

        return ids;
    }

    private static string Observation(string patient, string category, string? id = null, string? member = null) =>
        "{\"resourceType\":\"Observation\"," + (id is null ? "" : "\"id\":\"" + id + "\",") + "\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":\"" + Category + "\",\"code\":\"" + category + "\"}]}],"
        + "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8867-4\"}]},\"subject\":{\"reference\":\"Patient/" + patient + "\"}" + (member is null ? "" : ",\"hasMember\":[{\"reference\":\"Observation/" + member + "\"}]") + "}";
}
