using System.Text.Json;

namespace EHealthHub.Exchange.AuditEvents;

/// <summary>Pieces that stand in several places of an event.</summary>
internal static class EventJson
{
    /// <summary>Registered ids of institutions.</summary>
    public const string Institutions = "https://ehealthhub.example/fhir/sid/institution";

    /// <summary>Registered ids of people.</summary>
    public const string People = "https://ehealthhub.example/fhir/sid/person";

    /// <summary>SHA-256 thumbprints of certificates.</summary>
    public const string Certificates = "https://ehealthhub.example/fhir/sid/certificate";

    /// <summary>Gateways, by the origin of their logs.</summary>
    public const string Gateways = "https://ehealthhub.example/fhir/sid/gateway";

    /// <summary>Entries of a log: origin and index, as a proof is asked for by.</summary>
    public const string Entries = "https://ehealthhub.example/fhir/sid/audit-entry";

    public static void Coding(Utf8JsonWriter json, ReadOnlySpan<byte> name, EventCode code)
    {
        json.WritePropertyName(name);
        Coding(json, code);
    }

    public static void Coding(Utf8JsonWriter json, EventCode code)
    {
        json.WriteStartObject();
        json.WriteString("system"u8, code.System);
        json.WriteString("code"u8, code.Code);
        json.WriteEndObject();
    }

    /// <summary>Somebody named by identifier, and how they are called.</summary>
    public static void Identified(Utf8JsonWriter json, ReadOnlySpan<byte> name, string system, string value, string? display = null)
    {
        json.WriteStartObject(name);
        json.WriteStartObject("identifier"u8);
        json.WriteString("system"u8, system);
        json.WriteString("value"u8, value);
        json.WriteEndObject();
        if (display is { Length: > 0 })
        {
            json.WriteString("display"u8, display);
        }

        json.WriteEndObject();
    }

    /// <summary>Somebody who is not known more closely.</summary>
    public static void Described(Utf8JsonWriter json, ReadOnlySpan<byte> name, string display)
    {
        json.WriteStartObject(name);
        json.WriteString("display"u8, display);
        json.WriteEndObject();
    }

    /// <summary>The gateway that wrote the entry: as agent and as observer in the same words.</summary>
    public static void Gateway(Utf8JsonWriter json, ReadOnlySpan<byte> name, in LoggedEntry logged) => Identified(json, name, Gateways, logged.Gateway, "EHealthHub");

    /// <summary>The members of an element that is there and whose content is not told: R4's data-absent-reason.</summary>
    public static void Absent(Utf8JsonWriter json, string reason)
    {
        json.WriteStartArray("extension"u8);
        json.WriteStartObject();
        json.WriteString("url"u8, "http://hl7.org/fhir/StructureDefinition/data-absent-reason"u8);
        json.WriteString("valueCode"u8, reason);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
