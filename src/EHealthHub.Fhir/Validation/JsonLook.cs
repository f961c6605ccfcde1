using System.Text.Json;

namespace EHealthHub.Fhir.Validation;

/// <summary>Questions to JSON that may have any shape: what is not there, or is of another kind, answers as absent.</summary>
internal static class JsonLook
{
    public static bool Has(this JsonElement owner, ReadOnlySpan<byte> name) => owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out _);

    public static bool Is(this JsonElement owner, ReadOnlySpan<byte> name, string text) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    public static bool IsTrue(this JsonElement owner, ReadOnlySpan<byte> name) => owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public static string? Text(this JsonElement owner, ReadOnlySpan<byte> name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static decimal? Number(this JsonElement owner, ReadOnlySpan<byte> name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) ? number : null;

    public static int Count(this JsonElement owner, ReadOnlySpan<byte> name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : 0;

    public static IEnumerable<JsonElement> Items(this JsonElement owner, ReadOnlySpan<byte> name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>True when the concept under <paramref name="name"/> has this coding.</summary>
    public static bool HasCoding(this JsonElement owner, ReadOnlySpan<byte> name, string system, string code)
    {
        if (owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var concept))
        {
            foreach (var coding in concept.Items("coding"u8))
            {
                if (coding.Is("system"u8, system) && coding.Is("code"u8, code))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
