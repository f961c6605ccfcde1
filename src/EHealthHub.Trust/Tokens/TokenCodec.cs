using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace EHealthHub.Trust.Tokens;

/// <summary>
/// Turns claims into the hub's compact JWS and back. The protected header is one fixed text for each key that verifies now: whatever differs from all of them in a single character is not ours, so that no algorithm is ever negotiated.
/// </summary>
internal sealed class TokenCodec(TokenKeyRing keys, TokenOptions options)
{
    internal string Write(TokenClaims claims, DateTimeOffset now)
    {
        var key = keys.Signing(now);
        return Sign(key.Signer, key.AccessHeader, claims.Write());
    }

    /// <summary>An identity token (OpenID Connect Core, 2): for the application to read, never taken by the hub.</summary>
    internal string WriteIdentity(byte[] claims, DateTimeOffset now)
    {
        var key = keys.Signing(now);
        return Sign(key.Signer, key.IdentityHeader, claims);
    }

    /// <summary>Signature first, then what it says: issuer, audience, times. Binding and everything that can change within its life is looked at by the caller.</summary>
    internal TrustReason Read(string compact, DateTimeOffset now, out TokenClaims? claims)
    {
        claims = null;
        if (!TryVerify(compact, now, out var payload) || !TokenClaims.TryRead(payload, out claims) || claims.Issuer != options.Issuer || claims.Audience != options.FhirBase)
        {
            return TrustReason.TokenInvalid;
        }

        var seconds = now.ToUnixTimeSeconds();
        if (claims.IssuedAt > seconds + options.ClockSkewSeconds || claims.Expires - claims.IssuedAt > (claims.EmergencyReason is not null ? options.EmergencySecondsMax : claims.Grant is null ? options.TokenSecondsMax : options.AppTokenSecondsMax))
        {
            return TrustReason.TokenInvalid;
        }

        return seconds < claims.Expires ? TrustReason.None : TrustReason.TokenExpired;
    }

    private static string Sign(ITokenSigner signer, string header, byte[] claims)
    {
        var signed = $"{header}.{Base64Url.EncodeToString(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(signer.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private bool TryVerify(string compact, DateTimeOffset now, [NotNullWhen(true)] out byte[]? payload)
    {
        payload = null;
        if (!CompactJws.TrySplit(compact, out var header, out var payloadPart, out var signaturePart) || KeyOf(compact.AsSpan()[header], now) is not { } signer
            || !CompactJws.TryDecode(compact.AsSpan()[signaturePart], out var signature) || signature.Length != 64
            || !CompactJws.TryDecode(compact.AsSpan()[payloadPart], out var bytes))
        {
            return false;
        }

        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(signer.PublicKey, out _);
        if (!key.VerifyData(CompactJws.SignedPart(compact, payloadPart), signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
        {
            return false;
        }

        payload = bytes;
        return true;
    }

    private ITokenSigner? KeyOf(ReadOnlySpan<char> header, DateTimeOffset now)
    {
        foreach (var key in keys.Verifying(now))
        {
            if (header.SequenceEqual(key.AccessHeader))
            {
                return key.Signer;
            }
        }

        return null;
    }
}
