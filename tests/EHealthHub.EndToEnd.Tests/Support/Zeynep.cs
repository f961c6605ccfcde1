using System.Text.Json.Nodes;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>The citizen of the demonstration, and a record of her.</summary>
internal static class Zeynep
{
    public const string Name = "citizen-zeynep";

    public static string NationalId(HubFixture hub) =>
        string.Concat(hub.Files.Certificate(Name).SubjectName.EnumerateRelativeDistinguishedNames().Single(n => n.GetSingleElementType().Value == "2.5.4.5").GetSingleElementValue()!.Where(char.IsAsciiDigit));

    /// <summary>Her Patient with a few entries of several kinds; made once for each hub.</summary>
    public static async Task<string> Record(HubFixture hub)
    {
        using var ankara = hub.Client("hospital-ankara");
        var patient = Samples.Patient("Yılmaz", NationalId(hub));
        var made = (await ankara.Post("fhir/Patient", patient, ("If-None-Exist", $"identifier={Samples.NationalIdSystem}|{NationalId(hub)}")));
        Assert.Contains(made.Status, (int[])[200, 201]);
        var id = made.IdFromLocation();
        if (made.Status == 200)
        {
            return id;
        }

        var reference = "Patient/" + id;
        var encounter = (await ankara.Post("fhir/Encounter", Samples.Encounter(reference, "finished"))).Expect(201).IdFromLocation();
        foreach (var (code, value, date) in new[] { ("8867-4", "72.50", "2026-11-20T09:15:00+03:00"), ("8310-5", "36.60", "2026-11-20T09:20:00+03:00"), ("29463-7", "61.00", "2025-03-02") })
        {
            (await ankara.Post("fhir/Observation", Samples.Observation(reference, code, value, date))).Expect(201);
        }

        (await ankara.Post("fhir/Condition", $$$"""{"resourceType":"Condition","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},"code":{"text":"Migren <b>aurasız</b>"},"subject":{"reference":"{{{reference}}}"},"encounter":{"reference":"Encounter/{{{encounter}}}"},"recordedDate":"2026-11-20"}""")).Expect(201);
        return id;
    }

    /// <summary>Logical ids in a Bundle, with their types.</summary>
    public static HashSet<string> Keys(JsonNode bundle) => [.. bundle["entry"]!.AsArray().Select(e => $"{e!["resource"]!["resourceType"]}/{e["resource"]!["id"]}")];
}
