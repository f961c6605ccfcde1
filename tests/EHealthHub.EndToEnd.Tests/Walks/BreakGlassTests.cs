using EHealthHub.EndToEnd.Tests.Support;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Clinicians;

namespace EHealthHub.EndToEnd.Tests.Walks;

/// <summary>A clinician without a relationship breaks the glass: with a reason, for a while, in view of everybody who must know, and reviewed.</summary>
public sealed class BreakGlassTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private const string Reason = "Bilinci kapalı geldi, ilaç alerjisi bilinmiyor";

    [Fact]
    public async Task Glass_breaks_with_a_reason_is_alerted_reported_and_reviewed()
    {
        var nationalId = System.Text.RegularExpressions.Regex.Match(hub.Files.Certificate("citizen-zeynep").Subject, "[0-9]{11}").Value;
        var (patient, doctor) = await hub.TreatedPatient("Acil", nationalId);
        doctor.Dispose();
        using (var plain = await hub.Clinician("dr-mehmet", "hospital-izmir"))
        {
            (await plain.Get("fhir/Patient/" + patient)).Expect(404);
        }

        using var izmir = hub.Client("hospital-izmir");
        var issued = (await Ask(izmir, "BTG", Reason)).Expect(200);
        Assert.InRange((int)issued.Json["expires_in"]!, 1, 900);
        izmir.Token = (string)issued.Json["access_token"]!;
        (await izmir.Get("fhir/Patient/" + patient)).Expect(200);
        (await izmir.Get($"fhir/Observation?patient={patient}")).Expect(200);
        Assert.Contains((await izmir.Post("fhir/Observation", "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/" + patient + "\"}}")).Status, (int[])[403, 404]);

        var alert = await AuditEntries.Find(hub.Files.Layout, e => e.Interaction == "break-glass");
        Assert.Equal(("dr-mehmet", "hospital-izmir", "BTG", Reason), (alert.Person, alert.Institution, alert.Purpose, alert.Statement));

        using var zeynep = hub.Client("citizen-zeynep");
        var report = (await zeynep.Get($"fhir/Patient/{patient}/$access-report")).Expect(200);
        Assert.Contains(Reason, report.Text, StringComparison.Ordinal);
        Assert.Contains("\"BTG\"", report.Text, StringComparison.Ordinal);

        using var @operator = hub.Client("operator");
        var waiting = (await @operator.Get("fhir/$emergency-access")).Expect(200);
        Assert.Contains(Reason, waiting.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(patient, waiting.Text, StringComparison.Ordinal);
        foreach (var name in new[] { "ministry", "hospital-izmir", "citizen-zeynep", "auditor" })
        {
            using var other = hub.Client(name);
            Assert.Equal(403, (await other.Get("fhir/$emergency-access")).Status);
            Assert.Equal(403, (await other.Form("fhir/$emergency-review", ("case", alert.TokenId), ("judgement", "justified"), ("comment", "x"))).Status);
        }

        Assert.Equal(400, (await @operator.Form("fhir/$emergency-review", ("case", alert.TokenId), ("judgement", "perhaps"), ("comment", "x"))).Status);
        Assert.Equal(400, (await @operator.Form("fhir/$emergency-review", ("case", alert.TokenId), ("judgement", "justified"))).Status);
        Assert.Equal(404, (await @operator.Form("fhir/$emergency-review", ("case", "none"), ("judgement", "justified"), ("comment", "x"))).Status);
        var listed = await hub.Files.Hub("emergency", "list", "--port", hub.Files.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains("dr-mehmet", listed.Output, StringComparison.Ordinal);
        var closed = await hub.Files.Hub("emergency", "close", alert.TokenId, "--judgement", "unjustified", "--comment", "Acil servis kaydı yok", "--port", hub.Files.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(closed.Code == 0, closed.Output);
        Assert.Equal(409, (await @operator.Form("fhir/$emergency-review", ("case", alert.TokenId), ("judgement", "justified"), ("comment", "x"))).Status);
        Assert.DoesNotContain(alert.TokenId, (await @operator.Get("fhir/$emergency-access")).Expect(200).Text, StringComparison.Ordinal);
        Assert.Contains("emergency-unjustified", (await @operator.Get("fhir/$emergency-access?status=all")).Expect(200).Text, StringComparison.Ordinal);
        Assert.Contains("Acil servis kaydı yok", (await zeynep.Get($"fhir/Patient/{patient}/$access-report")).Expect(200).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BTG", null)]
    [InlineData("ETREAT", "short")]
    [InlineData("BTG", "          ")]
    [InlineData("BTG", "long")]
    [InlineData("BTG", "a reason with a \n line")]
    [InlineData("TREAT", "a reason that nobody asked for")]
    public async Task Glass_without_a_reason_and_a_reason_without_a_glass_are_refused(string purpose, string? reason)
    {
        using var izmir = hub.Client("hospital-izmir");
        var refused = (await Ask(izmir, purpose, reason == "long" ? new string('x', 301) : reason)).Expect(400);
        Assert.Equal("emergency-reason-invalid", (string?)refused.Json["error_description"]);
    }

    private Task<FhirAnswer> Ask(FhirClient carrier, string purpose, string? reason) => carrier.Form(
        "oauth/token", ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", CardAssertion.Create(
            hub.Files.Certificate("dr-mehmet"), new Uri(hub.Files.BaseAddress, "oauth/token").ToString(), CertificateThumbprint.Of(hub.Files.Certificate("hospital-izmir")), purpose, TimeProvider.System.GetUtcNow(), emergencyReason: reason)));
}
