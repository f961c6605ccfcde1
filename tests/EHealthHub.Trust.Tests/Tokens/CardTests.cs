using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Clinicians;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tests.Support;

namespace EHealthHub.Trust.Tests.Tokens;

public sealed class CardTests : IDisposable
{
    private const string Ankara = "hospital-ankara";
    private readonly TestHub _hub = new();

    private DateTimeOffset Now => _hub.Time.Now;

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

    public void Dispose() => _hub.Dispose();

    private TestAssertion Sound(string carrier) => new(_hub, carrier, "dr-ayse");
}
