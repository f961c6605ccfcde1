using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Revocation;
using EHealthHub.Trust.Tests.Support;

namespace EHealthHub.Trust.Tests.Certificates;

public sealed class CertificateGateTests : IDisposable
{
    private readonly TestHub _hub = new();

    private DateTimeOffset Now => _hub.Time.Now;

    private DevelopmentAuthority Authority => _hub.Pki.Issuer;

    [Theory]
    [InlineData("hospital-ankara", TrustReason.None)]
    [InlineData("ministry", TrustReason.None)]
    [InlineData("dr-ayse", TrustReason.None)]
    [InlineData("auditor", TrustReason.None)]
    [InlineData("hospital-unregistered", TrustReason.None)]
    [InlineData("hospital-revoked", TrustReason.Revoked)]
    [InlineData("hospital-expired", TrustReason.Expired)]
    [InlineData("server", TrustReason.WrongUsage)]
    public void Demonstration_participants_meet_their_fate(string name, TrustReason reason)
    {
        var verdict = _hub.Gate.Examine(_hub.Certificate(name));

        Assert.Equal(reason, verdict.Reason);
        Assert.Equal(_hub.Pki[name].Thumbprint, verdict.Thumbprint);
        Assert.Equal(reason, _hub.Gate.Examine(_hub.Certificate(name)).Reason);
    }

    [Fact]
    public void Without_a_certificate_nobody_passes() => Assert.Equal(new GateVerdict(TrustReason.NoCertificate, ""), _hub.Gate.Examine(null));

    [Fact]
    public void Expired_certificate_of_a_trusted_authority_is_expired() =>
        Assert.Equal(TrustReason.Expired, _hub.Examine(Authority.Issue(OddCertificates.Client(Now) with { NotBefore = Now.AddDays(-9), NotAfter = Now.AddDays(-2) })));

    [Fact]
    public void Certificate_that_begins_tomorrow_is_not_yet_valid() =>
        Assert.Equal(TrustReason.NotYetValid, _hub.Examine(Authority.Issue(OddCertificates.Client(Now) with { NotBefore = Now.AddDays(1) })));

    [Fact]
    public void Certificate_that_expires_while_remembered_is_out_at_once()
    {
        var certificate = _hub.Keep(Authority.Issue(OddCertificates.Client(Now) with { NotAfter = Now.AddSeconds(20) }));
        Assert.Equal(TrustReason.None, _hub.Examine(certificate));

        _hub.Time.Advance(TimeSpan.FromSeconds(21));

        Assert.Equal(TrustReason.Expired, _hub.Examine(certificate));
    }

    [Fact]
    public void Expired_certificate_of_an_unknown_authority_is_of_an_unknown_issuer()
    {
        using var stranger = DevelopmentAuthority.CreateRoot("Stranger", Now.AddDays(-90), Now.AddDays(900));
        Assert.Equal(TrustReason.UnknownIssuer, _hub.Examine(stranger.Issue(OddCertificates.Client(Now) with { NotBefore = Now.AddDays(-9), NotAfter = Now.AddDays(-2) })));
    }

    [Fact]
    public void Certificate_of_an_unknown_root_is_of_an_unknown_issuer()
    {
        using var stranger = DevelopmentAuthority.CreateRoot("Stranger", Now.AddDays(-90), Now.AddDays(900));
        Assert.Equal(TrustReason.UnknownIssuer, _hub.Examine(stranger.Issue(OddCertificates.Client(Now))));
    }

    [Fact]
    public void Impostor_authority_with_the_trusted_authority_s_name_is_an_unknown_issuer()
    {
        using var impostor = DevelopmentAuthority.CreateRoot("EHealthHub development CA", Now.AddDays(-90), Now.AddDays(900));
        Assert.Equal(Authority.Certificate.Subject, impostor.Certificate.Subject);
        Assert.Equal(TrustReason.UnknownIssuer, _hub.Examine(impostor.Issue(OddCertificates.Client(Now))));
    }

    [Fact]
    public void Impostor_that_copies_name_and_key_identifier_is_an_unknown_issuer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var what = OddCertificates.Client(Now);
        var request = DevelopmentAuthority.Request(what, new PublicKey(leafKey));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Authority.Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var forged = request.Create(Authority.Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(key), what.NotBefore, what.NotAfter, DevelopmentAuthority.NewSerial());

        Assert.Equal(TrustReason.UnknownIssuer, _hub.Examine(forged));
    }

    [Fact]
    public void Self_signed_certificate_is_of_an_unknown_issuer() =>
        Assert.Equal(TrustReason.UnknownIssuer, _hub.Examine(OddCertificates.SelfSigned(OddCertificates.Client(Now))));

    [Fact]
    public void Authority_presented_as_a_client_is_of_the_wrong_kind()
    {
        Assert.Equal(TrustReason.WrongUsage, _hub.Examine(X509CertificateLoader.LoadCertificate(Authority.Certificate.RawData)));
        Assert.Equal(TrustReason.WrongUsage, _hub.Examine(Authority.Issue(OddCertificates.Client(Now) with { IsAuthority = true })));
        Assert.Equal(TrustReason.WrongUsage, _hub.Examine(Authority.Issue(OddCertificates.Client(Now) with { KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign })));
    }

    [Fact]
    public void Certificate_for_servers_only_is_of_the_wrong_kind()
    {
        Assert.Equal(TrustReason.WrongUsage, _hub.Examine(Authority.Issue(OddCertificates.Client(Now) with { ExtendedKeyUsages = [CertificateOids.ServerAuthentication] })));
        Assert.Equal(TrustReason.WrongUsage, _hub.Examine(Authority.Issue(OddCertificates.Client(Now) with { ExtendedKeyUsages = [] })));
    }

    [Fact]
    public void Certificate_that_may_not_sign_is_of_the_wrong_kind() =>
        Assert.Equal(TrustReason.WrongUsage, _hub.Examine(Authority.Issue(OddCertificates.Client(Now) with { KeyUsage = X509KeyUsageFlags.KeyEncipherment })));

    [Fact]
    public void Certificate_that_repeats_an_extension_is_of_the_wrong_kind()
    {
        var what = OddCertificates.Client(Now);
        var twice = new X509EnhancedKeyUsageExtension([new Oid(CertificateOids.ServerAuthentication)], critical: false);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Null(CertificateFacts.Read(_hub.Keep(Repeat(what, twice, key))));
    }

    [Fact]
    public void Short_rsa_key_is_weak()
    {
        Assert.Equal(TrustReason.WeakKey, _hub.Examine(OddCertificates.IssueRsa(Authority, OddCertificates.Client(Now), 1024)));
        Assert.Equal(TrustReason.None, _hub.Examine(OddCertificates.IssueRsa(Authority, OddCertificates.Client(Now), 2048)));
    }

    [Fact]
    public void Curves_other_than_the_three_are_weak()
    {
        Assert.Equal(TrustReason.WeakKey, _hub.Examine(OddCertificates.IssueOnCurve(Authority, OddCertificates.Client(Now), ECCurve.CreateFromValue("1.3.132.0.10"))));
        Assert.Equal(TrustReason.None, _hub.Examine(OddCertificates.IssueOnCurve(Authority, OddCertificates.Client(Now), ECCurve.NamedCurves.nistP384)));
        Assert.Equal(TrustReason.None, _hub.Examine(OddCertificates.IssueOnCurve(Authority, OddCertificates.Client(Now), ECCurve.NamedCurves.nistP521)));
    }

    [Fact]
    public void Sha1_signature_is_weak_even_under_a_trusted_anchor()
    {
        var (authority, leaf) = OddCertificates.SignedWithSha1(OddCertificates.Client(Now));
        using var hub = new TestHub(o => o with { Anchors = o.Anchors.Add(new TrustAnchor(authority, AnchorUses.All, DateTimeOffset.MinValue, DateTimeOffset.MaxValue)) });
        Assert.Equal(TrustReason.WeakKey, hub.Examine(leaf));
    }

    [Fact]
    public void Path_longer_than_the_root_allows_is_no_chain()
    {
        using var below = Authority.IssueAuthority(DevelopmentAuthority.Authority(OddCertificates.Name("Below"), Now.AddDays(-1), Now.AddDays(90), 0));
        var gate = GateWith(_hub, o => o with { Intermediates = [below.Certificate] });
        using var leaf = below.Issue(OddCertificates.Client(Now));
        Assert.Equal(TrustReason.UnknownIssuer, gate.Examine(leaf).Reason);
    }

    [Fact]
    public async Task Path_through_a_configured_intermediate_stands_and_each_step_s_revocation_counts()
    {
        using var root = DevelopmentAuthority.CreateRoot("Root", Now.AddDays(-90), Now.AddDays(900), pathLength: 1);
        using var below = root.IssueAuthority(DevelopmentAuthority.Authority(OddCertificates.Name("Below"), Now.AddDays(-1), Now.AddDays(90), 0));
        using var leaf = below.Issue(OddCertificates.Client(Now));
        using var folder = new TestFolder();
        File.WriteAllBytes(folder["root.crl"], root.IssueRevocationList([], 1, Now.AddMinutes(-1), Now.AddDays(1)));
        File.WriteAllBytes(folder["below.crl"], below.IssueRevocationList([], 1, Now.AddMinutes(-1), Now.AddDays(1)));
        using var hub = new TestHub(
            o => o with { Anchors = [new TrustAnchor(root.Certificate, AnchorUses.All, DateTimeOffset.MinValue, DateTimeOffset.MaxValue)], Intermediates = [below.Certificate] },
            o => o with { Sources = [new RevocationSource(root.Certificate, folder["root.crl"]), new RevocationSource(below.Certificate, folder["below.crl"])] });
        Assert.Equal(TrustReason.None, hub.Gate.Examine(leaf).Reason);

        File.WriteAllBytes(folder["root.crl"], root.IssueRevocationList([below.Certificate.SerialNumberBytes], 2, Now, Now.AddDays(1)));
        await hub.RefreshRevocation();

        Assert.Equal(TrustReason.Revoked, hub.Gate.Examine(leaf).Reason);
    }

    [Fact]
    public void Name_outside_the_authority_s_constraints_is_no_chain()
    {
        using var root = DevelopmentAuthority.CreateRoot("Root", Now.AddDays(-90), Now.AddDays(900), pathLength: 1);
        var constrained = DevelopmentAuthority.Authority(OddCertificates.Name("Constrained"), Now.AddDays(-1), Now.AddDays(90), 0) with
        {
            Extensions = [OddCertificates.PermittedUriHost("hospital.example")],
        };
        using var below = root.IssueAuthority(constrained);
        var gate = GateWith(_hub, o => o with
        {
            Anchors = [new TrustAnchor(root.Certificate, AnchorUses.All, DateTimeOffset.MinValue, DateTimeOffset.MaxValue)],
            Intermediates = [below.Certificate],
        });
        using var inside = below.Issue(OddCertificates.Client(Now) with { Uris = [new Uri("https://hospital.example/a")] });
        using var outside = below.Issue(OddCertificates.Client(Now) with { Uris = [new Uri("https://elsewhere.example/a")] });

        Assert.Equal(TrustReason.RevocationUnknown, gate.Examine(inside).Reason);
        Assert.Equal(TrustReason.UnknownIssuer, gate.Examine(outside).Reason);
    }

    [Fact]
    public void Authority_of_servers_makes_no_clients()
    {
        using var root = DevelopmentAuthority.CreateRoot("Root", Now.AddDays(-90), Now.AddDays(900), pathLength: 1);
        using var below = root.IssueAuthority(DevelopmentAuthority.Authority(OddCertificates.Name("Servers"), Now.AddDays(-1), Now.AddDays(90), 0) with
        {
            ExtendedKeyUsages = [CertificateOids.ServerAuthentication],
        });
        var gate = GateWith(_hub, o => o with
        {
            Anchors = [new TrustAnchor(root.Certificate, AnchorUses.All, DateTimeOffset.MinValue, DateTimeOffset.MaxValue)],
            Intermediates = [below.Certificate],
        });
        using var leaf = below.Issue(OddCertificates.Client(Now));
        Assert.Equal(TrustReason.UnknownIssuer, gate.Examine(leaf).Reason);
    }

    [Fact]
    public void Unknown_critical_extension_is_no_chain() =>
        Assert.Equal(TrustReason.UnknownIssuer, _hub.Examine(Authority.Issue(OddCertificates.Client(Now) with { Extensions = [new X509Extension("2.25.1", [5, 0], critical: true)] })));

    [Fact]
    public void Anchor_counts_only_within_its_dates()
    {
        var gate = GateWith(_hub, o => o with { Anchors = [o.Anchors[0] with { From = Now.AddMinutes(1), Until = Now.AddMinutes(2) }] });
        var certificate = _hub.Certificate("hospital-ankara");
        Assert.Equal(TrustReason.UnknownIssuer, gate.Examine(certificate).Reason);

        _hub.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TrustReason.None, gate.Examine(certificate).Reason);

        _hub.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TrustReason.UnknownIssuer, gate.Examine(certificate).Reason);
    }

    [Fact]
    public async Task Revoked_certificate_is_out_when_the_list_says_so_though_its_chain_is_remembered()
    {
        var certificate = _hub.Certificate("hospital-ankara");
        Assert.Equal(TrustReason.None, _hub.Gate.Examine(certificate).Reason);

        _hub.Pki.Revoke("hospital-ankara");
        await _hub.RefreshRevocation();

        Assert.Equal(TrustReason.Revoked, _hub.Gate.Examine(certificate).Reason);
    }

    [Fact]
    public void Blocked_certificate_is_out_at_once()
    {
        var certificate = _hub.Certificate("hospital-ankara");
        Assert.Equal(TrustReason.None, _hub.Gate.Examine(certificate).Reason);

        _hub.Edit(r => r.Block(_hub.Pki["hospital-ankara"].Thumbprint));
        Assert.Equal(TrustReason.Revoked, _hub.Gate.Examine(certificate).Reason);

        _hub.Edit(r => r.Unblock(_hub.Pki["hospital-ankara"].Thumbprint));
        Assert.Equal(TrustReason.None, _hub.Gate.Examine(certificate).Reason);
    }

    [Fact]
    public void Stale_revocation_list_shuts_the_gate()
    {
        var certificate = _hub.Certificate("hospital-ankara");
        _hub.Time.Advance(DevelopmentPki.RevocationListLifetime + TimeSpan.FromMinutes(59));
        Assert.Equal(TrustReason.None, _hub.Gate.Examine(certificate).Reason);

        _hub.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(TrustReason.RevocationUnknown, _hub.Gate.Examine(certificate).Reason);
        Assert.Equal(TrustReason.Revoked, _hub.Gate.Examine(_hub.Certificate("hospital-revoked")).Reason);
    }

    [Fact]
    public void Card_that_names_no_client_usage_may_sign_an_assertion_but_open_no_connection()
    {
        var card = _hub.Keep(Authority.Issue(OddCertificates.Card(Now, "10000000146") with { ExtendedKeyUsages = [], KeyUsage = X509KeyUsageFlags.NonRepudiation }));
        Assert.Equal(TrustReason.None, _hub.Gate.Examine(card, CertificateUse.CardSignature).Reason);
        Assert.Equal(TrustReason.WrongUsage, _hub.Gate.Examine(card, CertificateUse.Connection).Reason);
    }

    [Fact]
    public void Certificate_without_a_card_policy_signs_no_assertion() =>
        Assert.Equal(TrustReason.WrongUsage, _hub.Gate.Examine(_hub.Certificate("hospital-ankara"), CertificateUse.CardSignature).Reason);

    [Fact]
    public void Options_report_all_their_faults_together()
    {
        var leaf = _hub.Certificate("hospital-ankara");
        var options = new GateOptions
        {
            Anchors = [new TrustAnchor(leaf, AnchorUses.None, DateTimeOffset.MinValue, DateTimeOffset.MaxValue)],
            Cards = [],
            ChainCacheSeconds = 0,
        };
        Assert.Equal(5, options.Faults().Length);
        Assert.Throws<ArgumentException>(() => new CertificateGate(options, _hub, _hub.Revocation, _hub.Time));
    }

    public void Dispose() => _hub.Dispose();

    private static CertificateGate GateWith(TestHub hub, Func<GateOptions, GateOptions> change) =>
        new(change(new GateOptions { Anchors = [TrustAnchor.FromFile(hub.Pki.AuthorityPath, AnchorUses.All)] }), hub, hub.Revocation, hub.Time);

    /// <summary>The framework's request refuses a repeated extension, so the repeat is made in the encoded bytes.</summary>
    private static X509Certificate2 Repeat(DevelopmentCertificate what, X509Extension extension, ECDsa key)
    {
        var other = new X509Extension("2.5.29.99", extension.RawData, critical: false);
        var request = DevelopmentAuthority.Request(what with { Extensions = [other] }, new PublicKey(key));
        using var certificate = request.Create(what.Subject, X509SignatureGenerator.CreateForECDsa(key), what.NotBefore, what.NotAfter, DevelopmentAuthority.NewSerial());
        var bytes = certificate.RawData;
        var at = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x06, 0x03, 0x55, 0x1d, 99]);
        bytes[at + 4] = 37;
        return X509CertificateLoader.LoadCertificate(bytes);
    }
}
