using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace EHealthHub.Operator.Connecting;

/// <summary>The few resources that commands write themselves.</summary>
internal static class FhirBodies
{
    /// <summary>An ambulatory encounter of a patient; with <paramref name="id"/> for an update. It ends when <paramref name="end"/> is given.</summary>
    public static ReadOnlyMemory<byte> Encounter(string patientId, string? id, DateTimeOffset start, DateTimeOffset? end)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "Encounter");
            if (id is not null)
            {
                json.WriteString("id", id);
            }

            json.WriteString("status", end is null ? "in-progress" : "finished");
            json.WriteStartObject("class");
            json.WriteString("system", "http://terminology.hl7.org/CodeSystem/v3-ActCode");
            json.WriteString("code", "AMB");
            json.WriteEndObject();
            json.WriteStartObject("subject");
            json.WriteString("reference", "Patient/" + patientId);
            json.WriteEndObject();
            json.WriteStartObject("period");
            json.WriteString("start", Instant(start));
            if (end is { } finished)
            {
                json.WriteString("end", Instant(finished));
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static string Instant(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
