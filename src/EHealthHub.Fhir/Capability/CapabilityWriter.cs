namespace EHealthHub.Fhir.Capability;

/// <summary>Writes the CapabilityStatement from the same tables that parse and route (R4 5.2).</summary>
public static class CapabilityWriter
{
    /// <summary>UTF-8 JSON. <paramref name="baseUrl"/> ends without a slash.</summary>
    public static byte[] Write(string baseUrl, string version, DateTimeOffset date) => throw new NotSupportedException("under construction");
}
