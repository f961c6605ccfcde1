using System.Buffers;
using System.Text.Json;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Apps;

/// <summary>The claims of an identity token (OpenID Connect Core, 2; SMART App Launch, <c>fhirUser</c>): who signed in, when, at which application. Neither name nor national id.</summary>
internal static class IdentityText
{
    internal static byte[] Write(string issuer, string client, AppGrant grant, TokenClaims access, string? nonce)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("iss", issuer);
        json.WriteString("sub", grant.Person);
        json.WriteString("aud", client);
        json.WriteNumber("iat", access.IssuedAt);
        json.WriteNumber("exp", access.Expires);
        json.WriteNumber("auth_time", grant.SignedIn.ToUnixTimeSeconds());
        if (nonce is not null)
        {
            json.WriteString("nonce", nonce);
        }

        if (grant.FhirUser is { } user)
        {
            json.WriteString("fhirUser", user);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
