using System.Text.Json;

namespace EHealthHub.Fhir.Patching;

/// <summary>When two JSON values are equal (RFC 6902, 4.6): numbers by their value, strings by their characters, objects whatever the order of their members.</summary>
internal static class JsonEquality
{
    private const int ExponentDigitsMax = 4;

    public static bool AreEqual(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right)
    {
        if (left.Span.SequenceEqual(right.Span))
        {
            return true;
        }

        var options = new JsonDocumentOptions { MaxDepth = int.MaxValue };
        using var a = JsonDocument.Parse(left, options);
        using var b = JsonDocument.Parse(right, options);
        return AreEqual(a.RootElement, b.RootElement);
    }

    private static bool AreEqual(JsonElement left, JsonElement right)
    {
        if (left.ValueKind != right.ValueKind)
        {
            return false;
        }

        switch (left.ValueKind)
        {
            case JsonValueKind.Object:
                return left.GetPropertyCount() == right.GetPropertyCount() && left.EnumerateObject().All(m => right.TryGetProperty(m.Name, out var other) && AreEqual(m.Value, other));
            case JsonValueKind.Array:
                return left.GetArrayLength() == right.GetArrayLength() && left.EnumerateArray().Zip(right.EnumerateArray()).All(p => AreEqual(p.First, p.Second));
            case JsonValueKind.Number:
                // The framework refuses to compare exponents that do not fit an int; a number that long is equal only to itself.
                return left.GetRawText() == right.GetRawText() || (HasShortExponent(left.GetRawText()) && HasShortExponent(right.GetRawText()) && JsonElement.DeepEquals(left, right));
            case JsonValueKind.String:
                return left.ValueEquals(right.GetString());
            default:
                return true;
        }
    }

    private static bool HasShortExponent(string number) => number.IndexOfAny(['e', 'E']) is var at && (at < 0 || number.Length - at <= ExponentDigitsMax + 2);
}
