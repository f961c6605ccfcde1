using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EHealthHub.Trust.Tests.Support;

/// <summary>An assertion made by hand, sound until a test spoils it; signed by code of its own, so that the hub's does not judge itself.</summary>
internal sealed class TestAssertion
{
    internal TestAssertion(TestHub hub, string carrier, string card)
        : this(hub, hub.Certificate(carrier), hub.Certificate(card), hub.Pki[card].NationalId!)
    {
    }

    internal TestAssertion(TestHub hub, X509Certificate2 carrier, X509Certificate2 card, string nationalId)
    {
        Card = card;
        var now = hub.Time.Now.ToUnixTimeSeconds();
        Header = new JsonObject
        {
            ["alg"] = "ES256",
            ["typ"] = "JWT",
            ["x5c"] = new JsonArray(Convert.ToBase64String(card.RawData)),
        };
        Claims = new JsonObject
        {
            ["iss"] = nationalId,
            ["sub"] = nationalId,
            ["aud"] = "https://localhost:8443/oauth/token",
            ["jti"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(16)),
            ["iat"] = now,
            ["exp"] = now + 120,
            ["purpose_of_use"] = "TREAT",
            ["cnf"] = new JsonObject { ["x5t#S256"] = Base64Url.EncodeToString(SHA256.HashData(carrier.RawData)) },
        };
    }

    internal X509Certificate2 Card { get; set; }

    internal JsonObject Header { get; }

    internal JsonObject Claims { get; }

    internal string Sign() => Sign(Header.ToJsonString(), Claims.ToJsonString());

    internal string Sign(string header, string claims)
    {
        var signed = Encode(header) + "." + Encode(claims);
        return signed + "." + Base64Url.EncodeToString(SignBytes(Encoding.ASCII.GetBytes(signed)));
    }

    internal static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    internal static JsonElement Payload(string token) => JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement;

    private byte[] SignBytes(byte[] data)
    {
        using var ecdsa = Card.GetECDsaPrivateKey();
        if (ecdsa is not null)
        {
            return ecdsa.SignData(data, (string?)Header["alg"] == "ES384" ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256);
        }

        using var rsa = Card.GetRSAPrivateKey()!;
        return (string?)Header["alg"] switch
        {
            "PS256" => rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            "RS384" => rsa.SignData(data, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
            _ => rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        };
    }
}
