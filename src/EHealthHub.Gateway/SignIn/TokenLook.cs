using System.Buffers.Text;
using System.Text.Json;

namespace EHealthHub.Gateway.SignIn;

/// <summary>What an unproven token says of itself: enough to know whose rules it is examined by, and believed for nothing else.</summary>
/// <param name="Issuer">iss.</param>
/// <param name="KeyId">kid; null without one.</param>
/// <param name="IsPlain">False where the header asks for what is not understood here, or says that this is no token of this kind.</param>
internal readonly record struct TokenLook(string Issuer, string? KeyId, bool IsPlain)
{
    private const int LengthMax = 8_192;

    private static readonly JsonDocumentOptions Json = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Null for what is no signed token with an issuer.</summary>
    public static TokenLook? Of(string token)
    {
        var first = token.IndexOf('.', StringComparison.Ordinal);
        var second = first < 1 ? -1 : token.IndexOf('.', first + 1);
        if (token.Length > LengthMax || second < 0)
        {
            return null;
        }

        using var header = Parse(token.AsSpan(0, first));
        using var payload = Parse(token.AsSpan(first + 1, second - first - 1));
        if (header is null || payload is null || Text(payload.RootElement, "iss") is not { } issuer)
        {
            return null;
        }

        var isPlain = !header.RootElement.TryGetProperty("crit", out _) && Text(header.RootElement, "typ") is var type && (type is null
            || type.Equals("JWT", StringComparison.OrdinalIgnoreCase) || type.Equals("at+jwt", StringComparison.OrdinalIgnoreCase) || type.Equals("application/at+jwt", StringComparison.OrdinalIgnoreCase));
        return new TokenLook(issuer, Text(header.RootElement, "kid"), isPlain);
    }

    private static JsonDocument? Parse(ReadOnlySpan<char> part)
    {
        Span<byte> bytes = stackalloc byte[LengthMax];
        if (Base64Url.DecodeFromChars(part, bytes, out _, out var length) != System.Buffers.OperationStatus.Done)
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(bytes[..length].ToArray(), Json);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
        }
        catch (JsonException)
        {
            // No token.
        }

        return null;
    }

    private static string? Text(JsonElement element, string name)
    {
        try
        {
            return element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair.
            return null;
        }
    }
}
