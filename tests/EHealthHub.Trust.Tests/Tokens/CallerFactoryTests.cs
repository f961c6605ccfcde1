using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tests.Support;
using EHealthHub.Trust.Tokens;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace EHealthHub.Trust.Tests.Tokens;

public sealed class CallerFactoryTests : IDisposable
{
    private const string Ankara = "hospital-ankara";
    private readonly TestHub _hub = new();

    [Fact]
    public void Institution_speaks_for_itself_with_its_registered_scopes_and_a_default_purpose()
    {
        var caller = Known(Ankara);
        Assert.Equal((Ankara, InstitutionKind.Provider, PersonKind.None, "HOPERAT"), (caller.Institution, caller.InstitutionKind, caller.PersonKind, caller.Purpose));
        Assert.Equal("system/*.cruds", Assert.Single(caller.Scopes));
        Assert.Equal(_hub.Pki[Ankara].Thumbprint, caller.Certificate);
        Assert.Null(caller.Person);
        Assert.Null(caller.TokenId);
        Assert.Equal("HPAYMT", Known("insurer").Purpose);
        Assert.Equal(["system/*.cruds", NamedScope.PublicHealth], Known("ministry").Scopes.AsEnumerable());
    }

    [Theory]
    [InlineData("hospital-revoked", TrustReason.Revoked)]
    [InlineData("hospital-expired", TrustReason.Expired)]
    [InlineData("hospital-unregistered", TrustReason.Unregistered)]
    [InlineData("server", TrustReason.WrongUsage)]
    public void Hospitals_that_must_be_refused_are_each_for_its_own_reason(string name, TrustReason expected)
    {
        Assert.False(_hub.Factory.TryIdentify(_hub.Certificate(name), null, out var caller, out var reason, out var thumbprint));
        Assert.Null(caller);
        Assert.Equal(expected, reason);
        Assert.Equal(_hub.Pki[name].Thumbprint, thumbprint);
    }

    [Fact]
    public void Without_a_certificate_a_token_proves_nothing()
    {
        var token = _hub.Issue(Ankara, "dr-ayse").AccessToken;
        Assert.Equal(TrustReason.NoCertificate, _hub.Identify(null, null, out _));
        Assert.Equal(TrustReason.NoCertificate, _hub.Identify(null, token, out _));
    }

    [Fact]
    public void Clinician_s_card_opens_a_connection_at_their_one_institution()
    {
        var caller = Known("dr-ayse");
        Assert.Equal(
            (Ankara, PersonKind.Clinician, "dr-ayse", "TREAT", "physician", _hub.Pki["dr-ayse"].NationalId),
            (caller.Institution, caller.PersonKind, caller.Person, caller.Purpose, caller.Role, caller.NationalId));
        Assert.Equal("user/*.rs", Assert.Single(caller.Scopes));
    }

    [Fact]
    public void Clinician_with_no_or_two_institutions_needs_one_to_carry_the_card()
    {
        _hub.Edit(r => r.Employ("dr-ayse", new Employment("hospital-izmir", "physician", _hub.Time.Now, null)));
        Assert.Equal(TrustReason.WrongInstitution, _hub.Identify("dr-ayse", null));
        _hub.Edit(r => r.EndEmployment("dr-ayse", Ankara, _hub.Time.Now));
        Assert.Equal("hospital-izmir", Known("dr-ayse").Institution);
        _hub.Time.Advance(TimeSpan.FromSeconds(1));
        _hub.Edit(r => r.EndEmployment("dr-ayse", "hospital-izmir", _hub.Time.Now));
        Assert.Equal(TrustReason.WrongInstitution, _hub.Identify("dr-ayse", null));
    }

    [Fact]
    public void Citizen_s_card_reads_the_own_record()
    {
        var caller = Known("citizen-zeynep");
        Assert.Equal((null, PersonKind.Citizen, "citizen-zeynep", "PATRQT", _hub.Pki["citizen-zeynep"].NationalId), (caller.Institution, caller.PersonKind, caller.Person, caller.Purpose, caller.NationalId));
        Assert.Equal("patient/*.rs patient/Consent.cud", string.Join(' ', caller.Scopes));
    }

    [Fact]
    public void Staff_are_known_by_their_certificates_and_hold_no_scopes()
    {
        Assert.Equal((PersonKind.Auditor, "auditor", "HCOMPL"), (Known("auditor").PersonKind, Known("auditor").Person, Known("auditor").Purpose));
        Assert.Equal((PersonKind.Operator, "operator", "HSYSADMIN"), (Known("operator").PersonKind, Known("operator").Person, Known("operator").Purpose));
        Assert.Empty(Known("auditor").Scopes);
    }

    [Fact]
    public void Who_is_suspended_is_refused_on_the_next_request()
    {
        foreach (var name in new[] { Ankara, "dr-ayse", "citizen-zeynep", "auditor" })
        {
            Assert.Equal(TrustReason.None, _hub.Identify(name, null));
            _hub.Edit(r => r.Suspend(name));
            Assert.Equal(TrustReason.Suspended, _hub.Identify(name, null));
            _hub.Edit(r => r.Resume(name));
            Assert.Equal(TrustReason.None, _hub.Identify(name, null));
        }

        _hub.Edit(r => r.Suspend(Ankara));
        Assert.Equal(TrustReason.Suspended, _hub.Identify("dr-ayse", null));
    }

    [Fact]
    public void Anchor_for_one_use_admits_to_no_other()
    {
        using var hub = new TestHub(o => o with { Anchors = [o.Anchors[0] with { Uses = AnchorUses.Institutions }] });
        Assert.Equal(TrustReason.None, hub.Identify(Ankara, null));
        Assert.Equal(TrustReason.UnknownIssuer, hub.Identify("dr-ayse", null));
        Assert.Equal(TrustReason.UnknownIssuer, hub.Identify("auditor", null));
    }

    [Fact]
    public void Renewed_certificate_and_the_old_one_are_both_known_until_the_old_one_is_removed()
    {
        var renewed = _hub.Keep(_hub.Pki.Issuer.Issue(OddCertificates.Client(_hub.Time.Now)));
        Assert.Equal(TrustReason.Unregistered, _hub.Identify(renewed, null, out _));
        _hub.Edit(r => r.AddCertificate(Ankara, CertificateThumbprint.Of(renewed)));
        Assert.Equal(TrustReason.None, _hub.Identify(renewed, null, out _));
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, null));
        _hub.Edit(r => r.RemoveCertificate(Ankara, _hub.Pki[Ankara].Thumbprint));
        Assert.Equal(TrustReason.Unregistered, _hub.Identify(Ankara, null));
        Assert.Equal(TrustReason.None, _hub.Identify(renewed, null, out _));
    }

    [Fact]
    public void Token_makes_the_hospital_s_request_the_clinician_s()
    {
        var issued = _hub.Issue(Ankara, "dr-ayse");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(TrustReason.None, _hub.Identify(_hub.Certificate(Ankara), issued.AccessToken, out var caller));
            Assert.Equal(issued.Caller with { Scopes = caller!.Scopes }, caller);
            Assert.Equal(Assert.Single(issued.Caller.Scopes), Assert.Single(caller.Scopes));
            Assert.Equal(issued.TokenId, caller.TokenId);
            Assert.Equal(_hub.Pki["dr-ayse"].Thumbprint, caller.Card);
            Assert.Equal("physician", caller.Role);
        }
    }

    [Fact]
    public async Task Token_is_a_jwt_that_others_can_verify()
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_hub.Signer.PublicKey, out _);
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(_hub.Issue(Ankara, "dr-ayse").AccessToken, new TokenValidationParameters
        {
            ValidIssuer = "https://localhost:8443",
            ValidAudience = "https://localhost:8443/fhir",
            ValidTypes = ["at+jwt"],
            IssuerSigningKey = new ECDsaSecurityKey(key) { KeyId = "token/1" },
            LifetimeValidator = (_, expires, _, _) => expires == _hub.Time.Now.UtcDateTime.AddSeconds(300),
        });
        Assert.True(result.IsValid, result.Exception?.ToString());
    }

    [Fact]
    public void Token_stolen_to_another_connection_is_not_bound()
    {
        var token = _hub.Issue(Ankara, "dr-ayse").AccessToken;
        foreach (var thief in new[] { "hospital-izmir", "ministry", "dr-mehmet", "citizen-zeynep", "auditor" })
        {
            Assert.Equal(TrustReason.TokenNotBound, _hub.Identify(thief, token));
        }

        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token));
    }

    [Fact]
    public void Token_on_a_renewed_certificate_of_the_same_hospital_is_not_bound()
    {
        var token = _hub.Issue(Ankara, "dr-ayse").AccessToken;
        var renewed = _hub.Keep(_hub.Pki.Issuer.Issue(OddCertificates.Client(_hub.Time.Now)));
        _hub.Edit(r => r.AddCertificate(Ankara, CertificateThumbprint.Of(renewed)));
        Assert.Equal(TrustReason.TokenNotBound, _hub.Identify(renewed, token, out _));
    }

    [Fact]
    public void Token_is_over_after_five_minutes_also_where_it_is_remembered()
    {
        var token = _hub.Issue(Ankara, "dr-ayse").AccessToken;
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token));
        _hub.Time.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token));
        _hub.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TrustReason.TokenExpired, _hub.Identify(Ankara, token));
        Assert.Equal(TrustReason.TokenExpired, _hub.Identify(_hub.Certificate(Ankara), OtherFactory(token), out _));
    }

    [Fact]
    public async Task Token_after_the_card_s_revocation_is_refused()
    {
        var token = _hub.Issue(Ankara, "dr-ayse").AccessToken;
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token));

        _hub.Pki.Revoke("dr-ayse");
        await _hub.RefreshRevocation();

        Assert.Equal(TrustReason.Revoked, _hub.Identify(Ankara, token));
    }

    [Fact]
    public void Token_after_the_card_is_blocked_is_refused()
    {
        var token = _hub.Issue(Ankara, "dr-ayse").AccessToken;
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token));
        _hub.Edit(r => r.Block(_hub.Pki["dr-ayse"].Thumbprint));
        Assert.Equal(TrustReason.Revoked, _hub.Identify(Ankara, token));
    }

    [Fact]
    public void Token_after_suspension_or_the_end_of_employment_is_refused()
    {
        var token = _hub.Issue(Ankara, "dr-ayse").AccessToken;
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token));
        foreach (var id in new[] { "dr-ayse", Ankara })
        {
            _hub.Edit(r => r.Suspend(id));
            Assert.Equal(TrustReason.Suspended, _hub.Identify(Ankara, token));
            _hub.Edit(r => r.Resume(id));
            Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token));
        }

        _hub.Edit(r => r.EndEmployment("dr-ayse", Ankara, _hub.Time.Now.AddSeconds(10)));
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token));
        _hub.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TrustReason.WrongInstitution, _hub.Identify(Ankara, token));
    }

    [Fact]
    public void Token_whose_clinician_is_no_longer_registered_is_refused()
    {
        var token = _hub.Issue(Ankara, "dr-ayse").AccessToken;
        _hub.Current = new RegistrySnapshot(_hub.Current.Institutions, [.. _hub.Current.Persons.Where(p => p.Id != "dr-ayse")], []);
        Assert.Equal(TrustReason.Unregistered, _hub.Identify(Ankara, token));
    }

    [Fact]
    public void Token_with_a_widened_scope_or_another_person_is_not_ours()
    {
        var token = _hub.Issue(Ankara, "dr-ayse").AccessToken;
        var parts = token.Split('.');
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1]));
        foreach (var (from, to) in new[] { ("user/*.rs", "system/*.cruds"), ("\"dr-ayse\"", "\"dr-mehmet\""), ("TREAT", "HOPERAT") })
        {
            Assert.Contains(from, payload, StringComparison.Ordinal);
            var widened = TestAssertion.Encode(payload.Replace(from, to, StringComparison.Ordinal));
            Assert.Equal(TrustReason.TokenInvalid, _hub.Identify(Ankara, $"{parts[0]}.{widened}.{parts[2]}"));
        }
    }

    [Theory]
    [InlineData("""{"alg":"none","typ":"at+jwt","kid":"token/1"}""")]
    [InlineData("""{"alg":"HS256","typ":"at+jwt","kid":"token/1"}""")]
    [InlineData("""{"alg":"ES256","typ":"JWT","kid":"token/1"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"token/1","jku":"https://attacker.example"}""")]
    public void Token_with_another_header_is_not_ours_even_when_signed(string header)
    {
        var parts = _hub.Issue(Ankara, "dr-ayse").AccessToken.Split('.');
        var signed = TestAssertion.Encode(header) + "." + parts[1];
        var signature = Base64Url.EncodeToString(_hub.Signer.Sign(Encoding.ASCII.GetBytes(signed)));
        Assert.Equal(TrustReason.TokenInvalid, _hub.Identify(Ankara, signed + "." + signature));
        Assert.Equal(TrustReason.TokenInvalid, _hub.Identify(Ankara, signed + "."));
        Assert.Equal(TrustReason.TokenInvalid, _hub.Identify(Ankara, signed + "." + parts[2]));
    }

    [Fact]
    public void Token_of_another_hub_or_audience_is_not_ours()
    {
        var elsewhere = new TokenEndpoint(_hub.Gate, _hub, _hub.Ring, new MemoryReplayCache(_hub.Time), TestHub.Tokens with { FhirBase = "https://elsewhere.example/fhir" }, _hub.Time);
        Assert.True(elsewhere.TryIssue(_hub.Certificate(Ankara), new TestAssertion(_hub, Ankara, "dr-ayse").Sign(), out var token, out _, out _));
        Assert.Equal(TrustReason.TokenInvalid, _hub.Identify(Ankara, token.AccessToken));

        using var keys = new TestKeys();
        var otherKey = new TokenEndpoint(_hub.Gate, _hub, new TokenKeyRing(keys, TestHub.Tokens, _hub.Time), new MemoryReplayCache(_hub.Time), TestHub.Tokens, _hub.Time);
        Assert.True(otherKey.TryIssue(_hub.Certificate(Ankara), new TestAssertion(_hub, Ankara, "dr-ayse").Sign(), out token, out _, out _));
        Assert.Equal(TrustReason.TokenInvalid, _hub.Identify(Ankara, token.AccessToken));
    }

    [Fact]
    public void Text_that_is_no_token_is_refused_without_an_exception()
    {
        var token = _hub.Issue(Ankara, "dr-ayse").AccessToken;
        foreach (var text in new[] { "", " ", "a.b.c", "Bearer " + token, token + " ", token + "=", token[..^1], "ğ" + token, new string('A', 5000), new TestAssertion(_hub, Ankara, "dr-ayse").Sign() })
        {
            Assert.Equal(TrustReason.TokenInvalid, _hub.Identify(Ankara, text));
        }
    }

    [Fact]
    public void Every_single_changed_character_of_a_token_is_noticed()
    {
        var token = _hub.Issue(Ankara, "dr-ayse").AccessToken;
        for (var at = 0; at < token.Length; at += 5)
        {
            var changed = token[at] == '.' ? 'A' : token[at] == 'A' ? 'B' : 'A';
            Assert.Equal(TrustReason.TokenInvalid, _hub.Identify(Ankara, token[..at] + changed + token[(at + 1)..]));
        }
    }

    [Fact]
    public void Token_does_not_outlive_a_stale_revocation_list()
    {
        _hub.Time.Advance(DevelopmentPki.RevocationListLifetime + TimeSpan.FromMinutes(58));
        var token = _hub.Issue(Ankara, "dr-ayse").AccessToken;
        _hub.Time.Advance(TimeSpan.FromSeconds(121));
        Assert.Equal(TrustReason.RevocationUnknown, _hub.Identify(Ankara, token));
    }

    public void Dispose() => _hub.Dispose();

    private Caller Known(string name)
    {
        Assert.Equal(TrustReason.None, _hub.Identify(_hub.Certificate(name), null, out var caller));
        return caller!;
    }

    /// <summary>The same token, so that a factory that has not seen it judges it.</summary>
    private string OtherFactory(string token)
    {
        var fresh = new CallerFactory(_hub.Gate, _hub, _hub.Revocation, _hub.Ring, _hub.Revoked, TestHub.Tokens, _hub.Time);
        Assert.False(fresh.TryIdentify(_hub.Certificate(Ankara), token, out _, out var reason, out _));
        Assert.Equal(TrustReason.TokenExpired, reason);
        return token;
    }
}
