using System.Buffers;
using System.Text.Json;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Search.Expressions;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Fhir.Capability;

/// <summary>Writes the CapabilityStatement from the same tables that parse and route (R4 5.2). What is not served is not named.</summary>
public static class CapabilityWriter
{
    private const string FhirPath = "/fhir";
    private const string TokenPath = "/oauth/token";

    private const string Documentation =
        "Create on update (a client's own id) is for system scopes only: ids reveal existence. Conditions are searches: decided like searches, except one exact identifier (identifier=system|value), which is looked up without opening anything; those over all patients are for system scopes. "
        + "A conditional update whose body names another id than the match is refused (400). A conditional delete deletes several, up to 100, for system scopes and within one patient's record; elsewhere several matches are 412. "
        + "An update always makes a version; a patch or $meta-add that changes nothing makes none. The history of a type or of the system is for system scopes. "
        + "Search refuses unknown parameters unless Prefer: handling=lenient. A search names its patient, but for system scopes: by id, by an exact identifier, or by the address of a compartment.";

    /// <summary>UTF-8 JSON; a pure function of its arguments, so it may be kept. <paramref name="baseUrl"/> ends without a slash; the token endpoint lies beside its <c>/fhir</c>.</summary>
    public static byte[] Write(string baseUrl, string version, DateTimeOffset date, ServedApi served)
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
        WriteAll(json, served.Formats);
        json.WriteEndArray();
        if (served.PatchFormats.Length > 0)
        {
            json.WriteStartArray("patchFormat");
            WriteAll(json, served.PatchFormats);
            json.WriteEndArray();
        }

        json.WriteStartArray("rest");
        WriteRest(json, baseUrl, served);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static void WriteAll(Utf8JsonWriter json, IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }
    }

    private static void WriteRest(Utf8JsonWriter json, string baseUrl, ServedApi served)
    {
        json.WriteStartObject();
        json.WriteString("mode", "server");
        json.WriteString("documentation", served.Deferred.IsEmpty ? Documentation : Documentation + " Prefer: respond-async is honoured for " + string.Join(", ", served.Deferred) + ": the result is one entry of a batch-response, kept for a quarter of an hour and not beyond a restart.");
        WriteSecurity(json, baseUrl);
        json.WriteStartArray("resource");
        foreach (var type in TypeParameters.Types.Order(StringComparer.Ordinal))
        {
            WriteResource(json, type, served);
        }

        json.WriteEndArray();
        json.WriteStartArray("interaction");
        foreach (var interaction in served.SystemInteractions)
        {
            WriteCode(json, interaction);
        }

        json.WriteEndArray();
        WriteSystemSearch(json, served);
        WriteOperations(json, served.Operations.Where(o => o.System));
        json.WriteEndObject();
    }

    private static void WriteSecurity(Utf8JsonWriter json, string baseUrl)
    {
        var root = baseUrl.EndsWith(FhirPath, StringComparison.Ordinal) ? baseUrl[..^FhirPath.Length] : baseUrl;
        json.WriteStartObject("security");
        json.WriteStartArray("extension");
        json.WriteStartObject();
        json.WriteString("url", "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris");
        json.WriteStartArray("extension");
        json.WriteStartObject();
        json.WriteString("url", "token");
        json.WriteString("valueUri", root + TokenPath);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
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

    private static void WriteResource(Utf8JsonWriter json, string type, ServedApi served)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        var isOwn = served.OwnInteractions.TryGetValue(type, out var interactions);
        json.WriteStartArray("interaction");
        foreach (var interaction in isOwn ? interactions : served.TypeInteractions)
        {
            WriteCode(json, interaction);
        }

        json.WriteEndArray();
        if (!isOwn)
        {
            WriteWriting(json, served);
        }

        WriteSearch(json, type, served);
        WriteOperations(json, served.Operations.Where(o => (o.OnType || o.OnInstance) && (o.Types.IsEmpty || o.Types.Contains(type))));
        json.WriteEndObject();
    }

    private static void WriteWriting(Utf8JsonWriter json, ServedApi served)
    {
        json.WriteString("versioning", "versioned");
        json.WriteBoolean("readHistory", true);

        // Under a caller's own id for system scopes only: ids reveal existence.
        json.WriteBoolean("updateCreate", true);
        json.WriteBoolean("conditionalCreate", true);
        json.WriteString("conditionalRead", "full-support");
        json.WriteBoolean("conditionalUpdate", served.ConditionalUpdate);
        json.WriteString("conditionalDelete", served.ConditionalDelete);
    }

    private static void WriteOperations(Utf8JsonWriter json, IEnumerable<ServedOperation> operations)
    {
        var begun = false;
        foreach (var operation in operations)
        {
            if (!begun)
            {
                json.WriteStartArray("operation");
                begun = true;
            }

            json.WriteStartObject();
            json.WriteString("name", operation.Name);
            json.WriteString("definition", operation.Definition);
            json.WriteEndObject();
        }

        if (begun)
        {
            json.WriteEndArray();
        }
    }

    private static void WriteSearch(Utf8JsonWriter json, string type, ServedApi served)
    {
        var parameters = served.Tables.Of(type)?.All ?? [];
        if (served.Search.HasFlag(SearchNeeds.Includes) && !served.OwnInteractions.ContainsKey(type))
        {
            json.WriteStartArray("searchInclude");
            json.WriteStringValue("*");
            foreach (var parameter in parameters.Where(p => p.Kind == FactKind.Reference))
            {
                json.WriteStringValue(type + ":" + parameter.Code);
            }

            json.WriteEndArray();
            json.WriteStartArray("searchRevInclude");
            json.WriteStringValue("*");
            json.WriteEndArray();
        }

        json.WriteStartArray("searchParam");
        foreach (var parameter in parameters.Where(p => p.Kind is not null))
        {
            WriteParameter(json, parameter.Code, parameter.Url, parameter.TypeCode);
        }

        json.WriteEndArray();
    }

    // Parameters that are no values of a resource, and hold for every type.
    private static void WriteSystemSearch(Utf8JsonWriter json, ServedApi served)
    {
        json.WriteStartArray("searchParam");
        WriteParameter(json, "_filter", null, "special");
        if (served.Search.HasFlag(SearchNeeds.Bodies))
        {
            WriteParameter(json, "_content", ParameterDefinitions.UrlBase + "Resource-content", "string");
            WriteParameter(json, "_text", ParameterDefinitions.UrlBase + "DomainResource-text", "string");
        }

        if (served.Search.HasFlag(SearchNeeds.Lists))
        {
            WriteParameter(json, "_list", null, "special");
        }

        if (served.Search.HasFlag(SearchNeeds.Has))
        {
            WriteParameter(json, "_has", null, "special");
        }

        json.WriteEndArray();
    }

    private static void WriteParameter(Utf8JsonWriter json, string name, string? definition, string type)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        if (definition is not null)
        {
            json.WriteString("definition", definition);
        }

        json.WriteString("type", type);
        json.WriteEndObject();
    }

    private static void WriteCode(Utf8JsonWriter json, string code)
    {
        json.WriteStartObject();
        json.WriteString("code", code);
        json.WriteEndObject();
    }
}
