using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Writing;

/// <summary>
/// The body that goes out in place of a resource of which the caller may know that it is there, and no more: type, id, the label MASKED, and what R4 demands, each with the data-absent-reason <c>masked</c>. It is made of type and id alone
/// and never sees the resource, so its bytes and their number tell nothing: neither what was masked nor why, nor when it was written. Valid R4 for all types but a few definitions, which are public and never masked.
/// </summary>
public static class MaskedWriter
{
    /// <summary>The system of the label (HL7 v3-ObservationValue).</summary>
    public const string System = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";

    /// <summary>The label of what was masked.</summary>
    public const string Code = "MASKED";

    // R4's types need each other's backbones some four deep.
    private const int DepthMax = 12;

    private static readonly ConcurrentDictionary<string, byte[]> Rests = new(StringComparer.Ordinal);

    /// <summary>Elements that R4's invariants demand of a resource that has none of the elements which they look at.</summary>
    private static readonly ILookup<string, string> Demanded = new (string Type, string Element)[]
    {
        ("AllergyIntolerance", "clinicalStatus"), // ait-1
        ("Appointment", "start"), // app-3
        ("Appointment", "end"), // app-2
        ("Appointment.participant", "actor"), // app-1
        ("AppointmentResponse", "actor"), // apr-1
        ("Consent", "policyRule"), // ppc-1
        ("ImmunizationRecommendation.recommendation", "vaccineCode"), // imr-1
        ("InsurancePlan", "name"), // ipn-1
        ("Organization", "name"), // org-1
    }.ToLookup(d => d.Type, d => d.Element, StringComparer.Ordinal);

    /// <summary>The masked body of a resource: <paramref name="type"/> is one of R4's, <paramref name="id"/> its logical id.</summary>
    public static byte[] Write(string type, string id)
    {
        var rest = Rests.GetOrAdd(type, static t => Rest(t));
        var output = new ArrayBufferWriter<byte>(64 + type.Length + id.Length + rest.Length);
        output.Write("{\"resourceType\":\""u8);
        output.Write(JsonEncodedText.Encode(type).EncodedUtf8Bytes);
        output.Write("\",\"id\":\""u8);
        output.Write(JsonEncodedText.Encode(id).EncodedUtf8Bytes);
        output.Write("\","u8);
        output.Write(rest);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>True for a body that says of itself that it is masked: to store it would lose what is behind.</summary>
    public static bool IsMasked(JsonElement resource)
    {
        if (!resource.TryGetProperty("meta"u8, out var meta) || !meta.TryGetProperty("security"u8, out var labels) || labels.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        foreach (var label in labels.EnumerateArray())
        {
            if (label.TryGetProperty("code"u8, out var code) && code.ValueEquals(Code) && label.TryGetProperty("system"u8, out var system) && system.ValueEquals(System))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What follows the id, the same for all resources of a type.</summary>
    private static byte[] Rest(string type)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteStartObject("meta"u8);
            json.WriteStartArray("security"u8);
            json.WriteStartObject();
            json.WriteString("system"u8, System);
            json.WriteString("code"u8, Code);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            WriteRequired(json, SchemaCatalog.Resource(type), 0);
            json.WriteEndObject();
        }

        return output.WrittenSpan[1..].ToArray(); // its brace stands before resourceType
    }

    private static void WriteRequired(Utf8JsonWriter json, TypeTable type, int depth)
    {
        var demanded = Demanded[type.Name].ToHashSet(StringComparer.Ordinal);
        for (var index = 0; index < type.Elements.Count; index++)
        {
            var name = type.Elements[index];
            if (((type.Required >> index) & 1) == 0 && !demanded.Contains(name))
            {
                continue;
            }

            // Of a choice the first type will do: none of them holds anything.
            var rule = type.ByElement[name][0];
            if (rule.Primitive != PrimitiveKind.None)
            {
                WritePrimitive(json, rule);
            }
            else if (!rule.IsResource)
            {
                WriteComplex(json, rule, depth + 1);
            }
        }
    }

    private static void WritePrimitive(Utf8JsonWriter json, ElementRule rule)
    {
        json.WritePropertyName("_" + rule.Name);
        if (rule.IsArray)
        {
            json.WriteStartArray();
        }

        json.WriteStartObject();
        WriteReason(json);
        json.WriteEndObject();
        if (rule.IsArray)
        {
            json.WriteEndArray();
        }
    }

    private static void WriteComplex(Utf8JsonWriter json, ElementRule rule, int depth)
    {
        json.WritePropertyName(rule.Name);
        if (rule.IsArray)
        {
            json.WriteStartArray();
        }

        // lnk-1: a linkage has two items at least.
        for (var count = rule.TypeName == "Linkage.item" ? 2 : 1; count > 0; count--)
        {
            json.WriteStartObject();
            WriteReason(json);
            if (depth < DepthMax)
            {
                WriteRequired(json, rule.Type, depth);
            }

            json.WriteEndObject();
        }

        if (rule.IsArray)
        {
            json.WriteEndArray();
        }
    }

    private static void WriteReason(Utf8JsonWriter json)
    {
        json.WriteStartArray("extension"u8);
        json.WriteStartObject();
        json.WriteString("url"u8, "http://hl7.org/fhir/StructureDefinition/data-absent-reason"u8);
        json.WriteString("valueCode"u8, "masked"u8);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
