using System.Text.Json;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Access.Consent;

/// <summary>Small looks into a resource's JSON that never throw, whatever shape they meet.</summary>
internal static class ConsentJson
{
    public static Issue NotUnderstood(string expression, string diagnostics) => Issue.Error("not-supported", "consent-not-understood", diagnostics, expression);

    /// <summary>The member; an undefined element where there is none.</summary>
    public static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    public static string? Text(JsonElement element, string name) => Member(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static IEnumerable<JsonElement> Items(JsonElement element, string name) => Member(element, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>The code of a system in a CodeableConcept; null where it has none.</summary>
    public static string? Code(JsonElement concept, string system)
    {
        foreach (var coding in Items(concept, "coding"))
        {
            if (Text(coding, "system") == system)
            {
                return Text(coding, "code");
            }
        }

        return null;
    }
}
