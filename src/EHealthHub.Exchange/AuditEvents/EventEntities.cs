using System.Globalization;
using System.Text;
using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Exchange.AuditEvents;

/// <summary>What an event is about: patient, resource, criteria, request, and the entry of the log itself.</summary>
internal readonly ref struct EventEntities(Utf8JsonWriter json, LoggedEntry logged, EventForm form, EventViewer viewer, string? patient)
{
    public void Write()
    {
        json.WriteStartArray("entity"u8);
        if (form == EventForm.Token)
        {
            Criteria(TokenRequest());
            Details(isCount: false);
            json.WriteEndObject();
            json.WriteEndArray();
            return;
        }

        Patient();
        if (form == EventForm.Decision)
        {
            Decision();
        }
        else
        {
            if (IsOfCriteria)
            {
                Criteria(logged.Entry.Detail);
                json.WriteEndObject();
            }
            else
            {
                Resource();
            }

            Request();
            Entry();
        }

        json.WriteEndArray();
    }

    private bool IsOfCriteria => form == EventForm.Query || (form == EventForm.Disclosure && logged.Entry.Kind == EntryKind.SearchReleased);

    private void Patient()
    {
        if (patient is null)
        {
            return;
        }

        json.WriteStartObject();
        Reference("Patient", patient);
        EventJson.Coding(json, "type"u8, EventCode.Entity("1"));
        EventJson.Coding(json, "role"u8, EventCode.Object("1"));
        json.WriteEndObject();
    }

    private void Resource()
    {
        var (type, id) = (logged.Entry.ResourceType, logged.Entry.ResourceId);
        if (type.Length == 0 || id.Length == 0)
        {
            return;
        }

        json.WriteStartObject();
        if (IsReference(type, id))
        {
            Reference(type, id);
        }
        else
        {
            // Refused for what stood in the address, which may be anything.
            EventJson.Described(json, "what"u8, Printable($"{type}/{id}"));
        }

        EventJson.Coding(json, "type"u8, EventCode.Entity("2"));
        EventJson.Coding(json, "role"u8, EventCode.Object("4"));
        json.WriteEndObject();
    }

    /// <summary>Criteria in base64 for those who see all of an entry; for patients it is said that there were some. Left open, so that details can follow.</summary>
    private void Criteria(string text)
    {
        json.WriteStartObject();
        EventJson.Coding(json, "type"u8, EventCode.Entity("2"));
        EventJson.Coding(json, "role"u8, EventCode.Object("24"));
        if (viewer.SeesAll && text.Length > 0)
        {
            json.WriteBase64String("query"u8, Encoding.UTF8.GetBytes(text));
        }
        else
        {
            json.WriteStartObject("_query"u8);
            EventJson.Absent(json, viewer.SeesAll ? "unknown" : "masked");
            json.WriteEndObject();
        }
    }

    private string TokenRequest() => logged.Entry switch
    {
        { Interaction: "authorize", Detail: var client } => "response_type=code&client_id=" + Uri.EscapeDataString(client),
        { Reason: var grant } => "grant_type=" + Uri.EscapeDataString(grant),
    };

    /// <summary>The consents are not named in the log, the rule is: what decided, of which interaction with what.</summary>
    private void Decision()
    {
        json.WriteStartObject();
        EventJson.Described(json, "what"u8, logged.Entry.Reason);
        EventJson.Coding(json, "type"u8, new EventCode("http://hl7.org/fhir/resource-types", "Consent"));
        json.WriteStartArray("detail"u8);
        Detail("interaction"u8, logged.Entry.Interaction);
        Detail("resource"u8, logged.Entry.ResourceId.Length > 0 ? $"{logged.Entry.ResourceType}/{logged.Entry.ResourceId}" : logged.Entry.ResourceType);
        Detail("request"u8, viewer.SeesAll ? logged.Entry.RequestId : "");
        Common(isCount: false);
        json.WriteEndArray();
        json.WriteEndObject();
        if (viewer.SeesAll && logged.Entry.TokenId.Length > 0)
        {
            json.WriteStartObject();
            json.WriteStartObject("what"u8);
            json.WriteStartObject("identifier"u8);
            json.WriteString("value"u8, logged.Entry.TokenId);
            json.WriteEndObject();
            json.WriteEndObject();
            EventJson.Coding(json, "type"u8, EventCode.Agent("UserOauthAgent"));
            json.WriteEndObject();
        }
    }

    private void Request()
    {
        if (!viewer.SeesAll || logged.Entry.RequestId.Length == 0)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteStartObject("what"u8);
        json.WriteStartObject("identifier"u8);
        json.WriteString("value"u8, logged.Entry.RequestId);
        json.WriteEndObject();
        json.WriteEndObject();
        EventJson.Coding(json, "type"u8, new EventCode("https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType", "XrequestId"));
        json.WriteEndObject();
    }

    /// <summary>The entry that the event is made of: its inclusion in the log can be proven by it.</summary>
    private void Entry()
    {
        json.WriteStartObject();
        EventJson.Identified(json, "what"u8, EventJson.Entries, FormattableString.Invariant($"{logged.Origin}/{logged.Index}"));
        EventJson.Coding(json, "type"u8, EventCode.Entity("4"));
        if (viewer.SeesAll && logged.Entry.Detail.Length > 0 && !IsOfCriteria)
        {
            json.WriteString("description"u8, Printable(logged.Entry.Detail));
        }

        Details(isCount: true);
        json.WriteEndObject();
    }

    private void Details(bool isCount)
    {
        json.WriteStartArray("detail"u8);
        Detail("interaction"u8, logged.Entry.Interaction);
        Common(isCount);
        if (!isCount)
        {
            Detail("entry"u8, FormattableString.Invariant($"{logged.Origin}/{logged.Index}"));
        }

        json.WriteEndArray();
    }

    /// <summary>The log's own kind is always there, so that the list is never empty.</summary>
    private void Common(bool isCount)
    {
        var entry = logged.Entry;
        Detail("kind"u8, entry.Kind.ToString());
        Detail("rule"u8, entry.Reason);
        Number("status"u8, entry.Status, 0);
        if (isCount)
        {
            Number("count"u8, entry.Count, 1);
        }

        if (!viewer.SeesAll)
        {
            return;
        }

        Number("released"u8, entry.Released, 0);
        Number("commit"u8, entry.CommitSequence, 0);
        Number("intent"u8, entry.IntentIndex, -1);
        Detail("signs"u8, entry.Signs == EntrySigns.None ? "" : entry.Signs.ToString());
        Detail("trace"u8, entry.Trace);
    }

    private void Number(ReadOnlySpan<byte> type, long value, long usual)
    {
        if (value != usual)
        {
            Detail(type, value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void Detail(ReadOnlySpan<byte> type, string value)
    {
        if (value.Length > 0)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            json.WriteString("valueString"u8, Printable(value));
            json.WriteEndObject();
        }
    }

    private void Reference(string type, string id)
    {
        json.WriteStartObject("what"u8);
        json.WriteString("reference"u8, $"{type}/{id}");
        json.WriteEndObject();
    }

    private static bool IsReference(string type, string id) => ResourceTypes.IsKnown(type) && id.Length <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');

    /// <summary>A string of R4 has something to be read in it, and no control characters.</summary>
    private static string Printable(string text)
    {
        var clean = text.Any(char.IsControl) ? string.Create(text.Length, text, static (span, from) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(from[i]) ? ' ' : from[i];
            }
        }).Trim() : text.Trim();
        return clean.Length > 0 ? clean : "-";
    }
}
