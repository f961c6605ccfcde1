using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EHealthHub.Trust.Tests.Support;

namespace EHealthHub.Trust.Tests.Tokens;

public sealed class AssertionFormTests : IDisposable
{
    private const string Ankara = "hospital-ankara";
    private readonly TestHub _hub = new();

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

    public void Dispose() => _hub.Dispose();

    private TestAssertion Sound(string carrier) => new(_hub, carrier, "dr-ayse");
}
