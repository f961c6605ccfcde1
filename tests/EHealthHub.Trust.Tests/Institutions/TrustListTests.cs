using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Revocation;
using EHealthHub.Trust.Tests.Support;

namespace EHealthHub.Trust.Tests.Institutions;

/// <summary>Several authorities, each for its uses and in its time, changed while the hub runs; and what makes a card under which of them.</summary>
public sealed class TrustListTests : IDisposable
{
    private const string EuropeanCompliance = "0.4.0.1862.1.1";
    private const string EuropeanSignature = "0.4.0.1862.1.6.1";
    private readonly TestHub _hub = new();
    private readonly TestFolder _folder = new();
    private readonly DevelopmentAuthority _other;

    public TrustListTests()
    {
        _other = DevelopmentAuthority.CreateRoot("Other CA", Now.AddDays(-90), Now.AddDays(900), pathLength: 0);
        File.WriteAllBytes(_folder["other.crl"], _other.IssueRevocationList([], 1, Now.AddMinutes(-1), Now.AddDays(1)));
    }

    private DateTimeOffset Now => _hub.Time.Now;

    [Fact]
    public void List_is_read_again_as_it_was_written_and_nothing_else_is_read()
    {
        var list = Both();
        Assert.Empty(list.Faults());
        Assert.Equal(list.Write(), TrustList.Parse(list.Write()).Write());
        Assert.Contains("\"institutions, cards\"", list.Write(), StringComparison.Ordinal);
        Assert.Throws<JsonException>(() => TrustList.Parse(list.Write().Replace("\"anchors\"", "\"anker\"", StringComparison.Ordinal)));
        Assert.Throws<JsonException>(() => TrustList.Parse(list.Write().Replace("\"institutions, cards\"", "3", StringComparison.Ordinal)));
    }

    [Fact]
    public void Authority_comes_and_goes_with_the_list_without_a_restart()
    {
        var certificate = _hub.Keep(_other.Issue(OddCertificates.Client(Now)));
        Assert.Equal(TrustReason.UnknownIssuer, _hub.Examine(certificate));

        Follow(Both());
        Assert.Equal(TrustReason.None, _hub.Examine(certificate));
        Assert.Equal(TrustReason.None, _hub.Examine(_hub.Certificate("hospital-ankara")));

        Follow(Both() with { Anchors = [Both().Anchors[0]], Revocation = [Both().Revocation[0]] });
        Assert.Equal(TrustReason.UnknownIssuer, _hub.Examine(certificate));
    }

    [Fact]
    public void Authority_counts_from_its_day_until_its_day()
    {
        var certificate = _hub.Keep(_other.Issue(OddCertificates.Client(Now)));
        Follow(Both() with { Anchors = [Both().Anchors[0], Both().Anchors[1] with { From = Now.AddMinutes(10), Until = Now.AddMinutes(20) }] });
        Assert.Equal(TrustReason.UnknownIssuer, _hub.Examine(certificate));
        _hub.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(TrustReason.None, _hub.Examine(certificate));
        _hub.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(TrustReason.UnknownIssuer, _hub.Examine(certificate));
    }

    [Fact]
    public void Authority_of_institutions_makes_no_clinician_whatever_it_signs()
    {
        Follow(Both() with { Anchors = [Both().Anchors[0], Both().Anchors[1] with { Uses = AnchorUses.Institutions }] });
        var forged = _hub.Keep(_other.Issue(OddCertificates.Card(Now, _hub.Pki["dr-ayse"].NationalId!)));
        Assert.Equal(TrustReason.UnknownIssuer, _hub.Identify(forged, null, out _));
        Assert.Equal(TrustReason.UnknownIssuer, _hub.Ask(_hub.Certificate("hospital-ankara"), new TestAssertion(_hub, _hub.Certificate("hospital-ankara"), forged, _hub.Pki["dr-ayse"].NationalId!).Sign()));
    }

    [Fact]
    public void Card_needs_the_statements_that_its_kind_asks_for()
    {
        Follow(Both() with { Cards = [CardProfile.Default with { Statements = [EuropeanCompliance, EuropeanSignature] }] });
        var id = _hub.Pki["dr-ayse"].NationalId!;
        var plain = _hub.Keep(_other.Issue(OddCertificates.Card(Now, id)));
        var half = _hub.Keep(_other.Issue(OddCertificates.Card(Now, id) with { Extensions = [Statements(EuropeanCompliance)] }));
        var seal = _hub.Keep(_other.Issue(OddCertificates.Card(Now, id) with { Extensions = [Statements(EuropeanCompliance, "0.4.0.1862.1.6.2")] }));
        var qualified = _hub.Keep(_other.Issue(OddCertificates.Card(Now, id) with { Extensions = [Statements(EuropeanCompliance, EuropeanSignature)] }));
        Assert.Equal(TrustReason.WrongUsage, _hub.Gate.Examine(plain, CertificateUse.CardSignature).Reason);
        Assert.Equal(TrustReason.WrongUsage, _hub.Gate.Examine(half, CertificateUse.CardSignature).Reason);
        Assert.Equal(TrustReason.WrongUsage, _hub.Gate.Examine(seal, CertificateUse.CardSignature).Reason);
        Assert.Equal(TrustReason.None, _hub.Gate.Examine(qualified, CertificateUse.CardSignature).Reason);
        Assert.Equal(TrustReason.Unregistered, _hub.Identify(plain, null, out _));
        Assert.Equal(TrustReason.None, _hub.Identify(qualified, null, out var caller));
        Assert.Equal("dr-ayse", caller!.Person);
    }

    [Fact]
    public void Card_comes_from_the_issuer_that_its_kind_names_and_its_id_stands_in_the_attribute_that_it_names()
    {
        const string UniqueIdentifier = "2.5.4.45";
        var kind = CardProfile.Default with { Attribute = UniqueIdentifier, Issuers = [CertificateThumbprint.Of(_other.Certificate)] };
        Follow(Both() with { Cards = [kind] });
        var subject = new X500DistinguishedNameBuilder();
        subject.Add(UniqueIdentifier, _hub.Pki["dr-ayse"].NationalId!, UniversalTagNumber.UTF8String);
        var what = OddCertificates.Card(Now) with { Subject = subject.Build() };
        Assert.Equal(TrustReason.None, _hub.Identify(_hub.Keep(_other.Issue(what)), null, out var caller));
        Assert.Equal("dr-ayse", caller!.Person);
        Assert.Equal(TrustReason.Unregistered, _hub.Identify(_hub.Keep(_hub.Pki.Issuer.Issue(what)), null, out _));
        Assert.Equal(TrustReason.WrongUsage, _hub.Gate.Examine(_hub.Certificate("dr-ayse"), CertificateUse.CardSignature).Reason);
    }

    [Fact]
    public void What_cannot_work_is_refused_whole()
    {
        var both = Both();
        Assert.NotEmpty((both with { Anchors = [] }).Faults());
        Assert.Contains("no source of revocation", Assert.Single((both with { Revocation = [both.Revocation[0]] }).Faults()), StringComparison.Ordinal);
        Assert.NotEmpty((both with { Revocation = [.. both.Revocation, both.Revocation[0] with { Issuer = TestRegistry.Thumbprint(1) }] }).Faults());
        Assert.NotEmpty((both with { Revocation = [both.Revocation[0], both.Revocation[1] with { Kind = RevocationKind.Ocsp }] }).Faults());
        Assert.NotEmpty((both with { Anchors = [both.Anchors[0] with { Certificate = "AAAA" }] }).Faults());
        Assert.NotEmpty((both with { Anchors = [both.Anchors[0] with { Certificate = "?" }] }).Faults());
        Assert.NotEmpty((both with { Cards = [CardProfile.Default with { Policies = ["x"] }] }).Faults());
        Assert.NotEmpty((both with { Cards = [] }).Faults());
        Assert.NotNull(_hub.Current.PutTrust(both with { Anchors = [] }).Fault);
        Assert.Equal(both.Write(), _hub.Current.PutTrust(both).Snapshot!.Trust!.Write());
    }

    [Fact]
    public void Other_changes_of_the_registry_keep_the_list_and_what_is_remembered_under_it()
    {
        var authenticator = new TestAuthenticator();
        RegistryFile.Create(_folder["registry.json"], authenticator, _hub.Current);
        var file = RegistryFile.Open(_folder["registry.json"], authenticator, _hub.Time);
        file.Change(r => r.PutTrust(Both()));
        var trust = file.Current.Trust;
        Assert.NotNull(trust);
        var elsewhere = RegistryFile.Open(_folder["registry.json"], authenticator, _hub.Time);
        var seen = elsewhere.Current.Trust;
        file.Change(r => r.Suspend("ministry"));
        Assert.Same(trust, file.Current.Trust);
        Assert.True(elsewhere.Reload());
        Assert.Same(seen, elsewhere.Current.Trust);
        Assert.Equal(3, elsewhere.Current.Revision);
    }

    [Fact]
    public async Task Following_puts_new_sources_in_force_and_asks_ahead_about_registered_certificates()
    {
        var following = new TrustFollowing(_hub, _hub.Gate, _hub.Revocation, [new RevocationSource(_hub.Pki.Authority, _hub.Pki.RevocationListPath)], _hub.Time);
        await following.Step();
        Assert.Single(_hub.Revocation.Freshness());
        _hub.Edit(r => r.PutTrust(Both()));
        await following.Step();
        Assert.Equal(2, _hub.Revocation.Freshness().Length);
    }

    public void Dispose()
    {
        _hub.Dispose();
        _other.Dispose();
        _folder.Dispose();
    }

    private TrustList Both() => new(
        [
            new ListedAnchor("development", Convert.ToBase64String(_hub.Pki.Authority.RawData), AnchorUses.All),
            new ListedAnchor("other", Convert.ToBase64String(_other.Certificate.RawData), AnchorUses.Institutions | AnchorUses.Cards),
        ],
        [],
        [
            new ListedRevocation(CertificateThumbprint.Of(_hub.Pki.Authority), RevocationKind.List, _hub.Pki.RevocationListPath),
            new ListedRevocation(CertificateThumbprint.Of(_other.Certificate), RevocationKind.List, _folder["other.crl"]),
        ],
        [CardProfile.Default]);

    private void Follow(TrustList list)
    {
        _hub.Edit(r => r.PutTrust(list));
        _hub.Revocation.Follow(list.Sources());
        _hub.RefreshRevocation().GetAwaiter().GetResult();
    }

    private static X509Extension Statements(string statement, string? type = null)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(statement);
            }

            if (type is not null)
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier("0.4.0.1862.1.6");
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(type);
                    }
                }
            }
        }

        return new X509Extension("1.3.6.1.5.5.7.1.3", writer.Encode(), critical: false);
    }
}
