using System.Buffers;
using System.Text.Json;
using EHealthHub.Fhir.Search.Expressions;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Fhir.Capability;

/// <summary>Writes the CapabilityStatement from the same tables that parse and route (R4 5.2). What is not served is not named.</summary>
public static class CapabilityWriter
{
    private static readonly string[] Interactions = ["read", "vread", "update", "delete", "history-instance", "create", "search-type"];

    /// <summary>UTF-8 JSON. <paramref name="baseUrl"/> ends without a slash.</summary>
    public static byte[] Write(string baseUrl, string version, DateTimeOffset date)
    {
        var output = new ArrayBufferWriter<byte>(1 << 20);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("resourceType", "CapabilityStatement");
        json.WriteString("url", baseUrl + "/metadata");
        json.WriteString("version", version);
        json.WriteString("name", "EHealthHub");
        json.WriteString("status", "active");
        json.WriteString("date", Instant.Text(date));
        json.WriteString("kind", "instance");
        json.WriteStartObject("software");
        json.WriteString("name", "EHealthHub");
        json.WriteString("version", version);
        json.WriteEndObject();
        json.WriteStartObject("implementation");
        json.WriteString("description", "National e-health record exchange");
        json.WriteString("url", baseUrl);
        json.WriteEndObject();
        json.WriteString("fhirVersion", "4.0.1");
        json.WriteStartArray("format");
        json.WriteStringValue("application/fhir+json");
        json.WriteStringValue("json");
        json.WriteEndArray();
        json.WriteStartArray("rest");
        WriteRest(json);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static void WriteRest(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("mode", "server");
        WriteSecurity(json);
        json.WriteStartArray("resource");
        foreach (var type in TypeParameters.Types.Order(StringComparer.Ordinal))
        {
            WriteResource(json, type);
        }

        json.WriteEndArray();
        json.WriteStartArray("interaction");
        WriteCode(json, "transaction");
        WriteCode(json, "batch");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSecurity(Utf8JsonWriter json)
    {
        json.WriteStartObject("security");
        json.WriteStartArray("service");
        foreach (var code in (string[])["SMART-on-FHIR", "Certificates"])
        {
            json.WriteStartObject();
            json.WriteStartArray("coding");
            json.WriteStartObject();
            json.WriteString("system", "http://terminology.hl7.org/CodeSystem/restful-security-service");
            json.WriteString("code", code);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("description", "Mutual TLS with a registered certificate; clinicians by a card-signed assertion (RFC 7523) and a token bound to the connection's certificate (RFC 8705).");
        json.WriteEndObject();
    }

    private static void WriteResource(Utf8JsonWriter json, string type)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteStartArray("interaction");
        foreach (var interaction in Interactions)
        {
            WriteCode(json, interaction);
        }

        json.WriteEndArray();
        json.WriteString("versioning", "versioned");
        json.WriteBoolean("readHistory", true);

        // Under a caller's own id for system scopes only: ids reveal existence.
        json.WriteBoolean("updateCreate", true);
        json.WriteBoolean("conditionalCreate", true);
        json.WriteString("conditionalRead", "full-support");
        json.WriteBoolean("conditionalUpdate", false);
        json.WriteString("conditionalDelete", "not-supported");
        json.WriteStartArray("searchParam");
        foreach (var parameter in TypeParameters.Of(type)?.All ?? [])
        {
            if (parameter.Kind is not null)
            {
                json.WriteStartObject();
                json.WriteString("name", parameter.Code);
                json.WriteString("definition", parameter.Url);
                json.WriteString("type", parameter.TypeCode);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCode(Utf8JsonWriter json, string code)
    {
        json.WriteStartObject();
        json.WriteString("code", code);
        json.WriteEndObject();
    }
}
