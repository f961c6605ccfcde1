using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using EHealthHub.Access.Policy;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Reports;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Exchange.AuditEvents;

/// <summary>
/// Writes an entry of the log as an AuditEvent (R4 6.4) by the patterns of IHE BALP, straight to bytes. Of an entry with several patients each has an event of their own. Stateless but for how institutions and people are called now.
/// </summary>
internal sealed class EventWriter(string hubUrl, ReportNames names)
{
    private const string ProfileBase = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/";

    /// <summary>Made of the hub's own fields, and parsed by the tests.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The event of the patient with number <paramref name="ordinal"/> of the entry, or of an entry without patients.</summary>
    public void Write(IBufferWriter<byte> output, string id, in LoggedEntry logged, int ordinal, EventViewer viewer, string language)
    {
        var entry = logged.Entry;
        var shape = EventShape.Of(entry, viewer.SeesAll);
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("resourceType"u8, "AuditEvent"u8);
        json.WriteString("id"u8, id);
        Meta(json, entry, shape);
        EventJson.Coding(json, "type"u8, shape.Type);
        if (!shape.Subtypes.IsEmpty)
        {
            json.WriteStartArray("subtype"u8);
            foreach (var subtype in shape.Subtypes)
            {
                EventJson.Coding(json, subtype);
            }

            json.WriteEndArray();
        }

        json.WriteString("action"u8, shape.Action);
        json.WriteString("recorded"u8, Instant.Text(entry.Time));
        json.WriteString("outcome"u8, Outcome(entry));
        if (Description(entry, language) is { Length: > 0 } description)
        {
            json.WriteString("outcomeDesc"u8, description);
        }

        Purpose(json, "purposeOfEvent"u8, entry.Purpose, entry.Statement);
        new EventAgents(json, logged, shape.Form, viewer, names, hubUrl).Write();
        Source(json, logged);
        new EventEntities(json, logged, shape.Form, viewer, viewer.Patient ?? (ordinal < entry.Patients.Length ? entry.Patients[ordinal] : null)).Write();
        json.WriteEndObject();
    }

    /// <summary>0 for what was done, 4 for what was refused, 8 for what failed.</summary>
    public static string Outcome(AuditEntry entry) => entry switch
    {
        { Status: >= 500 } => "8",
        { Kind: EntryKind.Refusal } or { Status: >= 400 } => "4",
        _ => "0",
    };

    /// <summary>A purpose of use, with what the person stated.</summary>
    public static void Purpose(Utf8JsonWriter json, ReadOnlySpan<byte> name, string purpose, string statement)
    {
        if (purpose.Length == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        json.WriteStartObject();
        json.WriteStartArray("coding"u8);
        EventJson.Coding(json, new EventCode("http://terminology.hl7.org/CodeSystem/v3-ActReason", purpose));
        json.WriteEndArray();
        if (statement.Length > 0)
        {
            json.WriteString("text"u8, statement);
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Meta(Utf8JsonWriter json, AuditEntry entry, EventShape shape)
    {
        json.WriteStartObject("meta"u8);
        json.WriteString("versionId"u8, "1"u8);
        json.WriteString("lastUpdated"u8, Instant.Text(entry.Time));
        if (!shape.Profiles.IsEmpty)
        {
            json.WriteStartArray("profile"u8);
            foreach (var profile in shape.Profiles)
            {
                json.WriteStringValue(ProfileBase + profile);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static string Description(AuditEntry entry, string language) =>
        RuleText.Of(entry.Reason) is { } rule ? (language == "tr" ? rule.Turkish : rule.English) : entry.Reason;

    private static void Source(Utf8JsonWriter json, in LoggedEntry logged)
    {
        json.WriteStartObject("source"u8);
        json.WriteString("site"u8, logged.Site);
        EventJson.Gateway(json, "observer"u8, logged);
        json.WriteStartArray("type"u8);
        EventJson.Coding(json, new EventCode("http://terminology.hl7.org/CodeSystem/security-source-type", "4"));
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
