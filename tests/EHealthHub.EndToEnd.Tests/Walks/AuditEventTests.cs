using System.Text.Json.Nodes;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Walks;

/// <summary>ITI-81 over the wire.</summary>
public sealed class AuditEventTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Auditors_search_the_log_and_nobody_writes_in_it()
    {
        var (patient, doctor) = await hub.TreatedPatient("Denetim");
        using (doctor)
        {
            (await doctor.Get("fhir/Patient/" + patient)).Expect(200);
            Assert.Equal(403, (await doctor.Get("fhir/AuditEvent?patient=" + patient)).Status);
            Assert.Equal(403, (await doctor.Get("fhir/AuditEvent?patient=nobody")).Status);
        }

        using var auditor = hub.Client("auditor");
        var found = (await auditor.Get($"fhir/AuditEvent?patient={patient}&action=R&type=rest")).Expect(200);
        var one = Assert.Single(JsonNode.Parse(found.Text)!["entry"]!.AsArray())!["resource"]!;
        Assert.Equal(200, (await auditor.Get("fhir/AuditEvent/" + (string)one["id"]!)).Status);
        Assert.Equal(200, (await auditor.Get("fhir/AuditEvent?date=ge2026-01-01&outcome=4&_count=5")).Status);

        using var ministry = hub.Client("ministry");
        Assert.Equal(200, (await ministry.Get("fhir/AuditEvent?patient=" + patient)).Status);
        Assert.Equal(405, (await ministry.Get($"fhir/AuditEvent/{(string)one["id"]!}/_history")).Status);

        var statement = JsonNode.Parse((await auditor.Get("fhir/metadata")).Expect(200).Text)!;
        var row = statement["rest"]![0]!["resource"]!.AsArray().Single(r => (string?)r!["type"] == "AuditEvent")!;
        Assert.Equal(["search-type", "read", "vread"], row["interaction"]!.AsArray().Select(i => (string?)i!["code"]));
        Assert.Contains("outcome", row["searchParam"]!.AsArray().Select(p => (string?)p!["name"]));
    }
}
