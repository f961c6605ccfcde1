using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using EHealthHub.Trust.Revocation;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Apps;

/// <summary>
/// What a person allowed an application. It travels, sealed by the host, in the authorization code and in each refresh token that follows; nothing of it is stored. All of them bear its id, so that one entry takes all of them back.
/// </summary>
public sealed record AppGrant
{
    internal AppGrant(CardClaim? card) => Card = card;

    /// <summary>Random; the id of the whole family.</summary>
    public required string Id { get; init; }

    /// <summary>client_id.</summary>
    public required string Client { get; init; }

    /// <summary>Registered id of the person.</summary>
    public required string Person { get; init; }

    /// <summary>For which institution a clinician acts; null for a citizen.</summary>
    public string? Institution { get; init; }

    /// <summary>What was allowed.</summary>
    public required ImmutableArray<string> Scopes { get; init; }

    /// <summary>When the person signed in.</summary>
    public required DateTimeOffset SignedIn { get; init; }

    /// <summary>When they must sign in again, whatever happens.</summary>
    public required DateTimeOffset Ends { get; init; }

    /// <summary>Absolute address of the resource that stands for the person; null where there is none.</summary>
    public string? FhirUser { get; init; }

    /// <summary>Logical id of the patient in the launch context; null without one.</summary>
    public string? Patient { get; init; }

    internal CardClaim? Card { get; }

    /// <summary>As text, for the host to seal.</summary>
    public string ToText()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", Id);
            json.WriteString("client", Client);
            json.WriteString("person", Person);
            json.WriteString("institution", Institution);
            json.WriteString("scope", string.Join(' ', Scopes));
            json.WriteNumber("signedIn", SignedIn.ToUnixTimeSeconds());
            json.WriteNumber("ends", Ends.ToUnixTimeSeconds());
            json.WriteString("fhirUser", FhirUser);
            json.WriteString("patient", Patient);
            if (Card is { } card)
            {
                json.WriteString("card", TokenText.Encode(card.Hash));
                json.WriteString("cardIssuer", TokenText.Encode(card.Id.Issuer));
                json.WriteString("cardSerial", card.Id.Serial.ToHex());
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads what <see cref="ToText"/> wrote; the seal has been verified.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out AppGrant? grant)
    {
        grant = null;
        using var document = CompactJws.ParseObject(Encoding.UTF8.GetBytes(text));
        if (document?.RootElement is not { } root || root.GetString("id") is not { } id || root.GetString("client") is not { } client || root.GetString("person") is not { } person
            || root.GetString("scope") is not { } scope || root.GetSeconds("signedIn") is not { } signedIn || root.GetSeconds("ends") is not { } ends)
        {
            return false;
        }

        CardClaim? card = null;
        if (root.TryGetProperty("card", out _))
        {
            if (!TokenText.TryDecode(root.GetString("card"), out var hash) || !TokenText.TryDecode(root.GetString("cardIssuer"), out var issuer)
                || root.GetString("cardSerial") is not { } hex || !SerialNumber.TryParseHex(hex, out var serial))
            {
                return false;
            }

            card = new CardClaim(hash, new CertificateId(issuer, serial));
        }

        grant = new AppGrant(card)
        {
            Id = id,
            Client = client,
            Person = person,
            Institution = root.GetString("institution"),
            Scopes = [.. scope.Split(' ')],
            SignedIn = DateTimeOffset.FromUnixTimeSeconds(signedIn),
            Ends = DateTimeOffset.FromUnixTimeSeconds(ends),
            FhirUser = root.GetString("fhirUser"),
            Patient = root.GetString("patient"),
        };
        return true;
    }
}
