using EHealthHub.Trust.Apps;
using EHealthHub.Trust.Clients;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tests.Support;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Tests.Apps;

public sealed class AppGrantsTests : IDisposable
{
    private const string Ankara = "hospital-ankara";
    private static readonly PersonContext Unknown = new(null, null);

    private readonly TestHub _hub = new();
    private readonly AppGrants _apps;
    private readonly PersonGate _persons;

    public AppGrantsTests()
    {
        _apps = new AppGrants(_hub, _hub.Revocation, _hub.Ring, _hub.Replay, _hub.Revoked, TestHub.Tokens, _hub.Time);
        _persons = new PersonGate(_hub.Gate, _hub, _hub.Time);
        _hub.Edit(r => r.PutClient(Ankara, App("ward", isPublic: false)).Then(next => next.PutClient("ministry", App("my-record", isPublic: true))));
    }

    [Theory]
    [InlineData("dr-ayse", TrustReason.None)]
    [InlineData("citizen-zeynep", TrustReason.None)]
    [InlineData(Ankara, TrustReason.Unregistered)]
    [InlineData("auditor", TrustReason.Unregistered)]
    [InlineData("hospital-expired", TrustReason.Expired)]
    public void Cards_of_clinicians_and_citizens_sign_in_and_nobody_else(string who, TrustReason reason)
    {
        Assert.Equal(reason, _persons.Prove(_hub.Certificate(who), out var person));
        Assert.Equal(reason == TrustReason.None, person is not null);
        Assert.Equal(TrustReason.NoCertificate, _persons.Prove(null, out _));
    }

    [Fact]
    public void Grant_becomes_a_token_bound_to_the_client_s_connection_with_the_person_behind_it()
    {
        var grant = Begin("dr-ayse", "ward", "openid offline_access user/Patient.rs");
        Assert.True(_apps.TryRedeem(Ward(), grant, "1", Soon, null, "n", out var token, out _));
        Assert.Equal("openid offline_access user/Patient.rs", token.Token.Scope);
        Assert.Equal(900, token.Token.ExpiresInSeconds);
        Assert.True(token.Renewable);
        Assert.Equal("n", TestAssertion.Payload(token.IdentityToken!).GetProperty("nonce").GetString());
        Assert.Equal(TrustReason.None, _hub.Identify(_hub.Certificate(Ankara), token.Token.AccessToken, out var caller));
        Assert.Equal(("dr-ayse", Ankara, "ward", "TREAT", PersonKind.Clinician), (caller!.Person, caller.Institution, caller.Client, caller.Purpose, caller.PersonKind));
        Assert.Equal(_hub.Pki["dr-ayse"].Thumbprint, caller.Card);
        Assert.Equal(TrustReason.TokenNotBound, _hub.Identify("hospital-izmir", token.Token.AccessToken));
    }

    [Fact]
    public void Grant_reads_back_as_it_was_written()
    {
        var grant = Begin("citizen-zeynep", "my-record", "patient/*.rs launch/patient fhirUser", new PersonContext("https://localhost:8443/fhir/Patient/1", "1"));
        Assert.True(AppGrant.TryRead(grant.ToText(), out var read));
        Assert.Equal(grant.ToText(), read.ToText());
        Assert.False(AppGrant.TryRead("{}", out _));
        Assert.False(AppGrant.TryRead("x", out _));
    }

    [Fact]
    public void What_cannot_be_kept_is_not_promised()
    {
        var grant = Begin("citizen-zeynep", "my-record", "patient/*.rs launch/patient fhirUser patient/Observation.rs?category=laboratory user/*.cruds system/*.rs offline_access");
        Assert.Equal("offline_access patient/*.rs", string.Join(' ', grant.Scopes));
    }

    [Fact]
    public void Renewal_may_ask_for_a_part_of_what_was_granted_and_for_nothing_else()
    {
        var apps = new AppGrants(_hub, _hub.Revocation, _hub.Ring, _hub.Replay, _hub.Revoked, TestHub.Tokens with { KeepsQuery = (_, _) => true }, _hub.Time);
        var grant = Begin("dr-ayse", "ward", "user/*.rs offline_access");
        Assert.True(apps.TryRedeem(Ward(), grant, "1", Soon, "user/Observation.rs?category=laboratory offline_access user/Patient.r", null, out var token, out _));
        Assert.Equal("user/Observation.rs?category=laboratory offline_access user/Patient.r", token.Token.Scope);
        Assert.True(apps.TryRedeem(Ward(), grant, "2", Soon, "user/Observation.r?category=laboratory", null, out token, out _));
        Assert.Equal("user/Observation.r?category=laboratory", token.Token.Scope);
        Assert.False(token.Renewable);
        foreach (var wider in new[] { "patient/*.rs", "user/*.cruds", "user/*.rs system/*.rs", "user/*.rs openid", "user/*.rs unheard-of" })
        {
            Assert.False(apps.TryRedeem(Ward(), grant, "3", Soon, wider, null, out _, out var reason), wider);
            Assert.Equal(TrustReason.ScopeNotAllowed, reason);
        }
    }

    [Fact]
    public void Clinician_chooses_a_patient_and_the_token_is_about_that_one()
    {
        Assert.Equal(TrustReason.None, _persons.Prove(_hub.Certificate("dr-ayse"), out var person));
        var asking = _apps.Application("ward")!.Value;
        Assert.Equal(TrustReason.None, _apps.TryBegin(person!, asking, "launch/patient patient/*.rs", Unknown with { Chooses = true }, out var draft));
        Assert.Equal("launch/patient patient/*.rs", string.Join(' ', draft!.Scopes));
        Assert.Equal(TrustReason.GrantInvalid, Redeem(draft, "draft"));

        Assert.Equal(TrustReason.None, _apps.TryBegin(person!, asking, "launch/patient patient/*.rs", new PersonContext(null, "7"), out var grant));
        Assert.Equal("7", grant!.Patient);
        Assert.True(_apps.TryRedeem(Ward(), grant, "1", Soon, "patient/Observation.rs", null, out var token, out _));
        Assert.Equal(TrustReason.None, _hub.Identify(_hub.Certificate(Ankara), token.Token.AccessToken, out var caller));
        Assert.Equal("7", caller!.Patient);
    }

    [Theory]
    [InlineData("patient/*.rs")]
    [InlineData("launch/patient patient/*.rs")]
    public void Clinician_who_chose_nobody_gives_no_scopes_of_a_patient(string scope)
    {
        Assert.Equal(TrustReason.None, _persons.Prove(_hub.Certificate("dr-ayse"), out var person));
        Assert.Equal(TrustReason.ScopeNotAllowed, _apps.TryBegin(person!, _apps.Application("ward")!.Value, scope, Unknown, out _));
    }

    [Fact]
    public void Second_use_takes_back_all_that_came_of_the_grant()
    {
        var grant = Begin("dr-ayse", "ward", "user/*.rs offline_access");
        Assert.True(_apps.TryRedeem(Ward(), grant, "1", Soon, null, null, out var token, out _));
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token.Token.AccessToken));
        Assert.Equal(TrustReason.GrantReplayed, Redeem(grant, "1"));
        Assert.Equal(TrustReason.TokenRevoked, _hub.Identify(Ankara, token.Token.AccessToken));
        Assert.Equal(TrustReason.TokenRevoked, Redeem(grant, "2"));
    }

    [Fact]
    public void A_stranger_who_found_a_code_cannot_end_the_session()
    {
        var grant = Begin("citizen-zeynep", "my-record", "patient/*.rs");
        Assert.False(_apps.TryRedeem(Public("dr-ayse"), grant, "1", Soon, null, null, out _, out var reason));
        Assert.Equal(TrustReason.TokenNotBound, reason);
        Assert.False(_apps.TryRedeem(Ward(), grant, "1", Soon, null, null, out _, out reason));
        Assert.Equal(TrustReason.GrantInvalid, reason);
        Assert.True(_apps.TryRedeem(Public("citizen-zeynep"), grant, "1", Soon, null, null, out _, out _));
    }

    [Fact]
    public void Session_ends_with_employment_suspension_card_and_its_own_hours()
    {
        var grant = Begin("dr-ayse", "ward", "user/*.rs offline_access");
        Assert.True(_apps.TryRedeem(Ward(), grant, "1", Soon, null, null, out var token, out _));
        _hub.Edit(r => r.Suspend("dr-ayse"));
        Assert.Equal(TrustReason.Suspended, Redeem(grant, "2"));
        Assert.Equal(TrustReason.Suspended, _hub.Identify(Ankara, token.Token.AccessToken));
        _hub.Edit(r => r.Resume("dr-ayse"));
        _hub.Edit(r => r.Block(_hub.Pki["dr-ayse"].Thumbprint));
        Assert.Equal(TrustReason.Revoked, Redeem(grant, "2"));
        Assert.Equal(TrustReason.Revoked, _hub.Identify(Ankara, token.Token.AccessToken));
        _hub.Edit(r => r.Unblock(_hub.Pki["dr-ayse"].Thumbprint));
        _hub.Edit(r => r.EndEmployment("dr-ayse", Ankara, _hub.Time.Now));
        Assert.Equal(TrustReason.WrongInstitution, Redeem(grant, "2"));
        Assert.Equal(TrustReason.WrongInstitution, _hub.Identify(Ankara, token.Token.AccessToken));
        _hub.Time.Advance(TimeSpan.FromHours(TestHub.Tokens.SessionHoursMax));
        Assert.Equal(TrustReason.GrantInvalid, Redeem(grant, "2"));
    }

    [Fact]
    public void Clinician_of_another_hospital_may_not_allow_its_application_anything()
    {
        Assert.Equal(TrustReason.None, _persons.Prove(_hub.Certificate("dr-mehmet"), out var person));
        Assert.Equal(TrustReason.WrongInstitution, _apps.TryBegin(person!, _apps.Application("ward")!.Value, "user/*.rs", Unknown, out _));
    }

    [Theory]
    [InlineData("openid")]
    [InlineData("system/*.rs")]
    [InlineData("patient/*.rs")]
    [InlineData("")]
    [InlineData(null)]
    public void Clinician_s_application_that_asks_for_nothing_of_hers_gets_nothing(string? scope)
    {
        Assert.Equal(TrustReason.None, _persons.Prove(_hub.Certificate("dr-ayse"), out var person));
        Assert.Equal(TrustReason.ScopeNotAllowed, _apps.TryBegin(person!, _apps.Application("ward")!.Value, scope, Unknown, out _));
    }

    [Fact]
    public void Suspended_applications_and_systems_ask_nobody()
    {
        Assert.Null(_apps.Application(null));
        Assert.Null(_apps.Application(Ankara));
        _hub.Edit(r => r.SuspendClient("ward", true));
        Assert.Null(_apps.Application("ward"));
        _hub.Edit(r => r.Suspend("ministry"));
        Assert.Null(_apps.Application("my-record"));
    }

    public void Dispose() => _hub.Dispose();

    private DateTimeOffset Soon => _hub.Time.Now.AddMinutes(1);

    private static RegisteredClient App(string id, bool isPublic) =>
        new(id, id, ClientKind.App, [], ["https://app.example/back"], ["openid", "fhirUser", "offline_access", "launch/patient", "user/*.rs", "patient/*.rs"], isPublic, Suspended: false);

    private AppGrant Begin(string who, string app, string scope, PersonContext? context = null)
    {
        Assert.Equal(TrustReason.None, _persons.Prove(_hub.Certificate(who), out var person));
        Assert.Equal(TrustReason.None, _apps.TryBegin(person!, _apps.Application(app)!.Value, scope, context ?? Unknown, out var grant));
        return grant!;
    }

    private ProvenClient Ward() => Proven(Ankara, "ward");

    private ProvenClient Public(string connection) => Proven(connection, "my-record");

    private ProvenClient Proven(string connection, string client)
    {
        Assert.Equal(TrustReason.None, _hub.Clients.Prove(_hub.Certificate(connection), new ClientStatement(client, null, null), out var proven));
        return proven!;
    }

    private TrustReason Redeem(AppGrant grant, string once)
    {
        Assert.False(_apps.TryRedeem(Ward(), grant, once, Soon, null, null, out _, out var reason));
        return reason;
    }
}
