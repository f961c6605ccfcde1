using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Terminology;

/// <summary>Reads the parts of a concept that code systems, value sets and expansions share.</summary>
internal static class ConceptReader
{
    public static ImmutableArray<Designation> Designations(JsonElement concept)
    {
        if (!concept.Has("designation"u8))
        {
            return [];
        }

        var found = ImmutableArray.CreateBuilder<Designation>();
        foreach (var item in concept.Items("designation"u8))
        {
            if (item.Text("value"u8) is { } value)
            {
                var use = item.TryGetProperty("use"u8, out var given) ? given : default;
                found.Add(new Designation(item.Text("language"u8), use.Text("system"u8), use.Text("code"u8), value));
            }
        }

        return found.ToImmutable();
    }

    public static ImmutableArray<ConceptProperty> Properties(JsonElement concept)
    {
        if (!concept.Has("property"u8))
        {
            return [];
        }

        var found = ImmutableArray.CreateBuilder<ConceptProperty>();
        foreach (var item in concept.Items("property"u8))
        {
            if (item.Text("code"u8) is { } code && Value(code, item) is { } property)
            {
                found.Add(property);
            }
        }

        return found.ToImmutable();
    }

    private static ConceptProperty? Value(string code, JsonElement item)
    {
        foreach (var member in item.EnumerateObject())
        {
            if (member.Name.Length > 5 && member.Name.StartsWith("value", StringComparison.Ordinal))
            {
                var type = member.Name[5..];
                return member.Value.ValueKind switch
                {
                    JsonValueKind.String => new ConceptProperty(code, Lower(type), member.Value.GetString()!),
                    JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => new ConceptProperty(code, Lower(type), member.Value.GetRawText()),
                    JsonValueKind.Object when member.Value.Text("code"u8) is { } coded => new ConceptProperty(code, type, coded, member.Value.Text("system"u8), member.Value.Text("display"u8)),
                    _ => null,
                };
            }
        }

        return null;
    }

    private static string Lower(string type) => char.ToLowerInvariant(type[0]) + type[1..];
}
