using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Revocation;

namespace EHealthHub.Trust.Tokens;

/// <summary>The claims of an access token as JSON. Purpose, role and institution stand there twice: as the hub's own claims, which it reads, and as IHE IUA has them (<c>extensions.ihe_iua</c>), for others.</summary>
internal static class TokenText
{
    /// <summary>The claim with the reason of an emergency access, of assertions and of tokens.</summary>
    internal const string EmergencyReason = "emergency_reason";

    private const string PurposeSystem = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

    internal static byte[] Write(TokenClaims claims)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("iss", claims.Issuer);
        json.WriteString("aud", claims.Audience);
        json.WriteString("sub", claims.Subject);
        json.WriteString("client_id", claims.Client);
        Optional(json, "institution", claims.Institution);
        Optional(json, "role", claims.Role);
        json.WriteString("purpose_of_use", claims.Purpose);
        json.WriteString("scope", claims.Scope);
        json.WriteString("jti", claims.Id);
        json.WriteNumber("iat", claims.IssuedAt);
        json.WriteNumber("exp", claims.Expires);
        Optional(json, "grant", claims.Grant);
        Optional(json, EmergencyReason, claims.EmergencyReason);
        Optional(json, "patient", claims.Patient);
        json.WriteStartObject("cnf");
        json.WriteString("x5t#S256", Encode(claims.Confirmation));
        json.WriteEndObject();
        if (claims.Card is { } card)
        {
            json.WriteStartObject("card");
            json.WriteString("x5t#S256", Encode(card.Hash));
            json.WriteString("issuer", Encode(card.Id.Issuer));
            json.WriteString("serial", card.Id.Serial.ToHex());
            json.WriteEndObject();
        }

        WriteIua(json, claims);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    internal static bool TryRead(byte[] payload, [NotNullWhen(true)] out TokenClaims? claims)
    {
        claims = null;
        using var document = CompactJws.ParseObject(payload);
        if (document?.RootElement is not { } root
            || root.GetString("iss") is not { } issuer || root.GetString("aud") is not { } audience || root.GetString("sub") is not { } subject || root.GetString("client_id") is not { } client
            || root.GetString("purpose_of_use") is not { } purpose || root.GetString("scope") is not { } scope || root.GetString("jti") is not { } id
            || root.GetSeconds("iat") is not { } issuedAt || root.GetSeconds("exp") is not { } expires
            || !root.TryGetProperty("cnf", out var cnf) || !TryDecode(cnf.GetString("x5t#S256"), out var confirmation)
            || !TryReadCard(root, out var card))
        {
            return false;
        }

        claims = new TokenClaims
        {
            Issuer = issuer,
            Audience = audience,
            Subject = subject,
            Client = client,
            Institution = root.GetString("institution"),
            Role = root.GetString("role"),
            Purpose = purpose,
            Scope = scope,
            Id = id,
            IssuedAt = issuedAt,
            Expires = expires,
            Confirmation = confirmation,
            Card = card,
            Grant = root.GetString("grant"),
            EmergencyReason = root.GetString(EmergencyReason),
            Patient = root.GetString("patient"),
        };
        return true;
    }

    internal static string Encode(Hash256 hash)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        hash.Write(bytes);
        return Base64Url.EncodeToString(bytes);
    }

    internal static bool TryDecode(string? text, out Hash256 hash)
    {
        hash = default;
        if (!CompactJws.TryDecode(text, out var bytes) || bytes.Length != Hash256.Size)
        {
            return false;
        }

        hash = Hash256.Read(bytes);
        return true;
    }

    /// <summary>IHE ITI IUA, JSON Web Token option: what a server that is not this hub looks for.</summary>
    private static void WriteIua(Utf8JsonWriter json, TokenClaims claims)
    {
        json.WriteStartObject("extensions");
        json.WriteStartObject("ihe_iua");
        if (claims.Institution is { } institution)
        {
            json.WriteString("subject_organization_id", $"{claims.Issuer}/institutions/{institution}");
        }

        if (claims.Role is { } role)
        {
            json.WriteStartArray("subject_role");
            json.WriteStartObject();
            json.WriteString("system", claims.Issuer + "/roles");
            json.WriteString("code", role);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteStartArray("purpose_of_use");
        json.WriteStartObject();
        json.WriteString("system", PurposeSystem);
        json.WriteString("code", claims.Purpose);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static bool TryReadCard(JsonElement root, out CardClaim? card)
    {
        card = null;
        if (!root.TryGetProperty("card", out var element))
        {
            return true;
        }

        if (!TryDecode(element.GetString("x5t#S256"), out var hash) || !TryDecode(element.GetString("issuer"), out var issuer)
            || element.GetString("serial") is not { } hex || !SerialNumber.TryParseHex(hex, out var serial))
        {
            return false;
        }

        card = new CardClaim(hash, new CertificateId(issuer, serial));
        return true;
    }

    private static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
