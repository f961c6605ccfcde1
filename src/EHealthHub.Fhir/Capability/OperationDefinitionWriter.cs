using System.Buffers;
using System.Text.Json;

namespace EHealthHub.Fhir.Capability;

/// <summary>Writes the operations that are routed as OperationDefinition resources (R4 5.3), from the rows that the CapabilityStatement is written from: what its <c>definition</c> leads to.</summary>
public static class OperationDefinitionWriter
{
    /// <summary>UTF-8 JSON of the definition of one URL, from all rows that name it.</summary>
    public static byte[] Write(IReadOnlyCollection<ServedOperation> rows)
    {
        var first = rows.First();
        var id = IdOf(first.Definition);
        var types = rows.SelectMany(r => r.Types).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var output = new ArrayBufferWriter<byte>(2_048);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("resourceType", "OperationDefinition");
        json.WriteString("id", id);
        DefinitionMeta.Write(json);
        json.WriteString("url", first.Definition);
        if (first.Definition.StartsWith("http://hl7.org/fhir/", StringComparison.Ordinal))
        {
            json.WriteString("version", "4.0.1");
        }

        json.WriteString("name", NameOf(id));
        json.WriteString("title", "$" + first.Name);
        json.WriteString("status", "active");
        json.WriteString("kind", "operation");
        json.WriteString("description", $"The operation ${first.Name} as this hub serves it: parameters that it does not take are not named.");
        json.WriteBoolean("affectsState", first.Name is "meta-add" or "meta-delete" or "emergency-review" or "request-erasure" or "legal-hold" or "approve-erasure" or "refuse-erasure" or "execute-erasure" or "lift-legal-hold");
        json.WriteString("code", first.Name);
        json.WriteStartArray("resource");
        foreach (var type in types.Count > 0 ? types : ["Resource"])
        {
            json.WriteStringValue(type);
        }

        json.WriteEndArray();
        json.WriteBoolean("system", rows.Any(r => r.System));
        json.WriteBoolean("type", rows.Any(r => r.OnType));
        json.WriteBoolean("instance", rows.Any(r => r.OnInstance));
        Write(json, "parameter", OperationParameters.Of(id));
        json.WriteEndObject();
        json.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The end of a definition's URL: its id.</summary>
    public static string IdOf(string definition) => definition[(definition.LastIndexOf('/') + 1)..];

    private static void Write(Utf8JsonWriter json, string member, IReadOnlyList<OperationParameter> parameters)
    {
        if (parameters.Count == 0)
        {
            return;
        }

        json.WriteStartArray(member);
        foreach (var parameter in parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", parameter.Name);
            json.WriteString("use", parameter.IsOut ? "out" : "in");
            json.WriteNumber("min", parameter.Min);
            json.WriteString("max", parameter.Max);
            if (parameter.Type.Length > 0)
            {
                json.WriteString("type", parameter.Type);
            }

            Write(json, "part", parameter.Parts);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // A name that a program can use (opd-0).
    private static string NameOf(string id) => string.Concat(id.Split('-').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
}
