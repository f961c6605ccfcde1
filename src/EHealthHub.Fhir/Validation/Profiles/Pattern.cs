using System.Runtime.InteropServices;
using System.Text.Json;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>R4's fixed[x] and pattern[x] (2.28).</summary>
internal static class Pattern
{
    /// <summary>Every member of the pattern is there with a value that contains the pattern's; every item of a pattern's list is matched by some item.</summary>
    public static bool Contains(JsonElement value, JsonElement pattern) => pattern.ValueKind switch
    {
        JsonValueKind.Object => value.ValueKind == JsonValueKind.Object && pattern.EnumerateObject().All(m => value.TryGetProperty(m.Name, out var v) && Contains(v, m.Value)),
        JsonValueKind.Array => value.ValueKind == JsonValueKind.Array && pattern.EnumerateArray().All(p => value.EnumerateArray().Any(v => Contains(v, p))),
        _ => IsSame(value, pattern),
    };

    /// <summary>The same members, items and values; members in any order. Numbers have the same digits, since R4's decimals keep their precision.</summary>
    public static bool IsSame(JsonElement value, JsonElement wanted)
    {
        if (value.ValueKind != wanted.ValueKind)
        {
            return false;
        }

        switch (wanted.ValueKind)
        {
            case JsonValueKind.Object:
                return value.EnumerateObject().Count() == wanted.EnumerateObject().Count() && wanted.EnumerateObject().All(m => value.TryGetProperty(m.Name, out var v) && IsSame(v, m.Value));
            case JsonValueKind.Array:
                return value.GetArrayLength() == wanted.GetArrayLength() && value.EnumerateArray().Zip(wanted.EnumerateArray()).All(p => IsSame(p.First, p.Second));
            case JsonValueKind.String:
                return value.ValueEquals(wanted.GetString());
            case JsonValueKind.Number:
                return JsonMarshal.GetRawUtf8Value(value).SequenceEqual(JsonMarshal.GetRawUtf8Value(wanted));
            default:
                return true;
        }
    }
}
