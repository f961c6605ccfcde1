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
    /// Signs an assertion. <paramref name="carrierThumbprint"/> is the SHA-256 (hex) of the TLS certificate of the connection that will carry it; <paramref name="scope"/> may ask for less than a clinician's scopes; <paramref name="emergencyReason"/> goes with the purposes ETREAT and BTG.
    /// Throws <see cref="ArgumentException"/> for a certificate without a private key, or one that names no national id.
    /// </summary>
    public static string Create(X509Certificate2 card, string tokenEndpoint, string carrierThumbprint, string purpose, DateTimeOffset time, string? scope = null, string? emergencyReason = null) =>
        Create(card, (_, data) => JoseAlgorithm.Sign(card, data), tokenEndpoint, carrierThumbprint, purpose, time, scope, emergencyReason);

    /// <summary>
    /// The same for a key that stays on its card: <paramref name="sign"/> gets the algorithm (<c>ES256</c>, <c>ES384</c> or <c>RS256</c>, as the certificate's key asks for) and the data, and gives the signature in the form of RFC 7518 3.3 and 3.4.
    /// </summary>
    public static string Create(X509Certificate2 card, Func<string, byte[], byte[]> sign, string tokenEndpoint, string carrierThumbprint, string purpose, DateTimeOffset time, string? scope = null, string? emergencyReason = null)
    {
        var nationalId = CertificateFacts.Read(card)?.NationalIdIn(CardProfile.SerialNumber) ?? throw new ArgumentException("The certificate's subject names no national id.", nameof(card));
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

            if (emergencyReason is not null)
            {
                json.WriteString(TokenText.EmergencyReason, emergencyReason);
            }

            json.WriteStartObject("cnf");
            json.WriteString("x5t#S256", Base64Url.EncodeToString(Convert.FromHexString(carrierThumbprint)));
            json.WriteEndObject();
        });
        var signed = $"{header}.{claims}";
        return $"{signed}.{Base64Url.EncodeToString(sign(algorithm, Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>The national id in a card's subject; null where it names none, or more than one.</summary>
    public static string? NationalIdOf(X509Certificate2 card) => CertificateFacts.Read(card)?.NationalIdIn(CardProfile.SerialNumber);

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
