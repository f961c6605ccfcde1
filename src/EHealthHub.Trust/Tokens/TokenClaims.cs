using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Revocation;

namespace EHealthHub.Trust.Tokens;

/// <summary>
/// What an access token says (RFC 9068), for the hub itself to read. The national id is not in it; the card is, by thumbprint and by issuer and serial number, so that every request can look again whether it was revoked.
/// </summary>
internal sealed record TokenClaims
{
    internal required string Issuer { get; init; }

    internal required string Audience { get; init; }

    /// <summary>Registered id of the person.</summary>
    internal required string Subject { get; init; }

    internal required string Institution { get; init; }

    internal required string Role { get; init; }

    internal required string Purpose { get; init; }

    internal required string Scope { get; init; }

    internal required string Id { get; init; }

    internal required long IssuedAt { get; init; }

    internal required long Expires { get; init; }

    /// <summary>cnf.x5t#S256: the connection's certificate.</summary>
    internal required Hash256 Confirmation { get; init; }

    internal required Hash256 CardHash { get; init; }

    internal required CertificateId Card { get; init; }

    internal byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("iss", Issuer);
        json.WriteString("aud", Audience);
        json.WriteString("sub", Subject);

        // RFC 9068, 2.2 asks for client_id; the hub's clients are its institutions.
        json.WriteString("client_id", Institution);
        json.WriteString("institution", Institution);
        json.WriteString("role", Role);
        json.WriteString("purpose_of_use", Purpose);
        json.WriteString("scope", Scope);
        json.WriteString("jti", Id);
        json.WriteNumber("iat", IssuedAt);
        json.WriteNumber("exp", Expires);
        json.WriteStartObject("cnf");
        json.WriteString("x5t#S256", Encode(Confirmation));
        json.WriteEndObject();
        json.WriteStartObject("card");
        json.WriteString("x5t#S256", Encode(CardHash));
        json.WriteString("issuer", Encode(Card.Issuer));
        json.WriteString("serial", Card.Serial.ToHex());
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; the signature has been verified.</summary>
    internal static bool TryRead(byte[] payload, [NotNullWhen(true)] out TokenClaims? claims)
    {
        claims = null;
        using var document = CompactJws.ParseObject(payload);
        if (document?.RootElement is not { } root
            || root.GetString("iss") is not { } issuer || root.GetString("aud") is not { } audience || root.GetString("sub") is not { } subject
            || root.GetString("institution") is not { } institution || root.GetString("role") is not { } role || root.GetString("purpose_of_use") is not { } purpose
            || root.GetString("scope") is not { } scope || root.GetString("jti") is not { } id
            || root.GetSeconds("iat") is not { } issuedAt || root.GetSeconds("exp") is not { } expires
            || !root.TryGetProperty("cnf", out var cnf) || !TryDecode(cnf.GetString("x5t#S256"), out var confirmation)
            || !root.TryGetProperty("card", out var card) || !TryDecode(card.GetString("x5t#S256"), out var cardHash) || !TryDecode(card.GetString("issuer"), out var cardIssuer)
            || card.GetString("serial") is not { } hex || !SerialNumber.TryParseHex(hex, out var serial))
        {
            return false;
        }

        claims = new TokenClaims
        {
            Issuer = issuer,
            Audience = audience,
            Subject = subject,
            Institution = institution,
            Role = role,
            Purpose = purpose,
            Scope = scope,
            Id = id,
            IssuedAt = issuedAt,
            Expires = expires,
            Confirmation = confirmation,
            CardHash = cardHash,
            Card = new CertificateId(cardIssuer, serial),
        };
        return true;
    }

    private static string Encode(Hash256 hash)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        hash.Write(bytes);
        return Base64Url.EncodeToString(bytes);
    }

    private static bool TryDecode(string? text, out Hash256 hash)
    {
        hash = default;
        if (!CompactJws.TryDecode(text, out var bytes) || bytes.Length != Hash256.Size)
        {
            return false;
        }

        hash = Hash256.Read(bytes);
        return true;
    }
}
