using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Clients;

/// <summary>
/// A client's assertion (RFC 7523, 2.2) in parts, well-formed and nothing more. The header is a closed list (<c>alg</c>, <c>typ</c>, <c>kid</c>, <c>x5c</c>): whatever else could point to another key or change the rules (<c>jku</c>, <c>jwk</c>,
/// <c>x5u</c>, <c>crit</c>, <c>b64</c>) refuses the whole. SMART lets a server ignore <c>jku</c> only where it equals a registered address; the hub registers keys, not addresses.
/// </summary>
internal sealed record ClientAssertionText
{
    private const int IdLengthMax = 128;

    private ClientAssertionText()
    {
    }

    internal required string Algorithm { get; init; }

    /// <summary>kid; null without one.</summary>
    internal string? KeyId { get; init; }

    /// <summary>The leaf of x5c in DER; null without one.</summary>
    internal byte[]? Certificate { get; init; }

    internal required byte[] Signed { get; init; }

    internal required byte[] Signature { get; init; }

    /// <summary>iss and sub, which are the same.</summary>
    internal required string Client { get; init; }

    /// <summary>The one audience; null where there is none, or several.</summary>
    internal string? Audience { get; init; }

    internal required string Id { get; init; }

    internal long? IssuedAt { get; init; }

    internal long? NotBefore { get; init; }

    internal required long Expires { get; init; }

    /// <summary>What UDAP's <c>hl7-b2b</c> extension says; null without one.</summary>
    internal BusinessExtension? Business { get; init; }

    internal static bool TryRead(string compact, [NotNullWhen(true)] out ClientAssertionText? assertion)
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
        if (header is null || payload is null || !TryReadHeader(header.RootElement, out var algorithm, out var keyId, out var certificate))
        {
            return false;
        }

        var claims = payload.RootElement;
        if (claims.GetString("iss") is not { Length: > 0 and <= 64 } issuer || claims.GetString("sub") != issuer
            || claims.GetString("jti") is not { Length: > 0 and <= IdLengthMax } id || claims.GetSeconds("exp") is not { } expires
            || (claims.TryGetProperty("iat", out _) && claims.GetSeconds("iat") is null)
            || (claims.TryGetProperty("nbf", out _) && claims.GetSeconds("nbf") is null)
            || !BusinessExtension.TryRead(claims, out var business))
        {
            return false;
        }

        assertion = new ClientAssertionText
        {
            Algorithm = algorithm,
            KeyId = keyId,
            Certificate = certificate,
            Signed = CompactJws.SignedPart(compact, payloadPart),
            Signature = signature,
            Client = issuer,
            Audience = CompactJws.ReadAudience(claims),
            Id = id,
            IssuedAt = claims.GetSeconds("iat"),
            NotBefore = claims.GetSeconds("nbf"),
            Expires = expires,
            Business = business,
        };
        return true;
    }

    private static bool TryReadHeader(JsonElement header, [NotNullWhen(true)] out string? algorithm, out string? keyId, out byte[]? certificate)
    {
        algorithm = header.GetString("alg");
        keyId = header.GetString("kid");
        certificate = null;
        foreach (var member in header.EnumerateObject())
        {
            if (!(member.NameEquals("alg") || member.NameEquals("typ") || member.NameEquals("kid") || member.NameEquals("x5c")))
            {
                return false;
            }
        }

        if (algorithm is not ("ES256" or "ES384" or "RS256" or "RS384" or "PS256")
            || (header.TryGetProperty("typ", out _) && header.GetString("typ") is not ("JWT" or "client-authentication+jwt"))
            || (header.TryGetProperty("kid", out _) && keyId is not { Length: > 0 and <= IdLengthMax }))
        {
            return false;
        }

        return !header.TryGetProperty("x5c", out var chain) || CompactJws.TryReadLeaf(chain, out certificate);
    }
}
