using System.Text.Json.Nodes;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Walks;

/// <summary>A citizen asks to be erased; two operators approve on the command line; what is left of the record is nothing, and store and log are whole.</summary>
public sealed class CitizenIsErasedTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_citizen_asks_two_operators_approve_and_everything_verifies_afterwards()
    {
        var nationalId = "10000000146";
        using var ankara = hub.Client("hospital-ankara");
        var patient = (await ankara.Post("fhir/Patient", Samples.Patient("Silinecek", nationalId))).Expect(201).IdFromLocation();
        var observation = (await ankara.Post("fhir/Observation", Samples.Observation($"Patient/{patient}"))).Expect(201).IdFromLocation();
        var other = (await ankara.Post("fhir/Patient", Samples.Patient("Kalacak"))).Expect(201).IdFromLocation();

        using var zeynep = hub.Client("citizen-zeynep");
        (await zeynep.Get($"fhir/Observation/{observation}")).Expect(200);
        (await zeynep.Post($"fhir/Patient/{other}/$request-erasure", Reason)).Refused(404, "not-found");
        var asked = (await zeynep.Post($"fhir/Patient/{patient}/$request-erasure", Reason)).Expect(201);
        var number = asked.Json["parameter"]![0]!["part"]!.AsArray().Single(p => (string)p!["name"]! == "number")!["valueInteger"]!.ToJsonString();

        Assert.Contains("requested", await Run(0, "erasure", "list"), StringComparison.Ordinal);
        await Run(0, "erasure", "approve", number, "--reason", "checked");
        Assert.Contains("access-denied", await Run(1, "erasure", "approve", number), StringComparison.Ordinal);
        Assert.Contains("ready", await Run(0, "erasure", "approve", number, "--as", "operator-second"), StringComparison.Ordinal);
        await Run(0, "erasure", "hold", patient, "--reason", "court");
        Assert.Contains("legal-hold", await Run(1, "erasure", "execute", number), StringComparison.Ordinal);
        await Run(0, "erasure", "lift", (int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains("versions 2", await Run(0, "erasure", "execute", number), StringComparison.Ordinal);

        foreach (var client in (FhirClient[])[ankara, zeynep])
        {
            (await client.Get($"fhir/Patient/{patient}")).Refused(404, "not-found");
            (await client.Get($"fhir/Observation/{observation}")).Refused(404, "not-found");
            (await client.Get($"fhir/Observation/{observation}/_history")).Refused(404, "not-found");
        }

        using var ministry = hub.Client("ministry");
        Assert.Equal(0, (int?)(await ministry.Get($"fhir/Patient?identifier={Uri.EscapeDataString(Samples.NationalIdSystem + "|" + nationalId)}")).Expect(200).Json["total"]);
        (await ankara.Get($"fhir/Patient/{other}")).Expect(200);
        await hub.Files.ExpectLogWhole();
        await hub.Files.ExpectRecordsWhole();
    }

    private const string Reason = """{"resourceType":"Parameters","parameter":[{"name":"reason","valueString":"I wish so"}]}""";

    private async Task<string> Run(int expected, params string[] arguments)
    {
        var (code, output) = await hub.Files.Hub(arguments);
        Assert.True(code == expected, output);
        return output;
    }
}
