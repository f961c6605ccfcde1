using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Rest;

/// <summary>The CapabilityStatement comes from the route table, and an address knows its methods.</summary>
public sealed class CapabilityTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task What_the_statement_names_answers_and_what_it_does_not_name_is_refused()
    {
        using var ministry = hub.Client("ministry");
        var rest = (await ministry.Get("fhir/metadata")).Expect(200).Json["rest"]![0]!;
        var patient = rest["resource"]!.AsArray().Single(r => (string?)r!["type"] == "Patient")!;
        var named = patient["interaction"]!.AsArray().Select(i => (string)i!["code"]!).ToHashSet();
        var id = (await ministry.Post("fhir/Patient", Samples.Patient("Yetenek"))).Expect(201).IdFromLocation();

        (string Interaction, HttpMethod Method, string Path)[] probes =
        [
            ("read", HttpMethod.Get, $"fhir/Patient/{id}"),
            ("vread", HttpMethod.Get, $"fhir/Patient/{id}/_history/1"),
            ("history-instance", HttpMethod.Get, $"fhir/Patient/{id}/_history"),
            ("history-type", HttpMethod.Get, "fhir/Patient/_history"),
            ("search-type", HttpMethod.Get, $"fhir/Patient?_id={id}"),
            ("patch", HttpMethod.Patch, $"fhir/Patient/{id}"),
        ];
        foreach (var (interaction, method, path) in probes)
        {
            var answer = await ministry.Send(method, path, null, []);
            Assert.True(named.Contains(interaction) == answer.Status is not (404 or 405), $"{interaction}: {answer.Status}");
        }

        foreach (var operation in (rest["operation"]?.AsArray() ?? []).Concat(patient["operation"]?.AsArray() ?? []))
        {
            var name = (string)operation!["name"]!;
            var answers = new[] { await ministry.Get($"fhir/${name}"), await ministry.Get($"fhir/Patient/${name}"), await ministry.Get($"fhir/Patient/{id}/${name}"), await ministry.Post($"fhir/${name}", "{\"resourceType\":\"Parameters\"}") };
            Assert.Contains(answers, a => a.OutcomeCodeOrNull is not ("operation-unknown" or "resource-type-unknown" or "address-unknown"));
        }

        (await ministry.Get("fhir/Patient/$nobody-knows-this")).Refused(404, "operation-unknown");
        (await ministry.Get("fhir/$nobody-knows-this")).Refused(404, "operation-unknown");
    }

    [Fact]
    public async Task A_method_that_an_address_does_not_know_is_told_which_it_does()
    {
        using var ministry = hub.Client("ministry");
        var refused = (await ministry.Send(HttpMethod.Put, "fhir/Patient/1/_history", new StringContent("{}"), [])).Refused(405, "interaction-not-supported");
        Assert.Equal("GET,HEAD", refused.Allow);
        Assert.Contains("POST", (await ministry.Send(HttpMethod.Options, "fhir/Patient", null, [])).Refused(405).Allow, StringComparison.Ordinal);
    }
}
