using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Trust.Clients;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Trust.Tests.Clients;

public sealed class KeySetReaderTests
{
    [Fact]
    public void Curve_and_rsa_keys_are_read()
    {
        using var rsa = RSA.Create(2048);
        var parameters = rsa.ExportParameters(false);
        var keys = Read(Curve(), $$"""{"kty":"RSA","kid":"r1","n":"{{Base64Url.EncodeToString(parameters.Modulus)}}","e":"AQAB"}""");
        Assert.Equal([("e1", "ES256"), ("r1", null)], keys.Select(k => (k.Id, k.Algorithm)));
        Assert.Equal(Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo()), keys[1].PublicKey);
    }

    [Theory]
    [InlineData("\"d\":\"AQAB\",")]
    [InlineData("\"use\":\"enc\",")]
    public void Private_and_encryption_keys_are_refused(string more)
    {
        Assert.Empty(KeySetReader.Read(Set(Curve(more)), out var fault));
        Assert.NotEmpty(fault);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"keys\":[]}")]
    [InlineData("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"k\",\"k\":\"AA\"}]}")]
    [InlineData("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\",\"kid\":\"k\"}]}")]
    [InlineData("{\"keys\":[7]}")]
    public void What_is_no_key_set_is_refused_with_a_fault(string text)
    {
        Assert.Empty(KeySetReader.Read(Encoding.UTF8.GetBytes(text), out var fault));
        Assert.NotEmpty(fault);
    }

    private static string Curve(string more = "")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        return $$"""{"kty":"EC","crv":"P-256","kid":"e1","alg":"ES256",{{more}}"x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
    }

    private static byte[] Set(params string[] keys) => Encoding.UTF8.GetBytes("{\"keys\":[" + string.Join(',', keys) + "]}");

    private static System.Collections.Immutable.ImmutableArray<ClientKey> Read(params string[] keys)
    {
        var read = KeySetReader.Read(Set(keys), out var fault);
        Assert.Equal("", fault);
        return read;
    }
}
