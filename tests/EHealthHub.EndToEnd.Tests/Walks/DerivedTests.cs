using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Walks;

/// <summary>Public health and research get what tells of nobody, with a token for it, and nothing else; and the patient reads of it.</summary>
public sealed class DerivedTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task The_ministry_gets_figures_for_public_health_with_a_token_for_it_and_reads_nobody()
    {
        using var ministry = hub.Client("ministry");
        var nationalId = System.Text.RegularExpressions.Regex.Match(hub.Files.Certificate("citizen-zeynep").Subject, "[0-9]{11}").Value;
        var first = "";
        for (var i = 0; i < 16; i++)
        {
            var id = (await ministry.Post("fhir/Patient", Samples.Patient("Sayılan", i == 0 ? nationalId : null))).Expect(201).IdFromLocation();
            first = first.Length == 0 ? id : first;
            (await ministry.Post("fhir/Condition", "{\"resourceType\":\"Condition\",\"code\":{\"coding\":[{\"system\":\"http://hl7.org/fhir/sid/icd-10\",\"code\":\"E11\"}]},\"subject\":{\"reference\":\"Patient/" + id + "\"},\"onsetDateTime\":\"2024-05-02\"}")).Expect(201);
        }

        (await ministry.Get("fhir/Condition/$aggregate?by=code")).Refused(403, "access-denied");
        ministry.Token = await Token("ministry", "system/*.r public-health");
        var figures = (await ministry.Get("fhir/Condition/$aggregate?by=code,year&code=E11")).Expect(200);
        Assert.Contains("\"valueCoding\":{\"system\":\"http://hl7.org/fhir/sid/icd-10\",\"code\":\"E11\"}", figures.Text, StringComparison.Ordinal);
        Assert.Contains("AGGRED", figures.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(first, figures.Text, StringComparison.Ordinal);
        Assert.Equal(figures.Text, (await ministry.Form("fhir/Condition/$aggregate", ("by", "code,year"), ("code", "E11"))).Expect(200).Text);
        (await ministry.Get("fhir/Condition/$aggregate?by=code&subject=Patient/" + first)).Refused(400, "criteria-too-fine");
        (await ministry.Get("fhir/Organization/$aggregate")).Refused(404);
        (await ministry.Get("fhir/Patient/" + first)).Refused(404);
        (await ministry.Get("fhir/Condition?patient=" + first)).Refused(403);

        using var zeynep = hub.Client("citizen-zeynep");
        var report = (await zeynep.Get($"fhir/Patient/{first}/$access-report")).Expect(200).Text;
        Assert.Contains("PUBHLTH", report, StringComparison.Ordinal);
        Assert.Contains("public-health", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Research_has_a_project_that_the_registry_gave_and_counts_those_who_permit_it()
    {
        using var izmir = hub.Client("hospital-izmir");
        izmir.Token = await Token("hospital-izmir", "system/*.r research/diabetes-2026");
        Assert.DoesNotContain("\"cell\"", (await izmir.Get("fhir/Condition/$aggregate?by=code")).Expect(200).Text, StringComparison.Ordinal);
        foreach (var (who, scope) in new[] { ("hospital-izmir", "research/another"), ("hospital-ankara", "research/diabetes-2026"), ("hospital-izmir", "public-health") })
        {
            using var client = hub.Client(who);
            var refused = await client.Form("oauth/token", ("grant_type", "client_credentials"), ("client_id", who), ("scope", scope));
            Assert.Equal(400, refused.Status);
        }
    }

    [Fact]
    public async Task The_definition_says_what_is_asked_and_told()
    {
        using var ministry = hub.Client("ministry");
        Assert.Contains("\"minimum\"", (await ministry.Get("fhir/OperationDefinition/hub-aggregate")).Expect(200).Text, StringComparison.Ordinal);
    }

    private async Task<string> Token(string institution, string scope)
    {
        using var client = hub.Client(institution);
        return (string)(await client.Form("oauth/token", ("grant_type", "client_credentials"), ("client_id", institution), ("scope", scope))).Expect(200).Json["access_token"]!;
    }
}
