using System.Buffers;
using System.Text.Json;
using EHealthHub.Auditor.Index;

namespace EHealthHub.Auditor.Pages;

/// <summary>The page of entries for programs: <c>/entries?…&amp;format=json</c>.</summary>
internal static class EntriesJson
{
    public static ReadOnlyMemory<byte> Write(EntryFilter filter, int total, IReadOnlyList<ShownEntry> entries)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024 + (entries.Count * 512));
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("total", total);
        json.WriteNumber("page", filter.Page);
        json.WriteNumber("size", filter.Size);
        json.WriteStartArray("entries");
        foreach (var entry in entries)
        {
            WriteEntry(json, entry);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteEntry(Utf8JsonWriter json, ShownEntry shown)
    {
        json.WriteStartObject();
        json.WriteString("log", shown.Origin);
        json.WriteNumber("index", shown.Index);
        if (shown.Entry is { } e)
        {
            json.WriteString("time", e.Time.UtcDateTime);
            json.WriteString("kind", e.Kind.ToString());
            json.WriteString("outcome", shown.Outcome.ToString());
            foreach (var (name, value) in new[]
            {
                ("institution", e.Institution), ("person", e.Person), ("role", e.Role), ("purpose", e.Purpose), ("interaction", e.Interaction), ("resourceType", e.ResourceType), ("resourceId", e.ResourceId),
                ("reason", e.Reason), ("detail", e.Detail), ("requestId", e.RequestId), ("certificate", e.Certificate), ("tokenId", e.TokenId), ("source", e.Source),
            })
            {
                json.WriteString(name, value);
            }

            json.WriteNumber("status", e.Status);
            json.WriteNumber("count", e.Count);
            json.WriteStartArray("patients");
            foreach (var patient in e.Patients)
            {
                json.WriteStringValue(patient);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
