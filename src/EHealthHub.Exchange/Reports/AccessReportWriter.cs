using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Exchange.Reports;

/// <summary>Writes a page of a report: Parameters with a Bundle of AuditEvent (R4 6.4), each after the patterns of IHE BALP as far as the log knows.</summary>
internal static class AccessReportWriter
{
    private const string EventType = "http://terminology.hl7.org/CodeSystem/audit-event-type";
    private const string EntityType = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
    private const string Interactions = "http://hl7.org/fhir/restful-interaction";
    private const string Purposes = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(IBufferWriter<byte> output, AccessReportPage page, ReadOnlyMemory<byte> proof, string language)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("resourceType", "Parameters");
        json.WriteStartArray("parameter");
        if (page.Next is { } next)
        {
            Text(json, "next", next);
        }

        if (!proof.IsEmpty)
        {
            json.WriteStartObject();
            json.WriteString("name", "proof");
            json.WriteBase64String("valueBase64Binary", proof.Span);
            json.WriteEndObject();
        }

        json.WriteStartObject();
        json.WriteString("name", "return");
        json.WriteStartObject("resource");
        json.WriteString("resourceType", "Bundle");
        json.WriteString("type", "collection");
        if (page.Events.Length > 0)
        {
            json.WriteStartArray("entry");
            foreach (var one in page.Events)
            {
                json.WriteStartObject();
                json.WriteStartObject("resource");
                Event(json, page.Patient, one, language);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Event(Utf8JsonWriter json, string patient, AccessEvent one, string language)
    {
        json.WriteString("resourceType", "AuditEvent");
        json.WriteString("id", one.Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Coding(json, "type", EventType, "rest");
        if (one.Interaction.Length > 0)
        {
            json.WriteStartArray("subtype");
            json.WriteStartObject();
            json.WriteString(one.Interaction[0] == '$' ? "display" : "system", one.Interaction[0] == '$' ? one.Interaction : Interactions);
            if (one.Interaction[0] != '$')
            {
                json.WriteString("code", one.Interaction);
            }

            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteString("action", Action(one));
        json.WriteString("recorded", Instant.Text(one.Time));
        json.WriteString("outcome", !one.IsRefused ? "0" : one.Status >= 500 ? "8" : "4");
        json.WriteString("outcomeDesc", one.Rule is { } rule ? (language == "tr" ? rule.Turkish : rule.English) : one.Reason.Length > 0 ? one.Reason : "-");
        if (one.Purpose.Length > 0)
        {
            json.WriteStartArray("purposeOfEvent");
            json.WriteStartObject();
            json.WriteStartArray("coding");
            json.WriteStartObject();
            json.WriteString("system", Purposes);
            json.WriteString("code", one.Purpose);
            json.WriteEndObject();
            json.WriteEndArray();
            if (one.Statement.Length > 0)
            {
                json.WriteString("text", one.Statement);
            }

            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteStartArray("agent");
        if (one.Person.Length > 0)
        {
            Agent(json, one.Person, one.PersonName, one.Role, isRequestor: true);
        }

        if (one.Institution.Length > 0 || one.Person.Length == 0)
        {
            Agent(json, one.Institution.Length > 0 ? one.Institution : "unknown", one.InstitutionName.Length > 0 ? one.InstitutionName : "-", "", isRequestor: one.Person.Length == 0);
        }

        json.WriteEndArray();
        json.WriteStartObject("source");
        json.WriteStartObject("observer");
        json.WriteString("display", one.Origin);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("entity");
        Entity(json, "1", $"Patient/{patient}", null);
        if (one.ResourceId.Length > 0 && one.ResourceType.Length > 0 && (one.ResourceType, one.ResourceId) != ("Patient", patient))
        {
            Entity(json, "2", $"{one.ResourceType}/{one.ResourceId}", null);
        }

        Entity(json, "4", null, FormattableString.Invariant($"{one.Origin}/{one.Index}"));
        json.WriteEndArray();
    }

    private static string Action(AccessEvent one) => one.Interaction switch
    {
        "create" => "C",
        "update" or "patch" => "U",
        "delete" => "D",
        "read" or "vread" or "history-instance" => "R",
        _ => "E",
    };

    private static void Agent(Utf8JsonWriter json, string id, string name, string role, bool isRequestor)
    {
        json.WriteStartObject();
        if (role.Length > 0)
        {
            json.WriteStartArray("role");
            json.WriteStartObject();
            json.WriteString("text", role);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteStartObject("who");
        json.WriteStartObject("identifier");
        json.WriteString("value", id);
        json.WriteEndObject();
        json.WriteString("display", name);
        json.WriteEndObject();
        json.WriteBoolean("requestor", isRequestor);
        json.WriteEndObject();
    }

    /// <summary>A resource, or the place in the log that a proof is asked for by.</summary>
    private static void Entity(Utf8JsonWriter json, string type, string? reference, string? place)
    {
        json.WriteStartObject();
        json.WriteStartObject("what");
        if (reference is not null)
        {
            json.WriteString("reference", reference);
        }
        else
        {
            json.WriteStartObject("identifier");
            json.WriteString("value", place);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        Coding(json, "type", EntityType, type);
        json.WriteEndObject();
    }

    private static void Coding(Utf8JsonWriter json, string name, string system, string code)
    {
        json.WriteStartObject(name);
        json.WriteString("system", system);
        json.WriteString("code", code);
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string name, string value)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("valueString", value);
        json.WriteEndObject();
    }
}
