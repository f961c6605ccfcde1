using System.Text;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Rest;

/// <summary>Prefer: respond-async (R4, Asynchronous Request Patterns).</summary>
public sealed class DeferredTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private static readonly (string, string) Async = ("Prefer", "respond-async");

    [Fact]
    public async Task A_transaction_is_accepted_asked_for_and_picked_up()
    {
        using var ankara = hub.Client("hospital-ankara");
        using var izmir = hub.Client("hospital-izmir");
        var accepted = (await ankara.Post("fhir", Samples.Bundle("transaction", Samples.Entry("urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60", Samples.Patient("Sonra"), "POST", "Patient")), Async, ("X-Request-Id", "sonra-1"))).Expect(202);
        Assert.Equal("respond-async", accepted.Header("Preference-Applied"));
        Assert.Empty(accepted.Bytes);
        var place = Place(accepted);
        (await izmir.Get(place)).Refused(404, "deferred-unknown");
        (await izmir.Delete(place)).Refused(404, "deferred-unknown");

        var done = await Over(ankara, place);
        Assert.Equal(("Bundle", "batch-response"), ((string?)done.Json["resourceType"], (string?)done.Json["type"]));
        Assert.NotNull(done.Receipt);
        Assert.NotEqual(accepted.Receipt, done.Receipt);
        var entry = Assert.Single(done.Json["entry"]!.AsArray())!;
        Assert.StartsWith("200", (string)entry["response"]!["status"]!, StringComparison.Ordinal);
        var location = (string)entry["resource"]!["entry"]![0]!["response"]!["location"]!;
        Assert.Equal("Sonra", (string?)(await ankara.Get("fhir/" + location)).Expect(200).Json["name"]![0]!["family"]);

        // It can be picked up again, in XML too; once stopped, it is gone.
        var xml = await ankara.Get(place, ("Accept", "application/fhir+xml"));
        Assert.Contains("<Bundle", xml.Expect(200).Text, StringComparison.Ordinal);
        (await ankara.Delete(place)).Expect(202);
        (await ankara.Get(place)).Refused(404, "deferred-unknown");
        (await ankara.Send(HttpMethod.Put, place, new ByteArrayContent([]), [])).Refused(404);

        // The same request again gives what the first one did.
        var again = (await ankara.Post("fhir", Samples.Bundle("transaction", Samples.Entry("urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60", Samples.Patient("Sonra"), "POST", "Patient")), Async, ("X-Request-Id", "sonra-1"))).Expect(202);
        var repeated = await Over(ankara, Place(again));
        Assert.Equal(location, (string)repeated.Json["entry"]![0]!["resource"]!["entry"]![0]!["response"]!["location"]!);
    }

    [Fact]
    public async Task Searches_histories_and_everything_can_be_deferred()
    {
        var (patient, doctor) = await hub.TreatedPatient("Ertele");
        using (doctor)
        using (var ministry = hub.Client("ministry"))
        {
            Assert.Equal("Bundle", await Type(doctor, $"fhir/Patient/{patient}/$everything"));
            Assert.Equal("Bundle", await Type(doctor, $"fhir/Encounter?patient={patient}"));
            Assert.Equal("Bundle", await Type(doctor, $"fhir/Patient/{patient}/_history"));
            Assert.Equal("Bundle", await Type(ministry, "fhir?_type=Patient&_count=1"));
            Assert.Equal("Bundle", await Type(ministry, "fhir/_history?_count=1"));
            Assert.Equal("Bundle", await Type(ministry, "fhir/Patient/_history?_count=1"));
            var form = new FormUrlEncodedContent([KeyValuePair.Create("patient", patient)]);
            var accepted = (await doctor.Send(HttpMethod.Post, "fhir/Encounter/_search", form, [Async])).Expect(202);
            Assert.Equal("searchset", (string?)(await Over(doctor, Place(accepted))).Json["entry"]![0]!["resource"]!["type"]);

            // Another token of the same clinician picks it up; another clinician does not.
            using var again = await hub.Clinician("dr-ayse", "hospital-ankara");
            using var other = await hub.Clinician("dr-mehmet", "hospital-izmir");
            var place = Place((await doctor.Get($"fhir/Encounter?patient={patient}", Async)).Expect(202));
            await Over(again, place);
            (await other.Get(place)).Refused(404, "deferred-unknown");
        }

        async Task<string?> Type(FhirClient client, string url) => (string?)(await Over(client, Place((await client.Get(url, Async)).Expect(202)))).Json["entry"]![0]!["resource"]!["resourceType"];
    }

    [Fact]
    public async Task What_is_wrong_is_said_in_the_result()
    {
        using var ankara = hub.Client("hospital-ankara");
        foreach (var (url, body, status) in new[]
        {
            ("fhir", "{", "400"),
            ("fhir", Samples.Patient("Bundle değil"), "400"),
            ("fhir", """{"resourceType":"Bundle","type":"transaction","entry":[{}]}""", "400"),
        })
        {
            var done = await Over(ankara, Place((await ankara.Post(url, body, Async)).Expect(202)));
            var response = Assert.Single(done.Json["entry"]!.AsArray())!["response"]!;
            Assert.StartsWith(status, (string)response["status"]!, StringComparison.Ordinal);
            Assert.Equal("OperationOutcome", (string?)response["outcome"]!["resourceType"]);
        }

        var refused = await Over(ankara, Place((await ankara.Get("fhir/_history", Async)).Expect(202)));
        Assert.StartsWith("403", (string)refused.Json["entry"]![0]!["response"]!["status"]!, StringComparison.Ordinal);

        // What is known at once is said at once.
        (await ankara.Get("fhir/Robot?x=1", Async)).Refused(404, "resource-type-unknown");
        (await ankara.Get("fhir?_format=pdf", Async)).Refused(406);
        (await ankara.Get("fhir/_job/nonsense")).Refused(404, "deferred-unknown");
        (await ankara.Get("fhir/_job/a/b")).Expect(404);
        (await ankara.Send(HttpMethod.Post, "fhir", new ByteArrayContent(Encoding.UTF8.GetBytes(new string(' ', 21 * 1024 * 1024))), [Async])).Refused(413);
    }

    [Fact]
    public async Task The_wish_is_ignored_where_an_answer_is_quick_and_told_where_it_is_honoured()
    {
        using var ankara = hub.Client("hospital-ankara");
        var created = (await ankara.Post("fhir/Patient", Samples.Patient("Hemen"), ("Prefer", "respond-async, return=minimal"))).Expect(201);
        Assert.Equal("return=minimal", created.Header("Preference-Applied"));
        Assert.Null((await ankara.Get($"fhir/Patient/{created.IdFromLocation()}", Async)).Expect(200).Header("Preference-Applied"));
        Assert.Equal("handling=lenient", (await ankara.Get("fhir/Organization?name=x&nonsense=1", ("Prefer", "handling=lenient"))).Expect(200).Header("Preference-Applied"));
        Assert.Null((await ankara.Get("fhir/Organization?nonsense=1", ("Prefer", "handling=strict"))).Refused(400).Header("Preference-Applied"));

        var documentation = (string)(await ankara.Get("fhir/metadata")).Json["rest"]![0]!["documentation"]!;
        Assert.Contains("respond-async is honoured for transaction, batch, search-system, history-system, search-type", documentation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_defers_a_bounded_number()
    {
        using var izmir = hub.Client("hospital-izmir");
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => izmir.Get("fhir/Organization?name=yok", Async)));
        Assert.All(answers, a => Assert.Contains(a.Status, new[] { 202, 429 }));
        Assert.All(answers.Where(a => a.Status == 429), a => a.Refused(429, "deferred-too-many"));
        foreach (var accepted in answers.Where(a => a.Status == 202))
        {
            Assert.Contains((await izmir.Get(Place(accepted))).Status, new[] { 200, 202, 404 });
        }
    }

    private string Place(FhirAnswer accepted)
    {
        var place = accepted.ContentLocation ?? throw new InvalidOperationException("No Content-Location.");
        Assert.StartsWith(hub.Files.BaseAddress + "fhir/_job/", place, StringComparison.Ordinal);
        return place[hub.Files.BaseAddress.ToString().Length..];
    }

    private static async Task<FhirAnswer> Over(FhirClient client, string place)
    {
        for (var i = 0; i < 200; i++)
        {
            var answer = await client.Get(place);
            if (answer.Status == 200)
            {
                return answer.Expect(200);
            }

            answer.Expect(202);
            Assert.NotNull(answer.Header("X-Progress"));
            Assert.NotNull(answer.Header("Retry-After"));
            Assert.Empty(answer.Bytes);
            await Task.Delay(50);
        }

        throw new InvalidOperationException("It was not over within ten seconds.");
    }
}
