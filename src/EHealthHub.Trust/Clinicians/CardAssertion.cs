using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Clinicians;

/// <summary>The client's side of the token endpoint: what a hospital's system has the card sign, once per session of at most five minutes. For the demonstration, load and tests, and as an example to integrators.</summary>
public static class CardAssertion
{
    /// <summary>How long an assertion made here is good, in seconds: it is used at once.</summary>
    public const int LifetimeSeconds = 120;

    /// <summary>
    /// Signs an assertion. <paramref name="carrierThumbprint"/> is the SHA-256 (hex) of the TLS certificate of the connection that will carry it; <paramref name="scope"/> may ask for less than a clinician's scopes.
    /// Throws <see cref="ArgumentException"/> for a certificate without a private key, or one that names no national id.
    /// </summary>
    public static string Create(X509Certificate2 card, string tokenEndpoint, string carrierThumbprint, string purpose, DateTimeOffset time, string? scope = null)
    {
        var nationalId = CertificateFacts.Read(card)?.NationalId ?? throw new ArgumentException("The certificate's subject names no national id.", nameof(card));
        var algorithm = JoseAlgorithm.For(card) ?? throw new ArgumentException("The card's key is of no kind that signs assertions.", nameof(card));
        var header = Encode(json =>
        {
            json.WriteString("alg", algorithm);
            json.WriteString("typ", "JWT");
            json.WriteStartArray("x5c");
            json.WriteBase64StringValue(card.RawDataMemory.Span);
            json.WriteEndArray();
        });
        var claims = Encode(json =>
        {
            json.WriteString("iss", nationalId);
            json.WriteString("sub", nationalId);
            json.WriteString("aud", tokenEndpoint);
            json.WriteString("jti", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
            json.WriteNumber("iat", time.ToUnixTimeSeconds());
            json.WriteNumber("exp", time.ToUnixTimeSeconds() + LifetimeSeconds);
            json.WriteString("purpose_of_use", purpose);
            if (scope is not null)
            {
                json.WriteString("scope", scope);
            }

            json.WriteStartObject("cnf");
            json.WriteString("x5t#S256", Base64Url.EncodeToString(Convert.FromHexString(carrierThumbprint)));
            json.WriteEndObject();
        });
        var signed = $"{header}.{claims}";
        return $"{signed}.{Base64Url.EncodeToString(JoseAlgorithm.Sign(card, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }
}
