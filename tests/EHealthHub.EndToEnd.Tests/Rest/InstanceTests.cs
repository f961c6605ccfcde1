using System.Globalization;
using System.Net;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Rest;

/// <summary>create, read, vread, update, delete and history as R4 3.1.0 has them, through mutual TLS.</summary>
public sealed class InstanceTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_created_patient_comes_back_byte_for_byte_with_its_version_marks()
    {
        using var ankara = hub.Client("hospital-ankara");
        const string posted = """{"resourceType":"Patient","extension":[{"url":"http://example.org/weight","valueDecimal":72.500}],"name":[{"family":"Y\u0131ld\u0131z","given":["Şule","Ay/e"]}],"birthDate":"1984-05-06"}""";

        var created = (await ankara.Post("fhir/Patient", posted)).Expect(201);
        var id = created.IdFromLocation();
        var read = (await ankara.Get($"fhir/Patient/{id}")).Expect(200);

        Assert.Equal("W/\"1\"", created.ETag);
        Assert.Equal("W/\"1\"", read.ETag);
        Assert.EndsWith($"/fhir/Patient/{id}/_history/1", created.Location, StringComparison.Ordinal);
        Assert.NotNull(read.LastModified);
        Assert.Equal("application/fhir+json", read.ContentType);
        Assert.Equal(posted, Samples.WithoutServerMembers(read.Text));
        Assert.Equal(created.Text, read.Text);
        Assert.Equal(id, (string?)read.Json["id"]);
        Assert.Equal("1", (string?)read.Json["meta"]!["versionId"]);
    }

    [Fact]
    public async Task An_update_makes_a_version_and_the_old_one_stays_readable()
    {
        using var ankara = hub.Client("hospital-ankara");
        var id = (await ankara.Post("fhir/Patient", Samples.Patient("Demir"))).Expect(201).IdFromLocation();

        var body = Samples.Patient("Kaya").Insert(1, $"\"id\":\"{id}\",");
        var updated = (await ankara.Put($"fhir/Patient/{id}", body, ("If-Match", "W/\"1\""))).Expect(200);
        var stale = (await ankara.Put($"fhir/Patient/{id}", body, ("If-Match", "W/\"1\""))).Refused(412, "version-conflict");
        var first = (await ankara.Get($"fhir/Patient/{id}/_history/1")).Expect(200);
        var current = (await ankara.Get($"fhir/Patient/{id}")).Expect(200);

        Assert.Equal("W/\"2\"", updated.ETag);
        Assert.NotNull(stale.Receipt);
        Assert.Equal("Demir", (string?)first.Json["name"]![0]!["family"]);
        Assert.Equal("Kaya", (string?)current.Json["name"]![0]!["family"]);
    }

    [Fact]
    public async Task A_deleted_resource_is_gone_and_its_history_tells_so()
    {
        using var ankara = hub.Client("hospital-ankara");
        var patient = (await ankara.Post("fhir/Patient", Samples.Patient("Şahin"))).Expect(201).IdFromLocation();
        var id = (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}"))).Expect(201).IdFromLocation();

        (await ankara.Delete($"fhir/Observation/{id}")).Expect(204);
        (await ankara.Get($"fhir/Observation/{id}")).Refused(410, "deleted");
        (await ankara.Delete($"fhir/Observation/{id}")).Expect(204);
        (await ankara.Get($"fhir/Observation/{id}/_history/1")).Expect(200);
        var history = (await ankara.Get($"fhir/Observation/{id}/_history")).Expect(200);

        Assert.Equal("history", (string?)history.Json["type"]);
        Assert.Equal(2, (int?)history.Json["total"]);
        Assert.Equal("DELETE", (string?)history.Json["entry"]![0]!["request"]!["method"]);
        Assert.Null(history.Json["entry"]![0]!["resource"]);
        Assert.Equal("POST", (string?)history.Json["entry"]![1]!["request"]!["method"]);
    }

    [Fact]
    public async Task A_put_brings_a_deleted_resource_back_under_a_higher_version()
    {
        using var ankara = hub.Client("hospital-ankara");
        var id = (await ankara.Post("fhir/Patient", Samples.Patient("Koç"))).Expect(201).IdFromLocation();
        (await ankara.Delete($"fhir/Patient/{id}")).Expect(204);

        var back = (await ankara.Put($"fhir/Patient/{id}", Samples.Patient("Koç").Insert(1, $"\"id\":\"{id}\","))).Expect(201);

        Assert.Equal("W/\"3\"", back.ETag);
    }

    [Fact]
    public async Task History_is_paged_newest_first()
    {
        using var ankara = hub.Client("hospital-ankara");
        var id = (await ankara.Post("fhir/Patient", Samples.Patient("Bir"))).Expect(201).IdFromLocation();
        for (var i = 2; i <= 5; i++)
        {
            (await ankara.Put($"fhir/Patient/{id}", Samples.Patient("Ad" + i.ToString(CultureInfo.InvariantCulture)).Insert(1, $"\"id\":\"{id}\","))).Expect(200);
        }

        var seen = new List<string>();
        for (var url = $"fhir/Patient/{id}/_history?_count=2"; url is not null;)
        {
            var page = (await ankara.Get(url)).Expect(200);
            seen.AddRange(page.Json["entry"]!.AsArray().Select(e => (string)e!["resource"]!["meta"]!["versionId"]!));
            url = Links.Next(page);
        }

        Assert.Equal(["5", "4", "3", "2", "1"], seen);
    }

    [Fact]
    public async Task If_none_match_and_head_answer_without_a_body()
    {
        using var ankara = hub.Client("hospital-ankara");
        var id = (await ankara.Post("fhir/Patient", Samples.Patient("Aydın"))).Expect(201).IdFromLocation();

        var same = (await ankara.Get($"fhir/Patient/{id}", ("If-None-Match", "W/\"1\""))).Expect(304);
        var head = (await ankara.Send(HttpMethod.Head, $"fhir/Patient/{id}", null, [])).Expect(200);

        Assert.Empty(same.Bytes);
        Assert.Empty(head.Bytes);
        Assert.Equal("W/\"1\"", head.ETag);
    }

    [Fact]
    public async Task Prefer_return_minimal_leaves_the_body_out()
    {
        using var ankara = hub.Client("hospital-ankara");
        var created = (await ankara.Post("fhir/Patient", Samples.Patient("Öz"), ("Prefer", "return=minimal"))).Expect(201);
        Assert.Empty(created.Bytes);
        Assert.NotNull(created.Location);
    }

    [Fact]
    public async Task A_conditional_create_that_matches_writes_nothing_and_says_where()
    {
        using var ankara = hub.Client("hospital-ankara");
        var condition = ("If-None-Exist", "identifier=" + Samples.NationalIdSystem + "|12345678950");
        var first = (await ankara.Post("fhir/Patient", Samples.Patient("Ateş", "12345678950"), condition)).Expect(201);
        var second = (await ankara.Post("fhir/Patient", Samples.Patient("Ateş", "12345678950"), condition)).Expect(200);
        Assert.Equal(first.Location, second.Location);
    }

    [Fact]
    public async Task Parallel_conditional_creates_make_exactly_one_resource()
    {
        using var ankara = hub.Client("hospital-ankara");
        var condition = ("If-None-Exist", "identifier=" + Samples.NationalIdSystem + "|21221221272");
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => ankara.Post("fhir/Patient", Samples.Patient("Er", "21221221272"), condition)));

        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers, a => Assert.Contains(a.Status, (int[])[200, 201]));
        Assert.Single(answers.Select(a => a.Location).Distinct());
    }

    [Fact]
    public async Task A_request_sent_again_under_its_id_gets_the_first_result()
    {
        using var ankara = hub.Client("hospital-ankara");
        var id = ("X-Request-Id", "retry-" + Guid.CreateVersion7().ToString());
        var first = (await ankara.Post("fhir/Patient", Samples.Patient("Tekrar"), id)).Expect(201);
        var again = (await ankara.Post("fhir/Patient", Samples.Patient("Tekrar"), id)).Expect(201);
        var other = (await ankara.Post("fhir/Patient", Samples.Patient("Başka"), id)).Expect(201);

        Assert.Equal(first.Location, again.Location);
        Assert.NotEqual(first.Location, other.Location);
        Assert.Equal(id.Item2, again.Header("X-Request-Id"));
    }

    [Fact]
    public async Task Http2_answers_like_http1()
    {
        using var ankara = hub.Client("hospital-ankara", version: HttpVersion.Version20);
        var created = (await ankara.Post("fhir/Patient", Samples.Patient("İki"))).Expect(201);
        (await ankara.Get($"fhir/Patient/{created.IdFromLocation()}")).Expect(200);
    }

    [Fact]
    public async Task Only_a_system_scope_may_choose_an_id()
    {
        using var ankara = hub.Client("hospital-ankara");
        using var ministry = hub.Client("ministry");
        var body = Samples.Patient("Kimlik").Insert(1, "\"id\":\"chosen-by-caller\",");

        (await ankara.Put("fhir/Patient/chosen-by-caller", body)).Refused(404, "not-found");
        var created = (await ministry.Put("fhir/Patient/chosen-by-caller", body)).Expect(201);
        (await ministry.Get("fhir/Patient/chosen-by-caller")).Expect(200);

        Assert.Equal("W/\"1\"", created.ETag);
    }

    [Fact]
    public async Task An_update_cannot_move_a_resource_to_another_patient()
    {
        using var ankara = hub.Client("hospital-ankara");
        var one = (await ankara.Post("fhir/Patient", Samples.Patient("Bir"))).Expect(201).IdFromLocation();
        var two = (await ankara.Post("fhir/Patient", Samples.Patient("İki"))).Expect(201).IdFromLocation();
        var id = (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{one}"))).Expect(201).IdFromLocation();

        (await ankara.Put($"fhir/Observation/{id}", Samples.Observation($"Patient/{two}").Insert(1, $"\"id\":\"{id}\","))).Refused(422, "compartment-fixed");
    }
}
