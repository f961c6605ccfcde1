using System.Buffers;
using System.Globalization;
using System.Text.Json;
using EHealthHub.Records;

namespace EHealthHub.Exchange.Documents;

/// <summary>Writes pages of a record as one document Bundle (R4 3.3, bdl-9 to bdl-11): Composition, then the patient and the hub as its author, then everything as it is stored.</summary>
internal sealed class DocumentWriter(HubIdentity hub, TimeProvider time)
{
    // LOINC: Medical records.
    private const string DocumentType = "11503-0";

    public ReadOnlyMemory<byte> Write(string patient, IReadOnlyList<JsonDocument> pages)
    {
        var (seen, entries) = (new HashSet<string>(StringComparer.Ordinal), new List<(string FullUrl, JsonElement Resource)>());
        foreach (var page in pages)
        {
            foreach (var entry in page.RootElement.TryGetProperty("entry", out var of) ? of.EnumerateArray() : default)
            {
                // What comes along may come along with several pages.
                var address = entry.GetProperty("fullUrl").GetString()!;
                if (seen.Add(address))
                {
                    entries.Add((address, entry.GetProperty("resource")));
                }
            }
        }

        var (document, composition, author) = (Identifiers.New(time), Identifiers.New(time), Identifiers.New(time));
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var home = $"{hub.FhirBase}/Patient/{patient}";
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "Bundle");
            json.WriteString("id", document);
            json.WriteStartObject("identifier");
            json.WriteString("system", "urn:ietf:rfc:3986");
            json.WriteString("value", "urn:uuid:" + document);
            json.WriteEndObject();
            json.WriteString("type", "document");
            json.WriteString("timestamp", now);
            json.WriteStartArray("entry");
            Entry(json, "urn:uuid:" + composition, () => Composition(json, composition, patient, "urn:uuid:" + author, now, entries));
            foreach (var (address, resource) in entries.OrderByDescending(e => e.FullUrl == home))
            {
                Entry(json, address, () => resource.WriteTo(json));
                if (address == home)
                {
                    Entry(json, "urn:uuid:" + author, () => Author(json, author));
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return output.WrittenMemory;
    }

    private static void Entry(Utf8JsonWriter json, string address, Action resource)
    {
        json.WriteStartObject();
        json.WriteString("fullUrl", address);
        json.WritePropertyName("resource");
        resource();
        json.WriteEndObject();
    }

    private static void Composition(Utf8JsonWriter json, string id, string patient, string author, string now, List<(string FullUrl, JsonElement Resource)> entries)
    {
        json.WriteStartObject();
        json.WriteString("resourceType", "Composition");
        json.WriteString("id", id);
        json.WriteString("status", "final");
        json.WriteStartObject("type");
        json.WriteStartArray("coding");
        json.WriteStartObject();
        json.WriteString("system", "http://loinc.org");
        json.WriteString("code", DocumentType);
        json.WriteString("display", "Medical records");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        Reference(json, "subject", "Patient/" + patient);
        json.WriteString("date", now);
        json.WriteStartArray("author");
        json.WriteStartObject();
        json.WriteString("reference", author);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("title", "Sağlık kaydı / Health record");
        json.WriteString("confidentiality", "R");
        json.WriteStartArray("section");
        foreach (var group in entries.GroupBy(e => e.Resource.GetProperty("resourceType").GetString()!, StringComparer.Ordinal).OrderByDescending(g => g.Key == "Patient").ThenBy(g => g.Key, StringComparer.Ordinal))
        {
            Section(json, group.Key, [.. group.Select(e => $"{group.Key}/{e.Resource.GetProperty("id").GetString()}")]);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Section(Utf8JsonWriter json, string type, List<string> references)
    {
        json.WriteStartObject();
        json.WriteString("title", type);
        json.WriteStartObject("text");
        json.WriteString("status", "generated");
        json.WriteString("div", string.Create(CultureInfo.InvariantCulture, $"<div xmlns=\"http://www.w3.org/1999/xhtml\">{type}: {references.Count}</div>"));
        json.WriteEndObject();
        json.WriteStartArray("entry");
        foreach (var reference in references)
        {
            json.WriteStartObject();
            json.WriteString("reference", reference);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Author(Utf8JsonWriter json, string id)
    {
        json.WriteStartObject();
        json.WriteString("resourceType", "Device");
        json.WriteString("id", id);
        json.WriteStartArray("deviceName");
        json.WriteStartObject();
        json.WriteString("name", "EHealthHub");
        json.WriteString("type", "user-friendly-name");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Reference(Utf8JsonWriter json, string member, string reference)
    {
        json.WriteStartObject(member);
        json.WriteString("reference", reference);
        json.WriteEndObject();
    }
}
