using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tests.Support;

namespace EHealthHub.Trust.Tests.Institutions;

/// <summary>Who may forward a certificate, and what is one (RFC 9440).</summary>
public sealed class ForwardedCertificatesTests : IDisposable
{
    private const string Proxy = "hospital-unregistered";
    private readonly TestHub _hub = new();
    private readonly ForwardedCertificates _forwarded;

    public ForwardedCertificatesTests()
    {
        _forwarded = new ForwardedCertificates(_hub.Gate, _hub, _hub.Time);
        _hub.Edit(r => r.PutInstitution(new Institution("edge", "Edge", InstitutionKind.Proxy, [_hub.Pki[Proxy].Thumbprint], [], Suspended: false, 1_000)));
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_registered_proxy_speaks_for_the_holder_of_the_certificate_that_it_forwards()
    {
        using var ankara = _hub.Certificate("hospital-ankara");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(Forwarding.Taken, _forwarded.Take(_hub.Certificate(Proxy), [Value("hospital-ankara")], out var taken));
            Assert.Equal(ankara.RawData, taken!.RawData);
            Assert.Equal(TrustReason.None, _hub.Identify(taken, null, out var caller));
            Assert.Equal("hospital-ankara", caller!.Institution);
        }
    }

    [Fact]
    public void What_a_proxy_forwards_passes_the_same_gate()
    {
        foreach (var (name, expected) in new[] { ("hospital-revoked", TrustReason.Revoked), ("hospital-expired", TrustReason.Expired), ("server", TrustReason.WrongUsage), (Proxy, TrustReason.NoCertificate) })
        {
            Assert.Equal(Forwarding.Taken, _forwarded.Take(_hub.Certificate(Proxy), [Value(name)], out var taken));
            Assert.Equal(expected, _hub.Identify(taken, null, out _));
        }
    }

    [Fact]
    public void Nobody_but_a_registered_proxy_may_forward()
    {
        string[] ministry = [Value("ministry")];
        foreach (var name in new[] { "hospital-ankara", "ministry", "dr-ayse", "operator", "hospital-revoked", "hospital-expired", "server" })
        {
            Assert.Equal((Forwarding.Ignored, null), (_forwarded.Take(_hub.Certificate(name), ministry, out var taken), taken));
        }

        Assert.Equal(Forwarding.Ignored, _forwarded.Take(null, ministry, out _));
        _hub.Edit(r => r.Suspend("edge"));
        Assert.Equal(Forwarding.Ignored, _forwarded.Take(_hub.Certificate(Proxy), ministry, out _));
        _hub.Edit(r => r.Resume("edge").Then(s => s.Block(_hub.Pki[Proxy].Thumbprint)));
        Assert.Equal(Forwarding.Ignored, _forwarded.Take(_hub.Certificate(Proxy), ministry, out _));
    }

    [Fact]
    public void What_is_not_exactly_one_certificate_is_refused()
    {
        var good = Value("hospital-ankara");
        string?[][] bad =
        [
            [], [null], [""], [":"], ["::"], [good, good], [good + ", " + good], [good[1..]], [good[..^1]], [good.Replace(':', '"')], [good.Insert(9, " ")], [good.Insert(9, "\n")], [good.Insert(9, "é")], [good.Insert(9, "-")],
            [":" + Convert.ToBase64String(_hub.Certificate("hospital-ankara").RawData[..^1]) + ":"], [":" + Convert.ToBase64String([.. _hub.Certificate("hospital-ankara").RawData, 0]) + ":"], [":AAAA:"],
            [":" + Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(_hub.Certificate("hospital-ankara").ExportCertificatePem())) + ":"], [":" + new string('A', ForwardedCertificates.ValueLengthMax) + ":"],
        ];
        foreach (var values in bad)
        {
            Assert.Equal((Forwarding.Refused, null), (_forwarded.Take(_hub.Certificate(Proxy), values, out var taken), taken));
        }
    }

    [Fact]
    public void A_proxy_that_forwards_nothing_has_no_voice_of_its_own()
    {
        Assert.Equal(TrustReason.NoCertificate, _hub.Identify(Proxy, null));
        var token = _hub.Issue("hospital-ankara", "dr-ayse");
        Assert.Equal(TrustReason.TokenNotBound, _hub.Identify(Proxy, token.AccessToken));
        Assert.Equal(TrustReason.NoCertificate, _hub.Ask(Proxy, new TestAssertion(_hub, Proxy, "dr-ayse").Sign()));
        Assert.NotNull(_hub.Current.PutInstitution(_hub.Current.InstitutionById("edge")! with { Scopes = ["system/*.rs"] }).Fault);
    }

    private string Value(string name) => ":" + Convert.ToBase64String(_hub.Certificate(name).RawData) + ":";
}
