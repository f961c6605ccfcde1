using System.Text.Json.Nodes;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Walks;

/// <summary>A citizen asks who looked.</summary>
public sealed class AccessReportTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Citizen_sees_everyone_who_looked_tried_or_was_refused_and_nobody_else_sees_that()
    {
        var nationalId = System.Text.RegularExpressions.Regex.Match(hub.Files.Certificate("citizen-zeynep").Subject, "[0-9]{11}").Value;
        var (patient, doctor) = await hub.TreatedPatient("Rapor", nationalId);
        using (doctor)
        {
            (await doctor.Get("fhir/Patient/" + patient)).Expect(200);
            (await doctor.Get($"fhir/Observation?patient={patient}&code=http://loinc.org|8867-4")).Expect(200);
        }

        using var stranger = await hub.Clinician("dr-mehmet", "hospital-izmir");
        (await stranger.Get("fhir/Patient/" + patient)).Expect(404);

        using var zeynep = hub.Client("citizen-zeynep");
        var answer = (await zeynep.Get($"fhir/Patient/{patient}/$access-report?_count=500")).Expect(200);
        var events = Events(answer);
        Assert.Contains(events, e => Who(e, "dr-ayse") && (string?)e["subtype"]![0]!["code"] == "read" && (string?)e["outcome"] == "0" && Purpose(e) == "TREAT");
        Assert.Contains(events, e => Who(e, "dr-ayse") && (string?)e["subtype"]![0]!["code"] == "search-type");
        Assert.Contains(events, e => Who(e, "dr-mehmet") && (string?)e["outcome"] == "4");
        Assert.Contains(events, e => Who(e, "hospital-ankara") && (string?)e["action"] == "C");
        Assert.All(events, e => Assert.Equal("AuditEvent", (string?)e["resourceType"]));
        Assert.DoesNotContain("8867-4", answer.Text, StringComparison.Ordinal); // a query may name others
        Assert.Equal(Enumerable.Range(1, events.Count).Reverse(), events.Select(Sequence));

        // The asking stands in the next report, and pages hold all of it, once.
        var all = new List<string>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = (await zeynep.Get($"fhir/Patient/{patient}/$access-report?_count=4{cursor}")).Expect(200);
            Assert.True(Events(page).Count <= 4);
            all.AddRange(Events(page).Select(Place));
            cursor = (string?)Parameter(page, "next")?["valueString"] is { } next ? "&_cursor=" + Uri.EscapeDataString(next) : null;
            Assert.True(all.Count < 1_000);
        }

        Assert.All(events.Select(Place), p => Assert.Contains(p, all));


        // A continuation leads nowhere else.
        var stray = Place(events[0]).Replace("/" + Place(events[0]).Split('/')[^1], ":0", StringComparison.Ordinal);
        Assert.Equal(400, (await zeynep.Get($"fhir/Patient/{patient}/$access-report?_cursor={Uri.EscapeDataString(stray)}")).Status);

        foreach (var name in new[] { "hospital-ankara", "ministry", "insurer", "auditor" })
        {
            using var other = hub.Client(name);
            Assert.Equal(404, (await other.Get($"fhir/Patient/{patient}/$access-report")).Status);
        }

        using var again = await hub.Clinician("dr-ayse", "hospital-ankara");
        Assert.Equal(404, (await again.Get($"fhir/Patient/{patient}/$access-report")).Status);
        Assert.Equal(404, (await zeynep.Get("fhir/Patient/nobody/$access-report")).Status);
        Assert.Equal(400, (await zeynep.Get($"fhir/Patient/{patient}/$access-report?_count=0")).Status);
        Assert.Equal(400, (await zeynep.Get($"fhir/Patient/{patient}/$access-report?who=me")).Status);

        // The file proves the report whole to whoever holds the logs' public keys.
        var proven = (await zeynep.Get($"fhir/Patient/{patient}/$access-report?proof=true&_count=1")).Expect(200);
        var file = Convert.FromBase64String((string)Parameter(proven, "proof")!["valueBase64Binary"]!);
        Assert.Equal("EHealthHub patient report v1", (string?)JsonNode.Parse(file)!["format"]);
        Assert.True(JsonNode.Parse(file)!["logs"]![0]!["leaves"]!.AsArray().Count >= events.Count);
    }

    private static List<JsonNode> Events(FhirAnswer answer) => [.. (Parameter(answer, "return")!["resource"]!["entry"]?.AsArray() ?? []).Select(e => e!["resource"]!)];

    private static JsonNode? Parameter(FhirAnswer answer, string name) => answer.Json["parameter"]!.AsArray().FirstOrDefault(p => (string?)p!["name"] == name);

    private static int Sequence(JsonNode e) => int.Parse((string)e["id"]!, System.Globalization.CultureInfo.InvariantCulture);

    private static bool Who(JsonNode e, string id) => e["agent"]!.AsArray().Any(a => (string?)a!["who"]!["identifier"]!["value"] == id);

    private static string? Purpose(JsonNode e) => (string?)e["purposeOfEvent"]?[0]!["coding"]![0]!["code"];

    private static string Place(JsonNode e) => (string)e["entity"]!.AsArray().Last()!["what"]!["identifier"]!["value"]!;
}
