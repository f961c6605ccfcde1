using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace EHealthHub.Trust.Tokens;

/// <summary>The compact serialization of a JWS (RFC 7515, 7.1), read strictly: three parts of unpadded base64url in its one canonical form, JSON without repeated members (RFC 7515, 5.2).</summary>
internal static class CompactJws
{
    private const int CertificatesMax = 4;
    private const int CertificateBytesMax = 8 * 1024;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    private static readonly JsonDocumentOptions Json = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Where the three parts lie.</summary>
    internal static bool TrySplit(ReadOnlySpan<char> compact, out Range header, out Range payload, out Range signature)
    {
        (header, payload, signature) = (default, default, default);
        var first = compact.IndexOf('.');
        var second = first < 0 ? -1 : compact[(first + 1)..].IndexOf('.') + first + 1;
        if (first < 1 || second <= first + 1 || second == compact.Length - 1 || compact[(second + 1)..].Contains('.'))
        {
            return false;
        }

        (header, payload, signature) = (..first, (first + 1)..second, (second + 1)..);
        return true;
    }

    internal static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        if (text.IsEmpty || text.ContainsAnyExcept(Characters) || !IsCanonical(text))
        {
            return false;
        }

        bytes = Base64Url.DecodeFromChars(text);
        return true;
    }

    /// <summary>Parses a JSON object; null for anything else. Dispose it.</summary>
    internal static JsonDocument? ParseObject(byte[] utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(utf8, Json);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The string of a member; null where it is missing, no string, or not well-formed text.</summary>
    internal static string? GetString(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value.GetText() : null;

    /// <summary>The string; null for another kind of value, or for what is not well-formed text.</summary>
    internal static string? GetText(this JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair.
            return null;
        }
    }

    /// <summary>A NumericDate (RFC 7519, 2) in whole seconds; null where it is missing or another thing.</summary>
    internal static long? GetSeconds(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is >= 0 and < 253_402_300_800 ? seconds : null;

    /// <summary>The one audience; null where there is none, or several: what is for somebody else too could be used there first.</summary>
    internal static string? ReadAudience(JsonElement claims)
    {
        if (!claims.TryGetProperty("aud", out var audience) || audience.ValueKind != JsonValueKind.Array)
        {
            return claims.GetString("aud");
        }

        return audience.GetArrayLength() == 1 ? audience[0].GetText() : null;
    }

    /// <summary>The first certificate of an x5c of at most four (RFC 7515, 4.1.6); its issuers are those that the gate knows, not those that the sender adds.</summary>
    internal static bool TryReadLeaf(JsonElement chain, [NotNullWhen(true)] out byte[]? der)
    {
        der = null;
        Span<byte> buffer = stackalloc byte[CertificateBytesMax];
        if (chain.ValueKind != JsonValueKind.Array || chain.GetArrayLength() is < 1 or > CertificatesMax
            || chain[0].GetText() is not { } text || !Convert.TryFromBase64String(text, buffer, out var length))
        {
            return false;
        }

        der = buffer[..length].ToArray();
        return true;
    }

    /// <summary>The ASCII bytes that the signature is over.</summary>
    internal static byte[] SignedPart(ReadOnlySpan<char> compact, Range payload) => Encoding.ASCII.GetBytes(compact[..payload.End].ToArray());

    /// <summary>The bits that do not belong to a whole byte are zero; .NET's decoder lets others pass.</summary>
    private static bool IsCanonical(ReadOnlySpan<char> text) => (text.Length % 4) switch
    {
        0 => true,
        2 => (Alphabet.IndexOf(text[^1], StringComparison.Ordinal) & 0b1111) == 0,
        3 => (Alphabet.IndexOf(text[^1], StringComparison.Ordinal) & 0b11) == 0,
        _ => false,
    };
}
