using EHealthHub.Trust.Apps;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Clients;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Revocation;
using EHealthHub.Trust.Tests.Support;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Tests.Clients;

/// <summary>What the registry says of a connection holds for clients, for people who sign in and for their tokens too: period, issuer and subject, kind, and what the authority is trusted for.</summary>
public sealed class ConnectionOfClientsTests : IDisposable
{
    private const string Ankara = "hospital-ankara";
    private const string Zeynep = "citizen-zeynep";
    private readonly TestHub _hub = new();
    private readonly TestClient _client = new();
    private readonly AppGrants _apps;
    private readonly PersonGate _persons;

    public ConnectionOfClientsTests()
    {
        _apps = new AppGrants(_hub, _hub.Revocation, _hub.Ring, _hub.Replay, _hub.Revoked, TestHub.Tokens, _hub.Time);
        _persons = new PersonGate(_hub.Gate, _hub, _hub.Time);
        _hub.Edit(r => r.PutClient(Ankara, _client.Registration(withKey: false))
            .Then(next => next.PutClient(Ankara, App("ward", isPublic: false)))
            .Then(next => next.PutClient("ministry", App("my-record", isPublic: true))));
    }

    private DateTimeOffset Now => _hub.Time.Now;

    [Fact]
    public void Token_of_a_system_ends_with_the_period_of_its_certificate()
    {
        Until(Now.AddSeconds(100));
        var program = System(Ankara, TestClient.Id);
        var institution = System(Ankara, Ankara);
        Assert.Equal((100, 100), (program.ExpiresInSeconds, institution.ExpiresInSeconds));
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, program.AccessToken));
        _hub.Time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(TrustReason.ClientUnproven, Prove(Ankara, Ankara));
        Assert.Equal(TrustReason.Unregistered, _hub.Identify(Ankara, null));
        Assert.Equal(TrustReason.ClientUnproven, Prove(Ankara, TestClient.Id));
    }

    [Fact]
    public void Token_of_a_system_is_refused_once_the_period_of_its_certificate_is_moved()
    {
        var token = System(Ankara, TestClient.Id);
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token.AccessToken));
        Until(Now.AddSeconds(10));
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token.AccessToken));
        _hub.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TrustReason.Unregistered, _hub.Identify(Ankara, token.AccessToken));
    }

    [Fact]
    public void Token_of_an_institution_s_application_ends_with_the_period_of_its_certificate()
    {
        Until(Now.AddSeconds(100));
        var token = App(Ankara, "dr-ayse", "ward", "user/*.rs");
        Assert.Equal(100, token.ExpiresInSeconds);
        Assert.Equal(TrustReason.None, _hub.Identify(Ankara, token.AccessToken));
    }

    [Fact]
    public void Certificate_registered_for_later_proves_no_client_before()
    {
        var renewed = _hub.Keep(_hub.Pki.Issuer.Issue(OddCertificates.Client(Now)));
        _hub.Edit(r => r.AddCertificate(Ankara, RegisteredCertificate.Of(renewed, from: Now.AddMinutes(1))));
        var statement = new ClientStatement(TestClient.Id, null, null);
        Assert.Equal(TrustReason.ClientUnproven, _hub.Clients.Prove(renewed, statement, out _));
        _hub.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TrustReason.None, _hub.Clients.Prove(renewed, statement, out _));
    }

    [Fact]
    public void Certificate_registered_by_issuer_and_subject_proves_clients_as_long_as_the_name_stands()
    {
        var certificate = _hub.Keep(_hub.Pki.Issuer.Issue(OddCertificates.Client(Now) with { Subject = OddCertificates.Name("Ankara Hastanesi") }));
        var name = RegisteredName.Find(certificate, [_hub.Pki.Authority])!;
        var statement = new ClientStatement(TestClient.Id, null, null);
        Assert.Equal(TrustReason.ClientUnproven, _hub.Clients.Prove(certificate, statement, out _));
        _hub.Edit(r => r.AddName(Ankara, name));
        Assert.Equal(TrustReason.None, _hub.Clients.Prove(certificate, statement, out var client));
        Assert.True(_hub.Systems.TryIssue(client!, null, out var token, out _));
        Assert.Equal(TrustReason.None, _hub.Identify(certificate, token.AccessToken, out var caller));
        Assert.Equal(Ankara, caller!.Institution);
        _hub.Edit(r => r.RemoveName(Ankara, name.Key));
        Assert.Equal(TrustReason.Unregistered, _hub.Identify(certificate, token.AccessToken, out _));
        Assert.Equal(TrustReason.ClientUnproven, _hub.Clients.Prove(certificate, statement, out _));
    }

    [Fact]
    public void Proxy_is_no_client_and_signs_nobody_in()
    {
        var token = System(Ankara, Ankara);
        var card = App(Zeynep, Zeynep, "my-record", "patient/*.rs");
        Assert.Equal(TrustReason.None, _hub.Identify(Zeynep, card.AccessToken));
        _hub.Edit(r => r.RemoveCertificate(Ankara, _hub.Pki[Ankara].Thumbprint).Then(next => next.PutInstitution(
            new Institution("edge", "Edge", InstitutionKind.Proxy, [_hub.Pki[Ankara].Thumbprint, _hub.Pki[Zeynep].Thumbprint], [], Suspended: false, 1_000))));
        foreach (var (connection, held) in new[] { (Ankara, token), (Zeynep, card) })
        {
            Assert.Equal(TrustReason.NoCertificate, Prove(connection, "my-record"));
            Assert.Equal(TrustReason.NoCertificate, Prove(connection, Ankara));
            Assert.Equal(TrustReason.NoCertificate, _persons.Prove(_hub.Certificate(connection), out _));
            Assert.Equal(TrustReason.NoCertificate, _hub.Identify(connection, held.AccessToken));
            Assert.Equal(TrustReason.NoCertificate, _hub.Identify(connection, null));
        }
    }

    [Fact]
    public void Card_that_stands_for_an_institution_for_a_while_is_nobody_s_card_meanwhile()
    {
        var token = App(Zeynep, Zeynep, "my-record", "patient/*.rs");
        Assert.Equal(TrustReason.None, _hub.Identify(Zeynep, token.AccessToken));
        _hub.Edit(r => r.AddCertificate(Ankara, new RegisteredCertificate(_hub.Pki[Zeynep].Thumbprint, Now.AddSeconds(10), Now.AddSeconds(20))));
        Assert.Equal(TrustReason.None, _hub.Identify(Zeynep, token.AccessToken));
        _hub.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TrustReason.Unregistered, _hub.Identify(Zeynep, token.AccessToken));
        Assert.Equal(TrustReason.Unregistered, _persons.Prove(_hub.Certificate(Zeynep), out _));
        Assert.Equal(TrustReason.ClientUnproven, Prove(Zeynep, "my-record"));
        _hub.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TrustReason.None, _hub.Identify(Zeynep, token.AccessToken));
        Assert.Equal(TrustReason.None, Prove(Zeynep, "my-record"));
    }

    [Theory]
    [InlineData(AnchorUses.Institutions, TrustReason.None, TrustReason.UnknownIssuer)]
    [InlineData(AnchorUses.Cards, TrustReason.UnknownIssuer, TrustReason.None)]
    public void Authority_that_is_trusted_for_less_carries_fewer_tokens(AnchorUses uses, TrustReason system, TrustReason person)
    {
        var token = System(Ankara, TestClient.Id);
        var card = App(Zeynep, Zeynep, "my-record", "patient/*.rs");
        var list = new TrustList(
            [new ListedAnchor("development", Convert.ToBase64String(_hub.Pki.Authority.RawData), uses)], [],
            [new ListedRevocation(CertificateThumbprint.Of(_hub.Pki.Authority), RevocationKind.List, _hub.Pki.RevocationListPath)], [CardProfile.Default]);
        _hub.Edit(r => r.PutTrust(list));
        Assert.Equal(system, _hub.Identify(Ankara, token.AccessToken));
        Assert.Equal(person, _hub.Identify(Zeynep, card.AccessToken));
        Assert.Equal(system, Prove(Ankara, TestClient.Id));
        Assert.Equal(person, Prove(Zeynep, "my-record"));
        Assert.Equal(person, _persons.Prove(_hub.Certificate(Zeynep), out _));
    }

    public void Dispose()
    {
        _client.Dispose();
        _hub.Dispose();
    }

    private static RegisteredClient App(string id, bool isPublic) => new(id, id, ClientKind.App, [], ["https://app.example/back"], ["user/*.rs", "patient/*.rs"], isPublic, Suspended: false);

    private void Until(DateTimeOffset end) => _hub.Edit(r => r.AddCertificate(Ankara, new RegisteredCertificate(_hub.Pki[Ankara].Thumbprint, Until: end)));

    private TrustReason Prove(string connection, string client) => _hub.Clients.Prove(_hub.Certificate(connection), new ClientStatement(client, null, null), out _);

    private ProvenClient Proven(string connection, string client)
    {
        Assert.Equal(TrustReason.None, _hub.Clients.Prove(_hub.Certificate(connection), new ClientStatement(client, null, null), out var proven));
        return proven!;
    }

    private IssuedToken System(string connection, string client)
    {
        Assert.True(_hub.Systems.TryIssue(Proven(connection, client), null, out var token, out var reason), reason.ToString());
        return token;
    }

    private IssuedToken App(string connection, string who, string app, string scope)
    {
        Assert.Equal(TrustReason.None, _persons.Prove(_hub.Certificate(who), out var person));
        Assert.Equal(TrustReason.None, _apps.TryBegin(person!, _apps.Application(app)!.Value, scope, new PersonContext(null, null), out var grant));
        Assert.True(_apps.TryRedeem(Proven(connection, app), grant!, "1", Now.AddMinutes(1), null, null, out var token, out var reason), reason.ToString());
        return token.Token;
    }
}
