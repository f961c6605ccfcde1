using System.Globalization;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Rest;

/// <summary>Conditional create, update and delete by any search (R4 3.1.0.4.3, .7.1, .8.1).</summary>
public sealed class ConditionTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Parallel_conditional_creates_by_any_criteria_make_exactly_one_resource()
    {
        using var ministry = hub.Client("ministry");
        var patient = await Patient("Koşut");

        var condition = ("If-None-Exist", $"patient={patient}&code=http://loinc.org|8867-4&date=2026-11-20");
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ministry.Post("fhir/Observation", Samples.Observation($"Patient/{patient}"), condition)));

        Assert.Single(answers, a => a.Expect(a.Status).Status == 201);
        Assert.Equal(15, answers.Count(a => a.Status == 200));
        Assert.Single(answers.Select(a => a.Location).Distinct());
        var found = (await ministry.Get($"fhir/Observation?patient={patient}")).Expect(200);
        Assert.Equal(1, (int?)found.Json["total"]);
    }

    [Fact]
    public async Task Parallel_conditional_creates_over_all_patients_make_exactly_one_resource()
    {
        using var ministry = hub.Client("ministry");
        var condition = ("If-None-Exist", "family=Tekillik&birthdate=1984-05-06");
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ministry.Post("fhir/Patient", Samples.Patient("Tekillik"), condition)));
        Assert.Single(answers, a => a.Expect(a.Status).Status == 201);
        Assert.Equal(15, answers.Count(a => a.Status == 200));
    }

    [Fact]
    public async Task Parallel_conditional_updates_by_identifier_make_one_resource_and_its_versions()
    {
        using var ankara = hub.Client("hospital-ankara");
        var where = "fhir/Patient?identifier=" + Uri.EscapeDataString(Samples.NationalIdSystem + "|12345678950");
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ankara.Put(where, Samples.Patient("Yarış", "12345678950"))));

        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers, a => Assert.Contains(a.Status, new[] { 200, 201, 409 }));
        Assert.Single(answers.Where(a => a.Status < 300).Select(a => a.IdFromLocation()).Distinct());
    }

    [Fact]
    public async Task A_conditional_create_of_several_matches_is_refused_and_so_is_one_that_no_search_allows()
    {
        using var ministry = hub.Client("ministry");
        using var ankara = hub.Client("hospital-ankara");
        var patient = await Patient("Çok");

        var body = Samples.Observation($"Patient/{patient}");
        (await ministry.Post("fhir/Observation", body)).Expect(201);
        (await ministry.Post("fhir/Observation", body)).Expect(201);

        (await ministry.Post("fhir/Observation", body, ("If-None-Exist", $"patient={patient}"))).Refused(412, "conditional-create-many");
        (await ankara.Post("fhir/Observation", body, ("If-None-Exist", "code=8867-4"))).Refused(412, "patient-required");
        (await ministry.Post("fhir/Observation", body, ("If-None-Exist", $"patient={patient}&colour=red"))).Refused(400, "search-parameter-unknown");
        (await ministry.Post("fhir/Observation", body, ("If-None-Exist", "_count=1"))).Refused(400, "condition-invalid");
        (await ministry.Post("fhir/Observation", body, ("If-None-Exist", "kaya"))).Refused(400, "condition-invalid");
        (await ankara.Post("fhir/Observation", body, ("If-None-Exist", $"patient={patient}&code=1"))).Refused(403, "access-denied");
    }

    [Fact]
    public async Task A_conditional_update_creates_updates_or_refuses_as_the_number_of_matches_says()
    {
        using var ankara = hub.Client("hospital-ankara");
        using var ministry = hub.Client("ministry");
        var where = "fhir/Patient?identifier=" + Uri.EscapeDataString(Samples.NationalIdSystem + "|10000000146");
        var body = Samples.Patient("Koşullu", "10000000146");

        var created = (await ankara.Put(where, body)).Expect(201);
        var updated = (await ankara.Put(where, body, ("If-Match", "W/\"7\", W/\"1\""))).Expect(200);
        Assert.Equal((created.IdFromLocation(), "W/\"2\""), (updated.IdFromLocation(), updated.ETag));

        (await ankara.Put(where, body, ("If-Match", "W/\"1\""))).Refused(412, "version-conflict");
        (await ankara.Put(where, body, ("If-None-Match", "*"))).Refused(412, "already-exists");
        (await ankara.Put(where, body.Insert(1, "\"id\":\"another\","))).Refused(400, "condition-id");
        (await ankara.Put(where, body.Insert(1, $"\"id\":\"{created.IdFromLocation()}\","))).Expect(200);
        (await ankara.Put("fhir/Patient?identifier=urn:nobody|1", body.Insert(1, "\"id\":\"mine\","))).Refused(400, "condition-id-own");
        (await ministry.Put("fhir/Patient?identifier=urn:nobody|1", body.Insert(1, "\"id\":\"ours\","))).Expect(201);
        (await ministry.Put("fhir/Patient?identifier=urn:nobody|1", body.Insert(1, "\"id\":\"ours\","))).Refused(409, "condition-id-taken");
        (await ankara.Put(where, body)).Refused(412, "condition-many");
        (await ankara.Put("fhir/Patient", body)).Refused(400, "condition-invalid");
    }

    [Fact]
    public async Task A_conditional_delete_deletes_one_or_within_a_patient_several()
    {
        using var ministry = hub.Client("ministry");
        using var ankara = hub.Client("hospital-ankara");
        var patient = await Patient("Silme");

        foreach (var code in (string[])["8867-4", "718-7", "718-7"])
        {
            (await ministry.Post("fhir/Observation", Samples.Observation($"Patient/{patient}", code))).Expect(201);
        }

        (await ministry.Delete($"fhir/Observation?patient={patient}&code=8867-4")).Expect(204);
        (await ministry.Delete($"fhir/Observation?patient={patient}&code=8867-4")).Expect(204);
        (await ankara.Delete("fhir/Observation?identifier=urn:nobody|1")).Refused(404, "not-found");
        (await ministry.Delete($"fhir/Observation?patient={patient}")).Expect(204);
        Assert.Equal(0, (int?)(await ministry.Get($"fhir/Observation?patient={patient}")).Expect(200).Json["total"]);
        (await ministry.Delete("fhir/Observation")).Refused(400, "condition-invalid");

        (await ankara.Post("fhir/Organization", """{"resourceType":"Organization","name":"Çift Kurum"}""")).Expect(201);
        (await ankara.Post("fhir/Organization", """{"resourceType":"Organization","name":"Çift Kurum"}""")).Expect(201);
        (await ankara.Delete("fhir/Organization?name:exact=" + Uri.EscapeDataString("Çift Kurum"))).Refused(412, "condition-many");
    }

    [Fact]
    public async Task A_condition_may_follow_chains()
    {
        using var ministry = hub.Client("ministry");
        var patient = await Patient("Zincirli");
        var condition = ("If-None-Exist", $"patient={patient}&subject:Patient.family=Zincirli&code=8867-4");
        var created = (await ministry.Post("fhir/Observation", Samples.Observation($"Patient/{patient}"), condition)).Expect(201);
        Assert.Equal(created.Location, (await ministry.Post("fhir/Observation", Samples.Observation($"Patient/{patient}"), condition)).Expect(200).Location);
        (await ministry.Post("fhir/Observation", Samples.Observation($"Patient/{patient}"), ("If-None-Exist", $"patient={patient}&_sort=date"))).Expect(400);
    }

    [Fact]
    public async Task If_none_match_star_lets_a_put_create_only()
    {
        using var ministry = hub.Client("ministry");
        var body = Samples.Patient("Yalnız").Insert(1, "\"id\":\"only-once\",");
        (await ministry.Put("fhir/Patient/only-once", body, ("If-None-Match", "*"))).Expect(201);
        (await ministry.Put("fhir/Patient/only-once", body, ("If-None-Match", "*"))).Refused(412, "already-exists");
        (await ministry.Put("fhir/Patient/only-once", body, ("If-Match", "*"))).Expect(200);
        (await ministry.Delete("fhir/Patient/only-once", ("If-Match", "W/\"1\",W/\"2\""))).Expect(204);
        (await ministry.Put("fhir/Patient/only-once", body, ("If-None-Match", "*"))).Expect(201);
        (await ministry.Put("fhir/Patient/only-once", body, ("If-Match", "nonsense"))).Refused(400, "if-match-invalid");
    }

    [Fact]
    public async Task A_write_answers_with_what_prefer_asks_for()
    {
        using var ankara = hub.Client("hospital-ankara");
        var outcome = (await ankara.Post("fhir/Patient", Samples.Patient("Tercih"), ("Prefer", "return=OperationOutcome"))).Expect(201);
        Assert.Equal("OperationOutcome", (string?)outcome.Json["resourceType"]);
        Assert.Equal("information", (string?)outcome.Json["issue"]![0]!["severity"]);

        var bundle = Samples.Bundle("transaction", Samples.Entry("urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60", Samples.Patient("Tercih"), "POST", "Patient"));
        var whole = (await ankara.Post("fhir", bundle, ("Prefer", "return=representation"))).Expect(200);
        Assert.Equal("Tercih", (string?)whole.Json["entry"]![0]!["resource"]!["name"]![0]!["family"]);
        var said = (await ankara.Post("fhir", bundle, ("Prefer", "return=OperationOutcome"))).Expect(200);
        Assert.Equal("allok", (string?)said.Json["entry"]![0]!["response"]!["outcome"]!["issue"]![0]!["details"]!["coding"]![0]!["code"]);
        var least = (await ankara.Post("fhir", bundle)).Expect(200);
        Assert.Null(least.Json["entry"]![0]!["resource"]);
    }

    [Fact]
    public async Task A_transaction_writes_under_conditions_and_fails_when_two_of_them_meet()
    {
        using var ministry = hub.Client("ministry");
        var patient = await Patient("Toplu koşul");

        var observation = Samples.Observation($"Patient/{patient}");
        string Put(string query) => $$$"""{"resource":{{{observation}}},"request":{"method":"PUT","url":"Observation?{{{query}}}"}}""";
        string Post(string query) => $$$"""{"resource":{{{observation}}},"request":{"method":"POST","url":"Observation","ifNoneExist":"{{{query}}}"}}""";

        (await ministry.Post("fhir", Samples.Bundle("transaction", Put($"patient={patient}&code=8867-4"), Put($"patient={patient}&status=final")))).Refused(412, "conditional-create-twice");
        (await ministry.Post("fhir", Samples.Bundle("transaction", Post($"patient={patient}&code=8867-4"), Post($"patient={patient}&status=final")))).Refused(412, "conditional-create-twice");
        var created = (await ministry.Post("fhir", Samples.Bundle("transaction", Put($"patient={patient}&code=8867-4")))).Expect(200);
        Assert.StartsWith("201", (string)created.Json["entry"]![0]!["response"]!["status"]!, StringComparison.Ordinal);

        var twice = (await ministry.Post("fhir", Samples.Bundle("transaction", Put($"patient={patient}&code=8867-4"), Put($"patient={patient}&status=final")))).Refused(400, "bundle-duplicate-identity");
        Assert.Equal("Bundle.entry[1]", twice.OutcomeExpression);
        var matched = (await ministry.Post("fhir", Samples.Bundle("transaction", Post($"patient={patient}&code=8867-4"), Post($"patient={patient}&status=final")))).Expect(200);
        Assert.All(matched.Json["entry"]!.AsArray(), e => Assert.StartsWith("200", (string)e!["response"]!["status"]!, StringComparison.Ordinal));

        var deleted = (await ministry.Post("fhir", Samples.Bundle("transaction", $$$"""{"request":{"method":"DELETE","url":"Observation?patient={{{patient}}}"}}"""))).Expect(200);
        Assert.StartsWith("204", (string)deleted.Json["entry"]![0]!["response"]!["status"]!, StringComparison.Ordinal);
        Assert.Equal(0, (int?)(await ministry.Get($"fhir/Observation?patient={patient}")).Expect(200).Json["total"]);
    }

    [Fact]
    public async Task A_conditional_reference_by_any_criteria_finds_the_directory_and_what_the_same_bundle_makes()
    {
        using var ankara = hub.Client("hospital-ankara");
        const string urn = "urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60";
        (await ankara.Post("fhir/Organization", """{"resourceType":"Organization","name":"Ölçütle Bulunan","active":true}""")).Expect(201);
        string Encounter(string organization) => Samples.Encounter(urn, "finished").Replace("\"period\"", $"\"serviceProvider\":{{\"reference\":\"{organization}\"}},\"period\"", StringComparison.Ordinal);
        string Bundle(string organization, params string[] more) => Samples.Bundle("transaction", [Samples.Entry(urn, Samples.Patient("Ölçüt"), "POST", "Patient"), Samples.Entry("urn:uuid:1b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f61", Encounter(organization), "POST", "Encounter"), .. more]);

        var found = (await ankara.Post("fhir", Bundle("Organization?name=%C3%96l%C3%A7%C3%BCtle&active=true"))).Expect(200);
        var stored = (await ankara.Get("fhir/" + (string)found.Json["entry"]![1]!["response"]!["location"]!)).Expect(200);
        Assert.Matches("^Organization/[0-9a-f-]{36}$", (string)stored.Json["serviceProvider"]!["reference"]!);

        var made = Samples.Entry("urn:uuid:2b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f62", """{"resourceType":"Organization","name":"Birlikte Gelen"}""", "POST", "Organization");
        (await ankara.Post("fhir", Bundle("Organization?name=Birlikte"))).Refused(412, "reference-no-match");
        (await ankara.Post("fhir", Bundle("Organization?name=Birlikte", made))).Expect(200);
        (await ankara.Post("fhir", Bundle("Organization?name=Birlikte", made))).Refused(412, "reference-many-matches");
    }

    [Fact]
    public async Task A_batch_looks_conditionally_heads_and_reads_histories()
    {
        using var ankara = hub.Client("hospital-ankara");
        var id = (await ankara.Post("fhir/Patient", Samples.Patient("Bakış"))).Expect(201).IdFromLocation();
        string Look(string method, string url, string more = "") => $$$"""{"request":{"method":"{{{method}}}","url":"{{{url}}}"{{{more}}}}}""";
        var answer = (await ankara.Post("fhir", Samples.Bundle(
            "batch",
            Look("GET", $"Patient/{id}", ",\"ifNoneMatch\":\"W/\\\"1\\\"\""),
            Look("GET", $"Patient/{id}", ",\"ifModifiedSince\":\"" + TimeProvider.System.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) + "\""),
            Look("HEAD", $"Patient/{id}"),
            Look("GET", $"Patient/{id}/_history?_count=5"),
            Look("GET", $"Patient/{id}/Observation"),
            Look("GET", "?_type=Organization&_count=1"),
            Look("GET", $"Patient/{id}/$meta-nothing")))).Expect(200);
        var entries = answer.Json["entry"]!.AsArray();

        Assert.Equal(["304", "304", "200", "200", "403", "200", "404"], entries.Select(e => ((string)e!["response"]!["status"]!)[..3]));
        Assert.Equal([false, false, false, true, false, true, false], entries.Select(e => e!["resource"] is not null));
        Assert.Equal("history", (string?)entries[3]!["resource"]!["type"]);
    }

    private async Task<string> Patient(string family)
    {
        using var ankara = hub.Client("hospital-ankara");
        return (await ankara.Post("fhir/Patient", Samples.Patient(family))).Expect(201).IdFromLocation();
    }
}
