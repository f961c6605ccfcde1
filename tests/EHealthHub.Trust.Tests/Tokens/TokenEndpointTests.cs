using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Clinicians;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tests.Support;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Tests.Tokens;

public sealed class TokenEndpointTests : IDisposable
{
    private const string Ankara = "hospital-ankara";
    private const string Izmir = "hospital-izmir";
    private readonly TestHub _hub = new();

    private DateTimeOffset Now => _hub.Time.Now;

    [Fact]
    public void Card_signed_assertion_carried_by_the_clinician_s_hospital_becomes_a_token_of_five_minutes()
    {
        var carrier = _hub.Certificate(Ankara);
        var assertion = CardAssertion.Create(_hub.Certificate("dr-ayse"), TestHub.Tokens.TokenEndpoint, _hub.Pki[Ankara].Thumbprint, "TREAT", Now);

        Assert.True(_hub.Endpoint.TryIssue(carrier, assertion, out var token, out var reason, out var thumbprint));

        Assert.Equal(TrustReason.None, reason);
        Assert.Equal(_hub.Pki[Ankara].Thumbprint, thumbprint);
        Assert.Equal(300, token.ExpiresInSeconds);
        Assert.Equal("user/*.rs", token.Scope);
        var claims = TestAssertion.Payload(token.AccessToken);
        Assert.Equal("https://localhost:8443", claims.GetProperty("iss").GetString());
        Assert.Equal("https://localhost:8443/fhir", claims.GetProperty("aud").GetString());
        Assert.Equal("dr-ayse", claims.GetProperty("sub").GetString());
        Assert.Equal(Ankara, claims.GetProperty("institution").GetString());
        Assert.Equal("physician", claims.GetProperty("role").GetString());
        Assert.Equal("TREAT", claims.GetProperty("purpose_of_use").GetString());
        Assert.Equal(token.TokenId, claims.GetProperty("jti").GetString());
        Assert.Equal(Now.ToUnixTimeSeconds() + 300, claims.GetProperty("exp").GetInt64());
        Assert.Equal(Base64Url.EncodeToString(SHA256.HashData(carrier.RawData)), claims.GetProperty("cnf").GetProperty("x5t#S256").GetString());
        Assert.DoesNotContain(_hub.Pki["dr-ayse"].NationalId!, claims.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(("dr-ayse", PersonKind.Clinician, Ankara, "TREAT"), (token.Caller.Person, token.Caller.PersonKind, token.Caller.Institution, token.Caller.Purpose));
    }

    [Theory]
    [InlineData("hospital-revoked", TrustReason.Revoked)]
    [InlineData("hospital-expired", TrustReason.Expired)]
    [InlineData("hospital-unregistered", TrustReason.Unregistered)]
    [InlineData("server", TrustReason.WrongUsage)]
    public void Carrier_that_does_not_pass_itself_carries_nothing(string carrier, TrustReason reason) =>
        Assert.Equal(reason, _hub.Ask(carrier, Sound(Ankara).Sign()));

    [Fact]
    public void Without_a_connection_certificate_there_is_no_token() => Assert.Equal(TrustReason.NoCertificate, _hub.Ask((X509Certificate2?)null, Sound(Ankara).Sign()));

    [Fact]
    public void Suspended_hospital_carries_nothing()
    {
        _hub.Edit(r => r.Suspend(Ankara));
        Assert.Equal(TrustReason.Suspended, _hub.Ask(Ankara, Sound(Ankara).Sign()));
    }

    [Fact]
    public void Replayed_assertion_is_refused()
    {
        var assertion = Sound(Ankara).Sign();
        Assert.Equal(TrustReason.None, _hub.Ask(Ankara, assertion));
        Assert.Equal(TrustReason.AssertionReplayed, _hub.Ask(Ankara, assertion));
    }

    [Fact]
    public void Replayed_assertion_is_refused_up_to_the_last_second_that_it_is_good()
    {
        var assertion = Sound(Ankara).Sign();
        Assert.Equal(TrustReason.None, _hub.Ask(Ankara, assertion));

        // 120 seconds of life and 30 of skew.
        _hub.Time.Advance(TimeSpan.FromSeconds(149));
        Assert.Equal(TrustReason.AssertionReplayed, _hub.Ask(Ankara, assertion));
        _hub.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TrustReason.AssertionExpired, _hub.Ask(Ankara, assertion));
    }

    [Fact]
    public void The_same_jti_of_another_card_is_no_replay()
    {
        var first = Sound(Ankara);
        var second = new TestAssertion(_hub, Izmir, "dr-mehmet");
        second.Claims["jti"] = (string)first.Claims["jti"]!;
        Assert.Equal(TrustReason.None, _hub.Ask(Ankara, first.Sign()));
        Assert.Equal(TrustReason.None, _hub.Ask(Izmir, second.Sign()));
    }

    [Fact]
    public void Refused_assertion_does_not_use_up_its_jti()
    {
        var assertion = Sound(Ankara);
        assertion.Claims["purpose_of_use"] = "HMARKT";
        Assert.Equal(TrustReason.PurposeNotAllowed, _hub.Ask(Ankara, assertion.Sign()));
        assertion.Claims["purpose_of_use"] = "TREAT";
        Assert.Equal(TrustReason.None, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Theory]
    [InlineData("\"https://elsewhere.example/oauth/token\"")]
    [InlineData("[\"https://localhost:8443/oauth/token\",\"https://elsewhere.example/oauth/token\"]")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"https://localhost:8443/fhir\"")]
    public void Assertion_for_another_audience_is_refused(string audience)
    {
        var assertion = Sound(Ankara);
        assertion.Claims["aud"] = JsonNode.Parse(audience);
        Assert.Equal(TrustReason.AssertionMisdirected, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Fact]
    public void Assertion_meant_for_another_hospital_s_connection_is_refused() => Assert.Equal(TrustReason.AssertionMisdirected, _hub.Ask(Izmir, Sound(Ankara).Sign()));

    [Fact]
    public void Assertion_of_a_clinician_who_does_not_work_there_is_refused() =>
        Assert.Equal(TrustReason.WrongInstitution, _hub.Ask(Izmir, Sound(Izmir).Sign()));

    [Fact]
    public void Employment_that_is_over_or_not_begun_carries_nothing()
    {
        _hub.Edit(r => r.EndEmployment("dr-ayse", Ankara, Now));
        Assert.Equal(TrustReason.WrongInstitution, _hub.Ask(Ankara, Sound(Ankara).Sign()));
        _hub.Edit(r => r.Employ("dr-ayse", new Employment(Ankara, "physician", Now.AddSeconds(1), null)));
        Assert.Equal(TrustReason.WrongInstitution, _hub.Ask(Ankara, Sound(Ankara).Sign()));
        _hub.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TrustReason.None, _hub.Ask(Ankara, Sound(Ankara).Sign()));
    }

    [Fact]
    public void Token_ends_with_the_employment()
    {
        _hub.Edit(r => r.EndEmployment("dr-ayse", Ankara, Now.AddSeconds(40)));
        Assert.Equal(40, _hub.Issue(Ankara, "dr-ayse").ExpiresInSeconds);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS256")]
    [InlineData("ES512")]
    [InlineData("EdDSA")]
    [InlineData("")]
    public void Algorithm_outside_the_list_is_refused(string algorithm)
    {
        var assertion = Sound(Ankara);
        assertion.Header["alg"] = algorithm;
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Fact]
    public void Assertion_with_alg_none_and_an_empty_signature_is_refused()
    {
        var assertion = Sound(Ankara);
        assertion.Header["alg"] = "none";
        var parts = assertion.Sign().Split('.');
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, $"{parts[0]}.{parts[1]}."));
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, $"{parts[0]}.{parts[1]}"));
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES384")]
    public void Algorithm_swapped_for_one_of_another_key_is_refused(string algorithm)
    {
        var assertion = Sound(Ankara);
        assertion.Header["alg"] = algorithm;
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Fact]
    public void Mac_keyed_with_the_card_s_public_key_is_refused()
    {
        var assertion = Sound(Ankara);
        assertion.Header["alg"] = "HS256";
        var signed = TestAssertion.Encode(assertion.Header.ToJsonString()) + "." + TestAssertion.Encode(assertion.Claims.ToJsonString());
        var mac = HMACSHA256.HashData(assertion.Card.PublicKey.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(signed));
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, signed + "." + Base64Url.EncodeToString(mac)));
    }

    [Fact]
    public void Certificate_of_another_in_x5c_is_refused()
    {
        var assertion = Sound(Ankara);
        assertion.Header["x5c"] = new JsonArray(Convert.ToBase64String(_hub.Certificate("dr-mehmet").RawData));
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Fact]
    public void Own_certificate_behind_another_s_in_x5c_helps_nothing()
    {
        var assertion = Sound(Ankara);
        assertion.Header["x5c"] = new JsonArray(Convert.ToBase64String(_hub.Certificate("dr-mehmet").RawData), Convert.ToBase64String(assertion.Card.RawData));
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Theory]
    [InlineData("jku", "\"https://attacker.example/keys\"")]
    [InlineData("jwk", "{\"kty\":\"EC\"}")]
    [InlineData("x5u", "\"https://attacker.example/cert\"")]
    [InlineData("crit", "[\"exp\"]")]
    [InlineData("b64", "false")]
    [InlineData("zip", "\"DEF\"")]
    [InlineData("enc", "\"A256GCM\"")]
    public void Header_that_points_elsewhere_or_changes_the_rules_is_refused(string name, string value)
    {
        var assertion = Sound(Ankara);
        assertion.Header[name] = JsonNode.Parse(value);
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Fact]
    public void Assertion_older_than_five_minutes_is_refused()
    {
        var assertion = Sound(Ankara);
        assertion.Claims["iat"] = Now.ToUnixTimeSeconds() - 331;
        assertion.Claims["exp"] = Now.ToUnixTimeSeconds() - 31;
        Assert.Equal(TrustReason.AssertionExpired, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Theory]
    [InlineData(0, 301)]
    [InlineData(-600, 10)]
    [InlineData(31, 60)]
    [InlineData(0, 0)]
    [InlineData(-60, -30)]
    public void Assertion_outside_its_time_or_living_too_long_is_refused(int issued, int expires)
    {
        var assertion = Sound(Ankara);
        assertion.Claims["iat"] = Now.ToUnixTimeSeconds() + issued;
        assertion.Claims["exp"] = Now.ToUnixTimeSeconds() + expires;
        Assert.Equal(TrustReason.AssertionExpired, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Fact]
    public void Assertion_not_good_before_later_is_refused()
    {
        var assertion = Sound(Ankara);
        assertion.Claims["nbf"] = Now.ToUnixTimeSeconds() + 31;
        Assert.Equal(TrustReason.AssertionExpired, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Fact]
    public void Clocks_may_differ_by_thirty_seconds()
    {
        var assertion = Sound(Ankara);
        assertion.Claims["iat"] = Now.ToUnixTimeSeconds() + 30;
        Assert.Equal(TrustReason.None, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Theory]
    [InlineData("ETREAT")]
    [InlineData("BTG")]
    [InlineData("HPAYMT")]
    [InlineData("treat")]
    [InlineData("")]
    [InlineData(null)]
    public void Purpose_that_is_missing_unknown_or_not_allowed_is_refused(string? purpose)
    {
        var assertion = Sound(Ankara);
        assertion.Claims["purpose_of_use"] = purpose;
        Assert.Equal(TrustReason.PurposeNotAllowed, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Theory]
    [InlineData("user/Observation.rs", "user/Observation.rs")]
    [InlineData("user/*.cruds system/*.cruds user/Patient.r", "user/*.rs user/Patient.r")]
    public void Scope_may_be_narrowed_and_never_widened(string asked, string granted)
    {
        var assertion = Sound(Ankara);
        assertion.Claims["scope"] = asked;
        Assert.True(_hub.Endpoint.TryIssue(_hub.Certificate(Ankara), assertion.Sign(), out var token, out _, out _));
        Assert.Equal(granted, token.Scope);
    }

    [Theory]
    [InlineData("system/*.cruds")]
    [InlineData("user/*.cud")]
    [InlineData("user/Observation.rs?category=laboratory")]
    [InlineData("")]
    public void Scope_of_which_nothing_is_held_is_refused(string asked)
    {
        var assertion = Sound(Ankara);
        assertion.Claims["scope"] = asked;
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Fact]
    public void Issuer_and_subject_other_than_the_card_s_holder_are_refused()
    {
        var other = _hub.Pki["dr-mehmet"].NationalId;
        foreach (var (issuer, subject) in new[] { (other, other), (_hub.Pki["dr-ayse"].NationalId, other), ("dr-mehmet", "dr-mehmet") })
        {
            var assertion = Sound(Ankara);
            assertion.Claims["iss"] = issuer;
            assertion.Claims["sub"] = subject;
            Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, assertion.Sign()));
        }
    }

    [Fact]
    public void Issuer_and_subject_may_be_the_registered_id()
    {
        var assertion = Sound(Ankara);
        assertion.Claims["iss"] = "dr-ayse";
        assertion.Claims["sub"] = "dr-ayse";
        Assert.Equal(TrustReason.None, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Theory]
    [InlineData("iss")]
    [InlineData("sub")]
    [InlineData("jti")]
    [InlineData("iat")]
    [InlineData("exp")]
    [InlineData("cnf")]
    public void Assertion_without_a_needed_claim_is_refused(string claim)
    {
        var assertion = Sound(Ankara);
        assertion.Claims.Remove(claim);
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Theory]
    [InlineData("jti", 0)]
    [InlineData("jti", 129)]
    [InlineData("iss", 1025)]
    public void Claim_outside_its_length_is_refused(string claim, int length)
    {
        var assertion = Sound(Ankara);
        assertion.Claims[claim] = new string('x', length);
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Fact]
    public void Repeated_claims_and_header_members_are_refused()
    {
        var assertion = Sound(Ankara);
        var header = assertion.Header.ToJsonString();
        var claims = assertion.Claims.ToJsonString();
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, assertion.Sign(header, "{\"aud\":\"x\"," + claims[1..])));
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, assertion.Sign("{\"alg\":\"ES256\"," + header[1..], claims)));
        Assert.Equal(TrustReason.None, _hub.Ask(Ankara, assertion.Sign(header, claims)));
    }

    [Fact]
    public void Text_that_is_no_assertion_is_refused_without_an_exception()
    {
        var sound = Sound(Ankara).Sign();
        var parts = sound.Split('.');
        string[] odd =
        [
            "", ".", "..", "a.b.c", "a..c", sound + ".x", sound + "=", " " + sound, sound[..^1], parts[0] + "." + parts[1] + ".AA", new('A', 17_000),
            "ğ." + parts[1] + "." + parts[2], TestAssertion.Encode("[]") + "." + parts[1] + "." + parts[2], TestAssertion.Encode("{}") + "." + parts[1] + "." + parts[2],
            parts[0] + "." + TestAssertion.Encode("\"x\"") + "." + parts[2], parts[0] + "." + TestAssertion.Encode(new string('[', 3000)) + "." + parts[2],
            parts[0] + "." + Base64Url.EncodeToString([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) + "." + parts[2],
        ];
        foreach (var text in odd)
        {
            Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, text));
        }
    }

    [Fact]
    public void Half_a_surrogate_pair_in_a_claim_is_refused()
    {
        var assertion = Sound(Ankara);
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, assertion.Sign(assertion.Header.ToJsonString(), assertion.Claims.ToJsonString().Replace("\"sub\":\"", "\"sub\":\"\\ud800", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("!!!!")]
    [InlineData("AAAA")]
    [InlineData("MAA=")]
    public void X5c_that_holds_no_certificate_is_refused(string content)
    {
        var assertion = Sound(Ankara);
        assertion.Header["x5c"] = new JsonArray(content);
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Fact]
    public void X5c_with_bytes_behind_the_certificate_or_too_many_certificates_is_refused()
    {
        var assertion = Sound(Ankara);
        var der = assertion.Card.RawData;
        foreach (var chain in new[] { new JsonArray(Convert.ToBase64String([.. der, 0])), new JsonArray([.. Enumerable.Repeat(0, 5).Select(_ => (JsonNode)Convert.ToBase64String(der))]), [] })
        {
            assertion.Header["x5c"] = chain;
            Assert.Equal(TrustReason.AssertionInvalid, _hub.Ask(Ankara, assertion.Sign()));
        }
    }

    [Fact]
    public void Every_single_changed_character_of_an_assertion_is_noticed()
    {
        var sound = Sound(Ankara).Sign();
        for (var at = 0; at < sound.Length; at += 7)
        {
            var changed = sound[at] == '.' ? 'A' : sound[at] == 'A' ? 'B' : 'A';
            Assert.NotEqual(TrustReason.None, _hub.Ask(Ankara, sound[..at] + changed + sound[(at + 1)..]));
        }

        Assert.Equal(TrustReason.None, _hub.Ask(Ankara, sound));
    }

    [Fact]
    public void Institution_s_certificate_does_not_sign_for_a_clinician()
    {
        var assertion = new TestAssertion(_hub, _hub.Certificate(Ankara), _hub.Certificate(Ankara), _hub.Pki["dr-ayse"].NationalId!);
        Assert.Equal(TrustReason.WrongUsage, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Fact]
    public void Citizen_s_card_yields_no_clinician() => Assert.Equal(TrustReason.Unregistered, _hub.Ask(Ankara, new TestAssertion(_hub, Ankara, "citizen-zeynep").Sign()));

    [Theory]
    [InlineData("ES384")]
    [InlineData("RS256")]
    [InlineData("RS384")]
    [InlineData("PS256")]
    public void Cards_with_other_keys_sign_with_their_algorithms(string algorithm)
    {
        var nationalId = _hub.Pki["dr-ayse"].NationalId!;
        var what = OddCertificates.Card(Now, "PNOTR-" + nationalId);
        var card = _hub.Keep(algorithm == "ES384" ? OddCertificates.IssueOnCurve(_hub.Pki.Issuer, what, ECCurve.NamedCurves.nistP384) : OddCertificates.IssueRsa(_hub.Pki.Issuer, what, 2048));
        var assertion = new TestAssertion(_hub, _hub.Certificate(Ankara), card, nationalId);
        assertion.Header["alg"] = algorithm;
        Assert.Equal(TrustReason.None, _hub.Ask(Ankara, assertion.Sign()));
        Assert.Equal(TrustReason.None, _hub.Ask(Ankara, CardAssertion.Create(card, TestHub.Tokens.TokenEndpoint, _hub.Pki[Ankara].Thumbprint, "TREAT", Now)));
    }

    [Fact]
    public void Cards_that_must_not_pass_do_not_each_for_its_own_reason()
    {
        var nationalId = _hub.Pki["dr-ayse"].NationalId!;
        var what = OddCertificates.Card(Now, nationalId);
        using var stranger = DevelopmentAuthority.CreateRoot("Stranger", Now.AddDays(-90), Now.AddDays(900));
        var authority = _hub.Pki.Issuer;
        (X509Certificate2 Card, TrustReason Reason)[] odd =
        [
            (authority.Issue(what with { NotBefore = Now.AddDays(-9), NotAfter = Now.AddDays(-2) }), TrustReason.Expired),
            (authority.Issue(what with { NotBefore = Now.AddDays(1) }), TrustReason.NotYetValid),
            (authority.Issue(what with { KeyUsage = X509KeyUsageFlags.KeyEncipherment }), TrustReason.WrongUsage),
            (authority.Issue(what with { ExtendedKeyUsages = [CertificateOids.ServerAuthentication] }), TrustReason.WrongUsage),
            (authority.Issue(what with { Policies = ["2.16.792.1.61.0.1.5070.2.1"] }), TrustReason.WrongUsage),
            (OddCertificates.SelfSigned(what), TrustReason.UnknownIssuer),
            (stranger.Issue(what), TrustReason.UnknownIssuer),
            (authority.Issue(OddCertificates.Card(Now, "10000000146")), TrustReason.Unregistered),
            (authority.Issue(OddCertificates.Card(Now, nationalId, nationalId)), TrustReason.Unregistered),
            (authority.Issue(OddCertificates.Card(Now, "10000000145")), TrustReason.Unregistered),
            (authority.Issue(OddCertificates.Card(Now)), TrustReason.Unregistered),
        ];
        foreach (var (card, reason) in odd)
        {
            var assertion = new TestAssertion(_hub, _hub.Certificate(Ankara), _hub.Keep(card), nationalId);
            Assert.Equal(reason, _hub.Ask(Ankara, assertion.Sign()));
        }
    }

    [Fact]
    public void Weak_card_key_is_refused()
    {
        var nationalId = _hub.Pki["dr-ayse"].NationalId!;
        var card = _hub.Keep(OddCertificates.IssueRsa(_hub.Pki.Issuer, OddCertificates.Card(Now, nationalId), 1024));
        var assertion = new TestAssertion(_hub, _hub.Certificate(Ankara), card, nationalId);
        assertion.Header["alg"] = "RS256";
        Assert.Equal(TrustReason.WeakKey, _hub.Ask(Ankara, assertion.Sign()));
    }

    [Fact]
    public async Task Revoked_or_blocked_card_gets_no_token()
    {
        _hub.Edit(r => r.Block(_hub.Pki["dr-ayse"].Thumbprint));
        Assert.Equal(TrustReason.Revoked, _hub.Ask(Ankara, Sound(Ankara).Sign()));
        _hub.Edit(r => r.Unblock(_hub.Pki["dr-ayse"].Thumbprint));
        Assert.Equal(TrustReason.None, _hub.Ask(Ankara, Sound(Ankara).Sign()));

        _hub.Pki.Revoke("dr-ayse");
        await _hub.RefreshRevocation();
        Assert.Equal(TrustReason.Revoked, _hub.Ask(Ankara, Sound(Ankara).Sign()));
    }

    [Fact]
    public void Suspended_clinician_gets_no_token()
    {
        _hub.Edit(r => r.Suspend("dr-ayse"));
        Assert.Equal(TrustReason.Suspended, _hub.Ask(Ankara, Sound(Ankara).Sign()));
    }

    [Fact]
    public void Authority_trusted_for_institutions_alone_makes_no_cards()
    {
        using var hub = new TestHub(o => o with { Anchors = [o.Anchors[0] with { Uses = AnchorUses.Institutions }] });
        Assert.Equal(TrustReason.UnknownIssuer, hub.Ask(Ankara, new TestAssertion(hub, Ankara, "dr-ayse").Sign()));
        using var cards = new TestHub(o => o with { Anchors = [o.Anchors[0] with { Uses = AnchorUses.Cards }] });
        Assert.Equal(TrustReason.UnknownIssuer, cards.Ask(Ankara, new TestAssertion(cards, Ankara, "dr-ayse").Sign()));
    }

    [Fact]
    public void Options_with_faults_are_refused()
    {
        var options = TestHub.Tokens with { Issuer = "http://localhost", TokenSecondsMax = 301, ClinicianScopes = ["system/*.cruds"], TokenCacheEntriesMax = 1 };
        Assert.Equal(4, options.Faults().Length);
        Assert.Throws<ArgumentException>(() => new CallerFactory(_hub.Gate, _hub, _hub.Revocation, _hub.Signer, options, _hub.Time));
    }

    public void Dispose() => _hub.Dispose();

    private TestAssertion Sound(string carrier) => new(_hub, carrier, "dr-ayse");
}
