using System.Text.Json.Nodes;
using EHealthHub.Trust.Clients;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tests.Support;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Tests.Clients;

public sealed class ClientGateTests : IDisposable
{
    private const string Ankara = "hospital-ankara";
    private readonly TestHub _hub = new();
    private readonly TestClient _client = new();

    public ClientGateTests() => _hub.Edit(r => r.PutClient(Ankara, _client.Registration()));

    [Fact]
    public void Client_with_its_key_on_its_institution_s_connection_is_proven()
    {
        Assert.Equal(TrustReason.None, Prove(Ankara, _client.Assertion(_hub.Time.Now), out var client));
        Assert.Equal((TestClient.Id, Ankara), (client!.Id, client.Institution.Id));
        Assert.Equal(TestClient.Id, client.Caller.Client);
        Assert.Empty(client.Caller.Scopes);
    }

    [Fact]
    public void Institution_is_a_client_by_its_certificate_alone()
    {
        Assert.Equal(TrustReason.None, Prove(Ankara, new ClientStatement(Ankara, null, null), out var named));
        Assert.Equal(TrustReason.None, Prove(Ankara, new ClientStatement(null, null, null), out var unnamed));
        Assert.Equal((Ankara, Ankara), (named!.Id, unnamed!.Id));
        Assert.Null(named.Program);
    }

    [Theory]
    [InlineData("hospital-izmir")]
    [InlineData("ministry")]
    [InlineData("insurer")]
    public void Client_on_another_institution_s_connection_is_not_proven(string connection) =>
        Assert.Equal(TrustReason.ClientUnproven, Prove(connection, _client.Assertion(_hub.Time.Now), out _));

    [Theory]
    [InlineData("hospital-revoked", TrustReason.Revoked)]
    [InlineData("hospital-expired", TrustReason.Expired)]
    [InlineData("hospital-unregistered", TrustReason.ClientUnproven)]
    [InlineData("dr-ayse", TrustReason.ClientUnproven)]
    [InlineData("server", TrustReason.WrongUsage)]
    public void Connection_is_looked_at_before_the_assertion(string connection, TrustReason reason) =>
        Assert.Equal(reason, Prove(connection, _client.Assertion(_hub.Time.Now), out _));

    [Fact]
    public void Client_with_keys_does_not_get_by_without_an_assertion() =>
        Assert.Equal(TrustReason.ClientUnproven, Prove(Ankara, new ClientStatement(TestClient.Id, null, null), out _));

    [Fact]
    public void Client_without_keys_is_proven_by_the_institution_s_certificate_and_by_no_assertion()
    {
        _hub.Edit(r => r.PutClient(Ankara, _client.Registration(withKey: false)));
        Assert.Equal(TrustReason.None, Prove(Ankara, new ClientStatement(TestClient.Id, null, null), out _));
        Assert.Equal(TrustReason.ClientUnproven, Prove("hospital-izmir", new ClientStatement(TestClient.Id, null, null), out _));
        Assert.Equal(TrustReason.ClientUnproven, Prove(Ankara, _client.Assertion(_hub.Time.Now), out _));
    }

    [Fact]
    public void One_institution_cannot_name_itself_another()
    {
        Assert.Equal(TrustReason.ClientUnproven, Prove(Ankara, new ClientStatement("hospital-izmir", null, null), out _));
        Assert.Equal(TrustReason.ClientUnproven, Prove(Ankara, new ClientStatement("nobody", null, null), out _));
    }

    [Fact]
    public void Replayed_assertion_is_refused_also_by_another_gateway_that_shares_the_memory()
    {
        var assertion = _client.Assertion(_hub.Time.Now);
        Assert.Equal(TrustReason.None, Prove(Ankara, assertion, out _));
        Assert.Equal(TrustReason.AssertionReplayed, Prove(Ankara, assertion, out _));
        var other = new ClientGate(_hub.Gate, _hub, _hub.Replay, TestHub.Tokens, _hub.Time);
        Assert.Equal(TrustReason.AssertionReplayed, other.Prove(_hub.Certificate(Ankara), TestClient.With(assertion), out _));
    }

    [Fact]
    public void Assertion_good_for_ten_hours_is_refused() => Refused(TrustReason.AssertionExpired, (_, c) => c["exp"] = _hub.Time.Now.ToUnixTimeSeconds() + 36_000);

    [Theory]
    [InlineData(0, 301, TrustReason.AssertionExpired)]
    [InlineData(-400, -31, TrustReason.AssertionExpired)]
    [InlineData(31, 60, TrustReason.AssertionExpired)]
    [InlineData(-331, -1, TrustReason.AssertionExpired)]
    [InlineData(-100, 200, TrustReason.None)]
    public void Assertion_lives_five_minutes_at_most(int issued, int expires, TrustReason reason) => Refused(reason, (_, c) =>
    {
        c["iat"] = _hub.Time.Now.ToUnixTimeSeconds() + issued;
        c["exp"] = _hub.Time.Now.ToUnixTimeSeconds() + expires;
    });

    [Fact]
    public void Without_iat_the_end_alone_is_bounded()
    {
        Refused(TrustReason.None, (_, c) => c.Remove("iat"));
        Refused(TrustReason.AssertionExpired, (_, c) =>
        {
            c.Remove("iat");
            c["exp"] = _hub.Time.Now.ToUnixTimeSeconds() + 331;
        });
    }

    [Theory]
    [InlineData("\"https://elsewhere.example/oauth/token\"")]
    [InlineData("[\"https://localhost:8443/oauth/token\",\"https://elsewhere.example/oauth/token\"]")]
    [InlineData("\"https://localhost:8443/fhir\"")]
    [InlineData("null")]
    public void Assertion_for_another_audience_is_refused(string audience) => Refused(TrustReason.AssertionMisdirected, (_, c) => c["aud"] = JsonNode.Parse(audience));

    [Fact]
    public void Issuer_is_an_audience_too() => Refused(TrustReason.None, (_, c) => c["aud"] = TestHub.Tokens.Issuer);

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("ES256")]
    [InlineData("RS384")]
    [InlineData("ES512")]
    public void Algorithm_none_or_swapped_is_refused(string algorithm) => Refused(TrustReason.AssertionInvalid, (h, _) => h["alg"] = algorithm);

    [Theory]
    [InlineData("jku", "\"https://evil.example/keys\"")]
    [InlineData("jwk", "{\"kty\":\"EC\"}")]
    [InlineData("x5u", "\"https://evil.example/c.pem\"")]
    [InlineData("crit", "[\"b64\"]")]
    [InlineData("kid", "\"\"")]
    [InlineData("kid", "\"k2\"")]
    [InlineData("typ", "\"at+jwt\"")]
    public void Header_that_points_elsewhere_or_changes_the_rules_is_refused(string name, string value) =>
        Refused(TrustReason.AssertionInvalid, (h, _) => h[name] = JsonNode.Parse(value));

    [Fact]
    public void Assertion_signed_by_another_key_is_refused()
    {
        using var other = new TestClient();
        Assert.Equal(TrustReason.AssertionInvalid, Prove(Ankara, other.Assertion(_hub.Time.Now), out _));
    }

    [Theory]
    [InlineData("iss", "\"hospital-ankara\"")]
    [InlineData("sub", "\"hospital-ankara\"")]
    [InlineData("jti", "\"\"")]
    [InlineData("jti", "7")]
    [InlineData("exp", "\"soon\"")]
    [InlineData("iat", "1.5")]
    [InlineData("nbf", "true")]
    [InlineData("extensions", "[]")]
    [InlineData("extensions", "{\"hl7-b2b\":{\"version\":\"2\"}}")]
    public void Malformed_claims_are_refused(string name, string value) => Refused(TrustReason.AssertionInvalid, (_, c) => c[name] = JsonNode.Parse(value));

    [Fact]
    public void Client_id_beside_the_assertion_must_be_the_same()
    {
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Clients.Prove(_hub.Certificate(Ankara), TestClient.With(_client.Assertion(_hub.Time.Now), Ankara), out _));
        Assert.Equal(TrustReason.None, _hub.Clients.Prove(_hub.Certificate(Ankara), TestClient.With(_client.Assertion(_hub.Time.Now), TestClient.Id), out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("urn:ietf:params:oauth:client-assertion-type:saml2-bearer")]
    public void Other_assertion_types_are_refused(string? type) =>
        Assert.Equal(TrustReason.AssertionInvalid, _hub.Clients.Prove(_hub.Certificate(Ankara), new ClientStatement(null, type, _client.Assertion(_hub.Time.Now)), out _));

    [Fact]
    public void Oversized_and_unreadable_assertions_are_refused()
    {
        foreach (var text in new[] { "", "a", "a.b.c", "..", new string('A', 20_000), _client.Assertion(_hub.Time.Now) + "=", _client.Sign("{}", "{}"), _client.Sign("[]", "{}") })
        {
            Assert.Equal(TrustReason.AssertionInvalid, Prove(Ankara, text, out _));
        }
    }

    [Fact]
    public void Registering_a_suspended_client_anew_does_not_end_its_suspension()
    {
        _hub.Edit(r => r.SuspendClient(TestClient.Id, true));
        _hub.Edit(r => r.PutClient(Ankara, r.ClientById(TestClient.Id)!.Value.Client with { Suspended = false }));
        Assert.Equal(TrustReason.Suspended, Prove(Ankara, _client.Assertion(_hub.Time.Now), out _));
        _hub.Edit(r => r.SuspendClient(TestClient.Id, false));
        Assert.Equal(TrustReason.None, Prove(Ankara, _client.Assertion(_hub.Time.Now), out _));
    }

    [Fact]
    public void Suspended_or_removed_client_is_refused()
    {
        _hub.Edit(r => r.SuspendClient(TestClient.Id, true));
        Assert.Equal(TrustReason.Suspended, Prove(Ankara, _client.Assertion(_hub.Time.Now), out _));
        _hub.Edit(r => r.RemoveClient(TestClient.Id));
        Assert.Equal(TrustReason.ClientUnproven, Prove(Ankara, _client.Assertion(_hub.Time.Now), out _));
    }

    [Fact]
    public void Certificate_of_the_institution_signs_by_x5c_and_nobody_else_s_does()
    {
        Assert.Equal(TrustReason.None, ByCertificate(Ankara, udap: false));
        Assert.Equal(TrustReason.AssertionInvalid, ByCertificate("hospital-izmir", udap: false));
        Assert.Equal(TrustReason.AssertionInvalid, ByCertificate("dr-ayse", udap: false));
        Assert.Equal(TrustReason.AssertionInvalid, ByCertificate("hospital-revoked", udap: false));
    }

    [Fact]
    public void Udap_demands_the_business_extension_of_a_system()
    {
        Assert.Equal(TrustReason.AssertionInvalid, ByCertificate(Ankara, udap: true));
        Assert.Equal(TrustReason.None, ByCertificate(Ankara, udap: true, """{"hl7-b2b":{"version":"1","organization_id":"https://localhost:8443/institutions/hospital-ankara","purpose_of_use":["urn:oid:2.16.840.1.113883.5.8#HOPERAT"]}}"""));
        Assert.Equal(TrustReason.ClientUnproven, _hub.Clients.Prove(_hub.Certificate(Ankara), new ClientStatement(TestClient.Id, null, null, IsUdap: true), out _));
    }

    public void Dispose()
    {
        _client.Dispose();
        _hub.Dispose();
    }

    private TrustReason Prove(string connection, string assertion, out ProvenClient? client) => Prove(connection, TestClient.With(assertion), out client);

    private TrustReason Prove(string connection, ClientStatement statement, out ProvenClient? client)
    {
        var reason = _hub.Clients.Prove(_hub.Certificate(connection), statement, out client);
        Assert.Equal(reason == TrustReason.None, client is not null);
        return reason;
    }

    private void Refused(TrustReason reason, Action<JsonObject, JsonObject> spoil) => Assert.Equal(reason, Prove(Ankara, _client.Assertion(_hub.Time.Now, spoil), out _));

    private TrustReason ByCertificate(string signer, bool udap, string? extensions = null)
    {
        var assertion = new TestAssertion(_hub, _hub.Certificate(Ankara), _hub.Certificate(signer), "x");
        var claims = TestClient.Claims(_hub.Time.Now);
        if (extensions is not null)
        {
            claims["extensions"] = JsonNode.Parse(extensions);
        }

        var text = assertion.Sign(assertion.Header.ToJsonString(), claims.ToJsonString());
        return _hub.Clients.Prove(_hub.Certificate(Ankara), TestClient.With(text) with { IsUdap = udap }, out _);
    }
}
