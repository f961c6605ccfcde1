using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace EHealthHub.Trust.Tokens;

/// <summary>Turns claims into the hub's compact JWS and back. The protected header is one fixed text under the hub's one key: whatever differs from it in a single character is not ours, so that no algorithm is ever negotiated.</summary>
internal sealed class TokenCodec
{
    private readonly ITokenSigner _signer;
    private readonly TokenOptions _options;
    private readonly string _header;

    internal TokenCodec(ITokenSigner signer, TokenOptions options)
    {
        _signer = signer;
        _options = options;
        _header = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{JsonEncodedText.Encode(signer.KeyId)}}"}"""));
    }

    internal string Write(TokenClaims claims)
    {
        var signed = $"{_header}.{Base64Url.EncodeToString(claims.Write())}";
        return $"{signed}.{Base64Url.EncodeToString(_signer.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>Signature first, then what it says: issuer, audience, times. Binding and everything that can change within its life is looked at by the caller.</summary>
    internal TrustReason Read(string compact, DateTimeOffset now, out TokenClaims? claims)
    {
        claims = null;
        if (!TryVerify(compact, out var payload) || !TokenClaims.TryRead(payload, out claims) || claims.Issuer != _options.Issuer || claims.Audience != _options.FhirBase)
        {
            return TrustReason.TokenInvalid;
        }

        var seconds = now.ToUnixTimeSeconds();
        if (claims.IssuedAt > seconds + _options.ClockSkewSeconds || claims.Expires - claims.IssuedAt > _options.TokenSecondsMax)
        {
            return TrustReason.TokenInvalid;
        }

        return seconds < claims.Expires ? TrustReason.None : TrustReason.TokenExpired;
    }

    private bool TryVerify(string compact, [NotNullWhen(true)] out byte[]? payload)
    {
        payload = null;
        if (!CompactJws.TrySplit(compact, out var header, out var payloadPart, out var signaturePart) || !compact.AsSpan()[header].SequenceEqual(_header)
            || !CompactJws.TryDecode(compact.AsSpan()[signaturePart], out var signature) || signature.Length != 64
            || !CompactJws.TryDecode(compact.AsSpan()[payloadPart], out var bytes))
        {
            return false;
        }

        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_signer.PublicKey, out _);
        if (!key.VerifyData(CompactJws.SignedPart(compact, payloadPart), signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
        {
            return false;
        }

        payload = bytes;
        return true;
    }
}
