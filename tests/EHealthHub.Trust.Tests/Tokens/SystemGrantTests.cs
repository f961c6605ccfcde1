using EHealthHub.Trust.Clients;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tests.Support;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Tests.Tokens;

public sealed class SystemGrantTests : IDisposable
{
    private const string Ankara = "hospital-ankara";
    private readonly TestHub _hub = new();
    private readonly TestClient _client = new();

    public SystemGrantTests() => _hub.Edit(r => r.PutClient(Ankara, _client.Registration(ClientKind.System, true, "system/Observation.rs", "system/Patient.r")));

    [Fact]
    public void Program_gets_a_token_with_what_it_and_its_institution_hold()
    {
        var token = Issue(null);
        Assert.Equal(300, token.ExpiresInSeconds);
        Assert.Equal("system/Observation.rs system/Patient.r", token.Scope);
        Assert.Equal((Ankara, TestClient.Id, "HOPERAT", PersonKind.None), (token.Caller.Institution, token.Caller.Client, token.Caller.Purpose, token.Caller.PersonKind));
        var claims = TestAssertion.Payload(token.AccessToken);
        Assert.Equal((TestClient.Id, Ankara, "HOPERAT"), (claims.GetProperty("client_id").GetString(), claims.GetProperty("sub").GetString(), claims.GetProperty("purpose_of_use").GetString()));
        Assert.Equal("HOPERAT", claims.GetProperty("extensions").GetProperty("ihe_iua").GetProperty("purpose_of_use")[0].GetProperty("code").GetString());
        Assert.False(claims.TryGetProperty("card", out _));
        Assert.Equal(TrustReason.None, _hub.Identify(_hub.Certificate(Ankara), token.AccessToken, out var caller));
        Assert.Equal("system/Observation.rs system/Patient.r", string.Join(' ', caller!.Scopes));
        Assert.Equal(token.TokenId, caller.TokenId);
    }

    [Theory]
    [InlineData("system/Observation.r", "system/Observation.r")]
    [InlineData("system/*.cruds", "system/Observation.rs system/Patient.r")]
    [InlineData("user/*.rs system/Patient.rs", "system/Patient.r")]
    public void Scope_may_be_narrowed_and_never_widened(string asked, string granted) => Assert.Equal(granted, Issue(asked).Scope);

    [Theory]
    [InlineData("user/*.rs")]
    [InlineData("patient/*.rs")]
    [InlineData("system/Condition.rs")]
    [InlineData("system/Observation.cud")]
    [InlineData("system/Observation.read")]
    [InlineData("openid")]
    [InlineData(" ")]
    public void Scope_of_which_nothing_is_held_is_refused(string asked)
    {
        Assert.False(_hub.Systems.TryIssue(Proven(), asked, out _, out var reason));
        Assert.Equal(TrustReason.ScopeNotAllowed, reason);
    }

    [Fact]
    public void Purpose_is_asked_for_by_name_and_goes_with_it()
    {
        _hub.Edit(r => r.PutInstitution(r.InstitutionById(Ankara)! with { Scopes = ["system/*.r", "research/a", "research/b", "consent-capture"] }));
        Assert.True(_hub.Systems.TryIssue(Proven(), "system/Patient.r", out var plain, out _));
        Assert.Equal("HOPERAT", plain.Caller.Purpose);
        Assert.False(_hub.Systems.TryIssue(Proven(), "research/a", out _, out var reason));
        Assert.Equal(TrustReason.ScopeNotAllowed, reason); // the program does not hold it

        _hub.Edit(r => r.PutClient(Ankara, _client.Registration(ClientKind.System, true, "system/*.r", "research/a", "research/b")));
        var token = Issue("system/Patient.r research/a");
        Assert.Equal(("HRESCH", "system/Patient.r research/a"), (token.Caller.Purpose, token.Scope));
        Assert.Equal(TrustReason.None, _hub.Identify(_hub.Certificate(Ankara), token.AccessToken, out var caller));
        Assert.Equal(("HRESCH", "system/Patient.r research/a"), (caller!.Purpose, string.Join(' ', caller.Scopes)));
        Assert.False(_hub.Systems.TryIssue(Proven(), "research/a research/b", out _, out _));
        Assert.Equal("system/*.r", Issue(null).Scope);

        _hub.Edit(r => r.PutInstitution(r.InstitutionById(Ankara)! with { Scopes = ["system/*.r"] }));
        Assert.Equal(TrustReason.None, _hub.Identify(_hub.Certificate(Ankara), token.AccessToken, out caller));
        Assert.Equal("system/Patient.r", string.Join(' ', caller!.Scopes));
    }

    [Theory]
    [InlineData("public-health")] // for the authority
    [InlineData("research/")]
    [InlineData("research/A")]
    [InlineData("research/a b")]
    [InlineData("research/01234567890123456789012345678901234567890")]
    [InlineData("consent")]
    public void What_is_no_name_is_not_registered(string scope) =>
        Assert.ThrowsAny<Exception>(() => _hub.Edit(r => r.PutInstitution(r.InstitutionById(Ankara)! with { Scopes = [scope] })));

    [Fact]
    public void Program_gets_no_more_than_its_institution_holds()
    {
        _hub.Edit(r => r.PutInstitution(r.InstitutionById(Ankara)! with { Scopes = ["system/Patient.rs"] }));
        Assert.Equal("system/Patient.r", Issue(null).Scope);
    }

    [Fact]
    public void Application_and_resource_server_get_no_system_token()
    {
        _hub.Edit(r => r.PutClient(Ankara, _client.Registration(ClientKind.ResourceServer)));
        Assert.False(_hub.Systems.TryIssue(Proven(), null, out _, out var reason));
        Assert.Equal(TrustReason.GrantNotAllowed, reason);
    }

    [Fact]
    public void Token_on_another_connection_is_refused()
    {
        var token = Issue(null).AccessToken;
        Assert.Equal(TrustReason.TokenNotBound, _hub.Identify("hospital-izmir", token));
        Assert.Equal(TrustReason.TokenNotBound, _hub.Identify("dr-ayse", token));
    }

    [Fact]
    public void Token_ends_with_its_client_and_its_institution()
    {
        var token = Issue(null).AccessToken;
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token));
        _hub.Edit(r => r.SuspendClient(TestClient.Id, true));
        Assert.Equal(TrustReason.Suspended, _hub.Identify(Ankara, token));
        _hub.Edit(r => r.SuspendClient(TestClient.Id, false));
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token));
        _hub.Edit(r => r.RemoveClient(TestClient.Id));
        Assert.NotEqual(TrustReason.None, _hub.Identify(Ankara, token));
        _hub.Edit(r => r.Suspend(Ankara));
        Assert.Equal(TrustReason.Suspended, _hub.Identify(Ankara, token));
    }

    [Fact]
    public void Purpose_other_than_the_institution_s_own_is_refused()
    {
        var assertion = _client.Assertion(_hub.Time.Now, (_, c) => c["extensions"] = System.Text.Json.Nodes.JsonNode.Parse(
            """{"hl7-b2b":{"version":"1","organization_id":"x","purpose_of_use":["http://terminology.hl7.org/CodeSystem/v3-ActReason#TREAT"]}}"""));
        Assert.Equal(TrustReason.None, _hub.Clients.Prove(_hub.Certificate(Ankara), TestClient.With(assertion), out var client));
        Assert.False(_hub.Systems.TryIssue(client!, null, out _, out var reason));
        Assert.Equal(TrustReason.PurposeNotAllowed, reason);
    }

    [Fact]
    public void Revoked_token_is_out_at_once_and_in_other_gateways_after_they_looked()
    {
        var token = Issue(null);
        var elsewhere = new RevokedTokens(_hub.SharedRevoked, _hub.Time);
        var other = new CallerFactory(_hub.Gate, _hub, _hub.Revocation, _hub.Ring, elsewhere, TestHub.Tokens, _hub.Time);
        var inspection = new TokenInspection(_hub.Ring, _hub.Revoked, TestHub.Tokens, _hub.Time);
        Assert.True(inspection.TryRead(token.AccessToken, out var facts));
        Assert.True(inspection.TryRevoke(Proven(), facts));

        Assert.Equal(TrustReason.TokenRevoked, _hub.Identify(Ankara, token.AccessToken));
        Assert.False(inspection.TryRead(token.AccessToken, out _));
        Assert.True(other.TryIdentify(_hub.Certificate(Ankara), token.AccessToken, out _, out _, out _));
        elsewhere.Refresh();
        Assert.False(other.TryIdentify(_hub.Certificate(Ankara), token.AccessToken, out _, out var reason, out _));
        Assert.Equal(TrustReason.TokenRevoked, reason);
    }

    [Fact]
    public void Another_client_cannot_revoke_a_token()
    {
        var token = Issue(null);
        var inspection = new TokenInspection(_hub.Ring, _hub.Revoked, TestHub.Tokens, _hub.Time);
        Assert.True(inspection.TryRead(token.AccessToken, out var facts));
        Assert.Equal(TrustReason.None, _hub.Clients.Prove(_hub.Certificate(Ankara), new ClientStatement(Ankara, null, null), out var institution));
        Assert.False(inspection.TryRevoke(institution!, facts));
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token.AccessToken));
    }

    public void Dispose()
    {
        _client.Dispose();
        _hub.Dispose();
    }

    private ProvenClient Proven()
    {
        Assert.Equal(TrustReason.None, _hub.Clients.Prove(_hub.Certificate(Ankara), TestClient.With(_client.Assertion(_hub.Time.Now)), out var client));
        return client!;
    }

    private IssuedToken Issue(string? scope)
    {
        Assert.True(_hub.Systems.TryIssue(Proven(), scope, out var token, out var reason), reason.ToString());
        return token;
    }
}
