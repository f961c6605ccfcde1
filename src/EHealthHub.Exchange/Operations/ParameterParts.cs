using System.Text.Json;

namespace EHealthHub.Exchange.Operations;

/// <summary>Writes the entries of a Parameters resource (R4 2.43): each has a name, and a value or parts.</summary>
internal static class ParameterParts
{
    /// <summary>An entry of parts.</summary>
    public static void Part(Utf8JsonWriter json, string name, Action<Utf8JsonWriter> parts)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartArray("part");
        parts(json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>An entry with a text; <paramref name="member"/> says of which type, as <c>valueString</c>.</summary>
    public static void Value(Utf8JsonWriter json, string name, string member, string value)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString(member, value);
        json.WriteEndObject();
    }

    /// <summary>An entry with an integer; one of R4 has 32 bits, and what is larger is told as the largest.</summary>
    public static void Number(Utf8JsonWriter json, string name, long value)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteNumber("valueInteger", (int)Math.Min(value, int.MaxValue));
        json.WriteEndObject();
    }
}
