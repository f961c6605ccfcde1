using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
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
    [InlineData("HOPERAT")]
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
    [InlineData("ETREAT", "Bilinci kapalı geldi", TrustReason.None)]
    [InlineData("BTG", "  ten letters  ", TrustReason.None)]
    [InlineData("ETREAT", null, TrustReason.EmergencyReasonInvalid)]
    [InlineData("BTG", "  short  ", TrustReason.EmergencyReasonInvalid)]
    [InlineData("BTG", "two\nlines of it", TrustReason.EmergencyReasonInvalid)]
    [InlineData("TREAT", "Bilinci kapalı geldi", TrustReason.EmergencyReasonInvalid)]
    public void Glass_is_broken_with_a_reason_and_a_reason_breaks_a_glass(string purpose, string? reason, TrustReason outcome)
    {
        var assertion = Sound(Ankara);
        assertion.Claims["purpose_of_use"] = purpose;
        if (reason is not null)
        {
            assertion.Claims["emergency_reason"] = reason;
        }

        Assert.Equal(outcome, _hub.Ask(Ankara, assertion.Sign(), out var token));
        Assert.Equal(outcome == TrustReason.None ? reason!.Trim() : null, token?.Caller.Emergency?.Reason);
        if (token is not null)
        {
            Assert.Equal(900, token.ExpiresInSeconds);
            Assert.Equal(TrustReason.None, _hub.Identify(_hub.Certificate(Ankara), token.AccessToken, out var caller));
            Assert.Equal((purpose, reason!.Trim(), TimeSpan.FromSeconds(900)), (caller!.Purpose, caller.Emergency!.Reason, caller.Emergency.Until - caller.Emergency.From));
        }
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

    [Fact]
    public void Options_with_faults_are_refused()
    {
        var options = TestHub.Tokens with { Issuer = "http://localhost", TokenSecondsMax = 301, ClinicianScopes = ["system/*.cruds"], TokenCacheEntriesMax = 1 };
        Assert.Equal(4, options.Faults().Length);
        Assert.Throws<ArgumentException>(() => new CallerFactory(_hub.Gate, _hub, _hub.Revocation, _hub.Ring, _hub.Revoked, options, _hub.Time));
    }

    public void Dispose() => _hub.Dispose();

    private TestAssertion Sound(string carrier) => new(_hub, carrier, "dr-ayse");
}
