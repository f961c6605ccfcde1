using System.Text.Json;
using EHealthHub.Fhir.Operations;

namespace EHealthHub.Fhir.Terminology;

/// <summary>Writes the definition of a held value set (R4 4.9 ValueSet.compose), for who asks for it with the expansion. One that was read from an expansion lists its codes.</summary>
internal static class ComposeWriter
{
    public static void Write(Utf8JsonWriter json, HeldValueSet set)
    {
        json.WriteStartObject("compose"u8);
        if (!set.AllowsInactive)
        {
            json.WriteBoolean("inactive"u8, false);
        }

        Parts(json, "include", set.Includes);
        Parts(json, "exclude", set.Excludes);
        json.WriteEndObject();
    }

    private static void Parts(Utf8JsonWriter json, string name, IReadOnlyCollection<ValueSetPart> parts)
    {
        if (parts.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var part in parts)
        {
            json.WriteStartObject();
            ParametersWriter.Optional(json, "system"u8, part.System);
            ParametersWriter.Optional(json, "version"u8, part.Version);
            Array(json, "concept", part.Listed, (j, listed) =>
            {
                j.WriteString("code"u8, listed.Code);
                ParametersWriter.Optional(j, "display"u8, listed.Display);
            });
            Array(json, "filter", part.Filters, (j, filter) =>
            {
                j.WriteString("property"u8, filter.Property);
                j.WriteString("op"u8, filter.Op);
                j.WriteString("value"u8, filter.Value);
            });
            if (part.ValueSets.Length > 0)
            {
                json.WriteStartArray("valueSet"u8);
                foreach (var canonical in part.ValueSets)
                {
                    json.WriteStringValue(canonical);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Array<T>(Utf8JsonWriter json, string name, IReadOnlyCollection<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (items.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
