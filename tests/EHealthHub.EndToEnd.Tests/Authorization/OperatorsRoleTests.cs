using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Authorization;

/// <summary>What the registry operator says of who works where holds at the token endpoint at once; what a hospital says never does.</summary>
public sealed class OperatorsRoleTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Operators_role_lets_a_clinician_speak_for_a_hospital_and_its_deletion_takes_that_back()
    {
        using var izmir = hub.Client("hospital-izmir");
        var claimed = await izmir.Post("fhir/PractitionerRole", Role());
        claimed.Expect(201);
        Assert.Equal(400, (await hub.TokenAnswer("dr-ayse", "hospital-izmir")).Status);

        using var ministry = hub.Client("ministry");
        var id = (await ministry.Post("fhir/PractitionerRole", Role())).Expect(201).IdFromLocation();
        using var doctor = await hub.Clinician("dr-ayse", "hospital-izmir");
        (await doctor.Get("fhir/Practitioner?_count=1")).Expect(200);
        var entry = await AuditEntries.Find(hub.Files.Layout, e => e.Interaction == "registry-change" && e.Detail.Contains("PractitionerRole/" + id, StringComparison.Ordinal));
        Assert.Equal("ministry", entry.Person);

        (await ministry.Delete("fhir/PractitionerRole/" + id)).Expect(204);
        Assert.Equal(403, (await doctor.Get("fhir/Practitioner?_count=1")).Status);
        Assert.Equal(400, (await hub.TokenAnswer("dr-ayse", "hospital-izmir")).Status);
    }

    private string Role()
    {

        var nationalId = System.Text.RegularExpressions.Regex.Match(hub.Files.Certificate("dr-ayse").Subject, "[0-9]{11}").Value;
        return "{\"resourceType\":\"PractitionerRole\",\"practitioner\":{\"identifier\":{\"system\":\"" + Samples.NationalIdSystem + "\",\"value\":\"" + nationalId + "\"}},"
            + "\"organization\":{\"identifier\":{\"system\":\"https://ehealthhub.example/fhir/sid/institution\",\"value\":\"hospital-izmir\"}},\"code\":[{\"text\":\"physician\"}]}";
    }
}
