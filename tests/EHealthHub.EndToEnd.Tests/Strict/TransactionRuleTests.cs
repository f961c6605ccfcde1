using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Strict;

/// <summary>The order and the links of transactions, and the independence of a batch's entries (R4 3.1.0.11, 2.36.4.1).</summary>
public sealed class TransactionRuleTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private const string One = "urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60";
    private const string Two = "urn:uuid:1b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f61";

    // R4 3.1.0.11.2; E11.
    [Fact]
    public async Task Deletes_come_before_creates_these_before_updates_and_looks_come_last()
    {
        using var ministry = hub.Client("ministry");
        var old = await ministry.Create("Organization", Organization("Eski", "7"));
        var kept = await ministry.Create("Organization", Organization("Kalan", "8"));
        var bundle = Samples.Bundle(
            "transaction",
            """{"request":{"method":"GET","url":"Organization?identifier=urn:sira|7"}}""",
            Entry(Organization("Güncel", "8").Insert(1, $"\"id\":\"{kept}\","), "PUT", $"Organization/{kept}"),
            Samples.Entry(One, Organization("Yeni", "7"), "POST", "Organization"),
            Entry(null, "DELETE", $"Organization/{old}"));

        var answer = (await ministry.Post("fhir", bundle)).Expect(200).Json["entry"]!.AsArray();

        Assert.Equal(["200", "200", "201", "204"], answer.Select(e => ((string)e!["response"]!["status"]!)[..3]));
        var found = answer[0]!["resource"]!;
        Assert.Equal((1, "Yeni"), ((int?)found["total"], (string?)found["entry"]![0]!["resource"]!["name"]));
        (await ministry.Get($"fhir/Organization/{old}")).Expect(410);
    }

    // R4 3.1.0.11.2; E11.
    [Fact]
    public async Task One_identity_twice_fails_the_whole_with_one_outcome_and_stores_nothing()
    {
        using var ministry = hub.Client("ministry");
        var id = await ministry.Create("Organization", Organization("İki kez", "9"));
        var put = Entry(Organization("Başka", "9").Insert(1, $"\"id\":\"{id}\","), "PUT", $"Organization/{id}");
        foreach (var second in (string[])[put, Entry(null, "DELETE", $"Organization/{id}"), Entry(Organization("Koşullu", "9"), "PUT", "Organization?identifier=urn:sira|9")])
        {
            var refused = (await ministry.Post("fhir", Samples.Bundle("transaction", put, second, Samples.Entry(One, Organization("Yan", "10"), "POST", "Organization")))).Refused(400, "bundle-duplicate-identity");
            Assert.Contains("entry[", refused.OutcomeExpression, StringComparison.Ordinal);
        }

        Assert.Equal("W/\"1\"", (await ministry.Get($"fhir/Organization/{id}")).Expect(200).ETag);
        Assert.Equal(0, (int?)(await ministry.Get("fhir/Organization?identifier=urn:sira|10")).Expect(200).Json["total"]);
    }

    // R4 3.1.0.11.2; E12.
    [Fact]
    public async Task Links_are_rewritten_where_they_are_links_and_nowhere_else()
    {
        using var ministry = hub.Client("ministry");
        var parent = Organization("Üst", "11");
        var child = $$$"""
            {"resourceType":"Organization","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"{{{One}}}\">Üst</a></div>"},
            "extension":[{"url":"http://example.org/uri","valueUri":"{{{One}}}"},{"url":"http://example.org/canonical","valueCanonical":"{{{One}}}"},{"url":"http://example.org/text","valueString":"{{{One}}}"},
            {"url":"http://example.org/file","valueAttachment":{"contentType":"text/plain","url":"{{{One}}}"}}],"name":"Alt","partOf":{"reference":"{{{One}}}"}}
            """;
        var answer = (await ministry.Post("fhir", Samples.Bundle("transaction", Samples.Entry(Two, child, "POST", "Organization"), Samples.Entry(One, parent, "POST", "Organization")))).Expect(200);
        var made = "Organization/" + Id(answer, 1);
        var stored = (await ministry.Get("fhir/Organization/" + Id(answer, 0))).Expect(200).Json;

        Assert.Equal(made, (string?)stored["partOf"]!["reference"]);
        Assert.Contains($"href=\"{made}\"", (string?)stored["text"]!["div"], StringComparison.Ordinal);
        Assert.Equal([made, One, One], stored["extension"]!.AsArray().Take(3).Select(e => (string?)(e!["valueUri"] ?? e["valueCanonical"] ?? e["valueString"])));
        Assert.Equal(made, (string?)stored["extension"]![3]!["valueAttachment"]!["url"]);
    }

    // R4 3.1.0.11.2; E12.
    [Fact]
    public async Task Circles_are_allowed_and_versioned_references_stay_versioned()
    {
        using var ministry = hub.Client("ministry");
        var existing = await ministry.Create("Organization", Organization("Var", "12"));
        string Part(string of) => $$$"""{"resourceType":"Organization","name":"Halka","partOf":{"reference":"{{{of}}}"}}""";
        var answer = (await ministry.Post("fhir", Samples.Bundle("transaction", Samples.Entry(One, Part(Two), "POST", "Organization"), Samples.Entry(Two, Part(One), "POST", "Organization"), Entry(Part($"Organization/{existing}/_history/1"), "POST", "Organization")))).Expect(200);

        Assert.Equal("Organization/" + Id(answer, 1), await PartOf(Id(answer, 0)));
        Assert.Equal("Organization/" + Id(answer, 0), await PartOf(Id(answer, 1)));
        Assert.Equal($"Organization/{existing}/_history/1", await PartOf(Id(answer, 2)));

        async Task<string?> PartOf(string id) => (string?)(await ministry.Get($"fhir/Organization/{id}")).Expect(200).Json["partOf"]!["reference"];
    }

    // R4 3.1.0.11.2; E13.
    [Fact]
    public async Task Conditional_references_are_for_transactions_alone()
    {
        using var ministry = hub.Client("ministry");
        await ministry.Create("Organization", Organization("Koşul", "13"));
        const string part = """{"resourceType":"Organization","name":"Şube","partOf":{"reference":"Organization?identifier=urn:sira|13"}}""";
        Assert.InRange((await ministry.Post("fhir/Organization", part)).Refused((await ministry.Post("fhir/Organization", part)).Status).Status, 400, 422);
        var batch = (await ministry.Post("fhir", Samples.Bundle("batch", Entry(part, "POST", "Organization")))).Expect(200);
        Assert.StartsWith("4", (string)batch.Json["entry"]![0]!["response"]!["status"]!, StringComparison.Ordinal);
        (await ministry.Post("fhir", Samples.Bundle("transaction", Entry(part, "POST", "Organization")))).Expect(200);
        (await ministry.Post("fhir", Samples.Bundle("transaction", Entry(part.Replace("|13", "|none", StringComparison.Ordinal), "POST", "Organization")))).Refused(412, "reference-no-match");
        await ministry.Create("Organization", Organization("Koşul", "13"));
        (await ministry.Post("fhir", Samples.Bundle("transaction", Entry(part, "POST", "Organization")))).Refused(412, "reference-many-matches");
    }

    // R4 3.1.0.11.1; E14.
    [Fact]
    public async Task A_batch_honours_the_conditions_of_each_entry_and_links_none_to_another()
    {
        using var ministry = hub.Client("ministry");
        var id = await ministry.Create("Organization", Organization("Küme", "14"));
        string Get(string more) => $$$"""{"request":{"method":"GET","url":"Organization/{{{id}}}"{{{more}}}}}""";
        var put = Organization("Küme", "14").Insert(1, $"\"id\":\"{id}\",");
        var answer = (await ministry.Post("fhir", Samples.Bundle(
            "batch",
            Entry(put, "PUT", $"Organization/{id}", ",\"ifMatch\":\"W/\\\"9\\\"\""),
            Get(",\"ifNoneMatch\":\"W/\\\"1\\\"\""),
            Get(",\"ifModifiedSince\":\"2099-01-01T00:00:00Z\""),
            Get(",\"ifNoneMatch\":\"W/\\\"9\\\"\""),
            Entry(Organization("Küme", "14"), "POST", "Organization", ",\"ifNoneExist\":\"identifier=urn:sira|14\""),
            Samples.Entry(One, Organization("Üst", "15"), "POST", "Organization"),
            Entry($$$"""{"resourceType":"Organization","name":"Alt","partOf":{"reference":"{{{One}}}"}}""", "POST", "Organization"),
            """{"request":{"method":"GET","url":"NoSuchType/1"}}"""))).Expect(200).Json["entry"]!.AsArray();

        Assert.Equal(["412", "304", "304", "200", "200", "201"], answer.Take(6).Select(e => ((string)e!["response"]!["status"]!)[..3]));
        Assert.All(answer.Skip(6), e => Assert.StartsWith("4", (string)e!["response"]!["status"]!, StringComparison.Ordinal));
        Assert.All(answer.Skip(6), e => Assert.NotNull(e!["response"]!["outcome"]));
    }

    // R4 2.36.4.1; E15.
    [Fact]
    public async Task A_relative_reference_is_resolved_against_the_root_of_its_own_entry()
    {
        using var ministry = hub.Client("ministry");
        string Root(string root, string type, string id) => $"https://{root}.example/fhir/{type}/{id}";
        string Encounter(string patient) => Samples.Encounter(patient, "finished");
        string[] Roots(string other) =>
        [
            Samples.Entry(Root("one", "Patient", "1"), Samples.Patient("Birinci"), "POST", "Patient"),
            Samples.Entry(Root("two", "Patient", other), Samples.Patient("İkinci"), "POST", "Patient"),
            Samples.Entry(Root("one", "Encounter", "2"), Encounter("Patient/1"), "POST", "Encounter"),
            Samples.Entry(Root("two", "Encounter", "2"), Encounter("Patient/" + other), "POST", "Encounter"),
            Samples.Entry(Root("two", "Encounter", "3"), Encounter(Root("one", "Patient", "1")), "POST", "Encounter"),
        ];
        await Resolved((await ministry.Post("fhir", Samples.Bundle("transaction", Roots("2")))).Expect(200));

        // The same relative reference under two roots is told apart, and never taken for the other's.
        await Resolved((await ministry.Post("fhir", Samples.Bundle("transaction", Roots("1")))).Expect(200));

        async Task Resolved(FhirAnswer answer)
        {
            var subjects = await Task.WhenAll(Enumerable.Range(2, 3).Select(async i => ((string)(await ministry.Get("fhir/Encounter/" + Id(answer, i))).Expect(200).Json["subject"]!["reference"]!)[8..]));
            Assert.Equal([Id(answer, 0), Id(answer, 1), Id(answer, 0)], subjects);
        }

        // An entry named by a urn has no root: its relative references mean the server's resources.
        var refused = await ministry.Post("fhir", Samples.Bundle("transaction", Samples.Entry(One, Samples.Patient("Üçüncü"), "POST", "Patient"), Samples.Entry(Two, Encounter("Patient/0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60"), "POST", "Encounter")));
        Assert.NotEqual(500, refused.Status);
        if (refused.Status == 200)
        {
            var subject = (string?)(await ministry.Get("fhir/Encounter/" + Id(refused, 1))).Expect(200).Json["subject"]!["reference"];
            Assert.Equal("Patient/0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60", subject);
        }
    }

    // R4 3.1.0.11.2: deletes come first, so that a create's condition is asked of what is left.
    [Fact]
    public async Task A_create_under_a_condition_does_not_see_what_the_same_transaction_deletes()
    {
        using var ministry = hub.Client("ministry");
        var old = await ministry.Create("Organization", Organization("Eski", "20"));
        foreach (var delete in (string[])["Organization/" + old, "Organization?identifier=urn:sira|20"])
        {
            var create = Entry(Organization("Yeni", "20"), "POST", "Organization", ",\"ifNoneExist\":\"identifier=urn:sira|20\"");
            var answer = (await ministry.Post("fhir", Samples.Bundle("transaction", create, Entry(null, "DELETE", delete)))).Expect(200);
            Assert.Equal(["201", "204"], answer.Json["entry"]!.AsArray().Select(e => ((string)e!["response"]!["status"]!)[..3]));
            (await ministry.Get($"fhir/Organization/{old}")).Expect(410);
            old = Id(answer, 0);
        }

        // Of two that match one is deleted and the other is the match; a third is one too many.
        var second = await ministry.Create("Organization", Organization("İkinci", "20"));
        string Replace() => Samples.Bundle("transaction", Entry(null, "DELETE", "Organization/" + old), Entry(Organization("Fazla", "20"), "POST", "Organization", ",\"ifNoneExist\":\"identifier=urn:sira|20\""));
        var matched = (await ministry.Post("fhir", Replace())).Expect(200);
        Assert.Equal(("200", second), (((string)matched.Json["entry"]![1]!["response"]!["status"]!)[..3], Id(matched, 1)));
        (old, _) = (await ministry.Create("Organization", Organization("Üç", "20")), await ministry.Create("Organization", Organization("Dört", "20")));
        (await ministry.Post("fhir", Replace())).Refused(412, "conditional-create-many");

        // By a search as by an identifier.
        var named = await ministry.Create("Organization", Organization("Adlı Kurum", "21"));
        var byName = (await ministry.Post("fhir", Samples.Bundle("transaction", Entry(null, "DELETE", "Organization/" + named), Entry(Organization("Adlı Kurum", "22"), "POST", "Organization", ",\"ifNoneExist\":\"name:exact=Adlı Kurum\"")))).Expect(200);
        Assert.Equal("201", ((string)byName.Json["entry"]![1]!["response"]!["status"]!)[..3]);

        // An update by condition that leads to what is deleted is an identity twice.
        (await ministry.Post("fhir", Samples.Bundle("transaction", Entry(null, "DELETE", "Organization/" + Id(byName, 1)), Entry(Organization("Adlı Kurum", "22"), "PUT", "Organization?identifier=urn:sira|22")))).Refused(400, "bundle-duplicate-identity");
    }

    // R4 3.1.0.11.2: resolved identities overlap, whatever the verbs.
    [Fact]
    public async Task Conditions_of_different_verbs_that_meet_fail_the_whole()
    {
        using var ministry = hub.Client("ministry");
        var id = await ministry.Create("Organization", Organization("Buluşma", "30"));
        const string patch = """{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Organization"},{"name":"name","valueString":"active"},{"name":"value","valueBoolean":true}]}]}""";
        string[] meeting =
        [
            Entry(patch, "PATCH", "Organization?identifier=urn:sira|30"),
            Entry(Organization("Buluşma", "30"), "PUT", "Organization?name:exact=Buluşma"),
            Entry(null, "DELETE", "Organization?name:exact=Buluşma&identifier=urn:sira|30"),
            Entry(Organization("Buluşma", "30").Insert(1, $"\"id\":\"{id}\","), "PUT", "Organization/" + id),
        ];
        for (var one = 0; one < meeting.Length; one++)
        {
            for (var other = 0; other < meeting.Length; other++)
            {
                if (one != other)
                {
                    (await ministry.Post("fhir", Samples.Bundle("transaction", meeting[one], meeting[other]))).Refused(400, "bundle-duplicate-identity");
                }
            }
        }

        Assert.Equal("W/\"1\"", (await ministry.Get($"fhir/Organization/{id}")).Expect(200).ETag);

        // A delete of several meets an update of one of them.
        var several = await ministry.CreateAll("Organization", Organization("Birden çok", "31"), Organization("Birden çok", "31"));
        foreach (var other in (string[])[Entry(Organization("Birden çok", "31").Insert(1, $"\"id\":\"{several[1]}\","), "PUT", "Organization/" + several[1]), Entry(patch, "PATCH", "Organization/" + several[0]), Entry(null, "DELETE", "Organization/" + several[1])])
        {
            (await ministry.Post("fhir", Samples.Bundle("transaction", other, Entry(null, "DELETE", "Organization?identifier=urn:sira|31")))).Refused(400, "bundle-duplicate-identity");
        }

        Assert.Equal(2, (int?)(await ministry.Get("fhir/Organization?identifier=urn:sira|31")).Expect(200).Json["total"]);
    }

    // R4 3.1.0.12: the history says by which method a version came.
    [Fact]
    public async Task A_version_that_an_update_made_is_a_put_in_the_history()
    {
        using var ministry = hub.Client("ministry");
        var put = Organization("Kendi kimliği", "40").Insert(1, "\"id\":\"kendi-40\",");
        (await ministry.Put("fhir/Organization/kendi-40", put)).Expect(201);
        (await ministry.Put("fhir/Organization/kendi-40", put)).Expect(200);
        (await ministry.Delete("fhir/Organization/kendi-40")).Expect(204);
        (await ministry.Put("fhir/Organization/kendi-40", put)).Expect(201);
        var posted = await ministry.Create("Organization", Organization("Hub'ın kimliği", "41"));

        string[] expected = ["PUT Organization/kendi-40 201", "DELETE Organization/kendi-40 204", "PUT Organization/kendi-40 200", "PUT Organization/kendi-40 201"];
        Assert.Equal(expected, Told(await ministry.Get("fhir/Organization/kendi-40/_history")));
        Assert.Equal(["POST Organization 201"], Told(await ministry.Get($"fhir/Organization/{posted}/_history")));
        Assert.Equal(expected, Told(await ministry.Get("fhir/Organization/_history?_count=200")).Where(t => t.Contains("kendi-40", StringComparison.Ordinal)));

        static IEnumerable<string> Told(FhirAnswer page) => page.Expect(200).Json["entry"]!.AsArray().Select(e => $"{e!["request"]!["method"]} {e["request"]!["url"]} {e["response"]!["status"]}");
    }

    private static string Organization(string name, string number) => $$$"""{"resourceType":"Organization","identifier":[{"system":"urn:sira","value":"{{{number}}}"}],"name":"{{{name}}}"}""";

    private static string Entry(string? resource, string method, string url, string more = "") =>
        resource is null ? $$$"""{"request":{"method":"{{{method}}}","url":"{{{url}}}"{{{more}}}}}""" : $$$"""{"resource":{{{resource}}},"request":{"method":"{{{method}}}","url":"{{{url}}}"{{{more}}}}}""";

    private static string Id(FhirAnswer answer, int entry) => ((string)answer.Json["entry"]![entry]!["response"]!["location"]!).Split('/')[^3];
}
