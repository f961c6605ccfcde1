using System.Text.Json;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Fhir.Capability;

/// <summary>Version and time that the definitions bear which are part of the hub and lie in no store.</summary>
public static class DefinitionMeta
{
    /// <summary>The day of R4's publication (4.0.1).</summary>
    public static DateTimeOffset LastUpdated { get; } = new(2019, 11, 1, 0, 0, 0, TimeSpan.Zero);

    internal static void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("meta");
        json.WriteString("versionId", "1");
        json.WriteString("lastUpdated", Instant.Text(LastUpdated));
        json.WriteEndObject();
    }
}
