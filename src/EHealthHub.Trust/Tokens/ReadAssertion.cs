using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace EHealthHub.Trust.Tokens;

/// <summary>
/// An assertion in parts, well-formed and nothing more: nothing is proven yet. The header is a closed list (<c>alg</c>, <c>typ</c>, <c>kid</c>, <c>x5c</c>): whatever else could point to another key or change the rules
/// (<c>jku</c>, <c>jwk</c>, <c>x5u</c>, <c>crit</c>, <c>b64</c>, <c>zip</c>) refuses the whole.
/// </summary>
internal sealed record ReadAssertion : IDisposable
{
    private const int IdLengthMax = 128;
    private const int TextLengthMax = 1024;

    private ReadAssertion()
    {
    }

    internal required string Algorithm { get; init; }

    /// <summary>The leaf of x5c; its issuers are those that the gate knows, not those that the sender adds.</summary>
    internal required X509Certificate2 Card { get; init; }

    internal required byte[] Signed { get; init; }

    internal required byte[] Signature { get; init; }

    internal required string Issuer { get; init; }

    internal required string Subject { get; init; }

    /// <summary>The one audience; null where there is none, or several: an assertion for somebody else too could be used there first.</summary>
    internal string? Audience { get; init; }

    internal required string Id { get; init; }

    internal long IssuedAt { get; init; }

    internal long? NotBefore { get; init; }

    internal long Expires { get; init; }

    internal string? Purpose { get; init; }

    internal string? Scope { get; init; }

    /// <summary>Why the glass is broken, in the clinician's words; null where nothing is said.</summary>
    internal string? EmergencyReason { get; init; }

    /// <summary>cnf.x5t#S256.</summary>
    internal required string Confirmation { get; init; }

    internal static bool TryRead(string compact, [NotNullWhen(true)] out ReadAssertion? assertion)
    {
        assertion = null;
        if (compact.Length > TokenOptions.AssertionLengthMax || !CompactJws.TrySplit(compact, out var headerPart, out var payloadPart, out var signaturePart)
            || !CompactJws.TryDecode(compact.AsSpan()[headerPart], out var headerBytes) || !CompactJws.TryDecode(compact.AsSpan()[payloadPart], out var payloadBytes)
            || !CompactJws.TryDecode(compact.AsSpan()[signaturePart], out var signature))
        {
            return false;
        }

        using var header = CompactJws.ParseObject(headerBytes);
        using var payload = CompactJws.ParseObject(payloadBytes);
        if (header is null || payload is null || !TryReadHeader(header.RootElement, out var algorithm, out var card))
        {
            return false;
        }

        var claims = payload.RootElement;
        if (claims.GetString("iss") is not { Length: > 0 and <= TextLengthMax } issuer || claims.GetString("sub") is not { Length: > 0 and <= TextLengthMax } subject
            || claims.GetString("jti") is not { Length: > 0 and <= IdLengthMax } id || claims.GetSeconds("iat") is not { } issuedAt || claims.GetSeconds("exp") is not { } expires
            || !claims.TryGetProperty("cnf", out var cnf) || cnf.GetString("x5t#S256") is not { } confirmation
            || (claims.TryGetProperty("nbf", out _) && claims.GetSeconds("nbf") is null)
            || (claims.TryGetProperty("scope", out _) && claims.GetString("scope") is not { Length: <= TextLengthMax })
            || (claims.TryGetProperty(TokenText.EmergencyReason, out _) && claims.GetString(TokenText.EmergencyReason) is not { Length: <= TextLengthMax }))
        {
            card.Dispose();
            return false;
        }

        assertion = new ReadAssertion
        {
            Algorithm = algorithm,
            Card = card,
            Signed = CompactJws.SignedPart(compact, payloadPart),
            Signature = signature,
            Issuer = issuer,
            Subject = subject,
            Audience = CompactJws.ReadAudience(claims),
            Id = id,
            IssuedAt = issuedAt,
            NotBefore = claims.GetSeconds("nbf"),
            Expires = expires,
            Purpose = claims.GetString("purpose_of_use"),
            Scope = claims.GetString("scope"),
            EmergencyReason = claims.GetString(TokenText.EmergencyReason),
            Confirmation = confirmation,
        };
        return true;
    }

    public void Dispose() => Card.Dispose();

    private static bool TryReadHeader(JsonElement header, [NotNullWhen(true)] out string? algorithm, [NotNullWhen(true)] out X509Certificate2? card)
    {
        algorithm = header.GetString("alg");
        card = null;
        foreach (var member in header.EnumerateObject())
        {
            if (!(member.NameEquals("alg") || member.NameEquals("typ") || member.NameEquals("kid") || member.NameEquals("x5c")))
            {
                return false;
            }
        }

        if (algorithm is not ("ES256" or "ES384" or "RS256" or "RS384" or "PS256") || (header.TryGetProperty("typ", out _) && header.GetString("typ") != "JWT")
            || !header.TryGetProperty("x5c", out var chain) || !CompactJws.TryReadLeaf(chain, out var der))
        {
            return false;
        }

        card = ReadCertificate(der);
        return card is not null;
    }

    /// <summary>One certificate in DER and nothing behind it.</summary>
    private static X509Certificate2? ReadCertificate(byte[] der)
    {
        try
        {
            var certificate = X509CertificateLoader.LoadCertificate(der);
            if (certificate.RawDataMemory.Span.SequenceEqual(der))
            {
                return certificate;
            }

            certificate.Dispose();
            return null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
