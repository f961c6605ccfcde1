using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Attacks;

/// <summary>Nobody speaks who is not proven: every refusal has its own reason and a receipt.</summary>
public sealed class WhoIsSpeakingTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Theory]
    [InlineData("hospital-revoked", "certificate-revoked")]
    [InlineData("hospital-expired", "certificate-expired")]
    [InlineData("hospital-unregistered", "certificate-unregistered")]
    public async Task Refused_hospitals_are_told_their_own_reason(string name, string code)
    {
        using var client = hub.Client(name);
        (await client.Get("fhir/Patient/1")).Refused(403, code);
        (await client.Post("fhir/Patient", Samples.Patient("Yok"))).Refused(403, code);
        (await client.Get("fhir/metadata")).Expect(200);
    }

    [Fact]
    public async Task Without_a_certificate_only_open_documents_are_served()
    {
        using var nobody = hub.Client(null);
        (await nobody.Get("fhir/metadata")).Expect(200);
        (await nobody.Get("fhir/.well-known/smart-configuration")).Expect(200);
        (await nobody.Get("fhir/Patient/1")).Refused(403, "certificate-required");
        (await nobody.Get("audit/proof?origin=x&index=0")).Refused(403, "certificate-required");
        (await nobody.Form("oauth/token", ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", "a.b.c"))).Expect(401);
    }

    [Fact]
    public async Task An_impostor_authority_with_the_trusted_name_is_an_unknown_issuer()
    {
        using var impostor = hub.Impostor();
        using var client = hub.ClientWith(impostor);
        (await client.Get("fhir/Patient/1")).Refused(403, "certificate-unknown-issuer");
        (await client.Get("fhir/metadata")).Expect(200);
    }

    [Fact]
    public async Task A_token_on_another_hospitals_connection_is_not_bound()
    {
        var (patient, doctor) = await hub.TreatedPatient("Çalıntı");
        using var izmir = hub.Client("hospital-izmir");
        using (doctor)
        {
            (await doctor.Get($"fhir/Patient/{patient}")).Expect(200);
            izmir.Token = doctor.Token;
            (await izmir.Get($"fhir/Patient/{patient}")).Refused(401, "token-not-bound");
        }
    }

    [Fact]
    public async Task A_tampered_or_foreign_token_is_refused()
    {
        using var ankara = hub.Client("hospital-ankara");
        var token = await hub.Token("dr-ayse", "hospital-ankara");
        foreach (var bad in (string[])[token[..^4] + "AAAA", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", new string('x', 9_000)])
        {
            ankara.Token = bad;
            (await ankara.Get("fhir/Patient/1")).Refused(401, "token-invalid");
        }
    }

    [Fact]
    public async Task An_assertion_works_once()
    {
        var assertion = hub.Assertion("dr-ayse", "hospital-ankara");
        using var ankara = hub.Client("hospital-ankara");
        (string, string)[] form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)];
        (await ankara.Form("oauth/token", form)).Expect(200);
        var again = (await ankara.Form("oauth/token", form)).Expect(400);
        Assert.Equal("invalid_grant", (string?)again.Json["error"]);
        Assert.Equal("assertion-replayed", (string?)again.Json["error_description"]);
    }

    [Fact]
    public async Task An_assertion_carried_by_another_hospital_is_refused()
    {
        var assertion = hub.Assertion("dr-ayse", "hospital-ankara");
        using var izmir = hub.Client("hospital-izmir");
        var answer = (await izmir.Form("oauth/token", ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion))).Expect(400);
        Assert.Equal("assertion-misdirected", (string?)answer.Json["error_description"]);
    }

    [Fact]
    public async Task Forwarded_certificate_headers_change_nothing()
    {
        using var nobody = hub.Client(null);
        foreach (var header in (string[])["Client-Cert", "X-Forwarded-Client-Cert", "X-ARR-ClientCert", "X-SSL-Client-Cert"])
        {
            (await nobody.Get("fhir/Patient/1", (header, hub.CertificateText("ministry")))).Refused(403, "certificate-required");
        }
    }

    [Fact]
    public async Task Other_grants_are_refused()
    {
        using var ankara = hub.Client("hospital-ankara");
        var answer = (await ankara.Form("oauth/token", ("grant_type", "password"), ("username", "a"), ("password", "b"))).Expect(400);
        Assert.Equal("unsupported_grant_type", (string?)answer.Json["error"]);
        (await ankara.Form("oauth/token")).Expect(400);
    }
}
