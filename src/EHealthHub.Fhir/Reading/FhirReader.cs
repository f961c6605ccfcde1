using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Reading;

/// <summary>Bytes in, a resource out, or the reason why not with the place (FHIR R4, 2.6.2 JSON representation).</summary>
public static class FhirReader
{
    /// <summary>
    /// Reads one resource (a Bundle too). 400 for malformed JSON, duplicate keys, invalid UTF-8 and too deep nesting; 413 for too large; the diagnostics carry the place.
    /// </summary>
    public static Result<FhirResource> Read(ReadOnlyMemory<byte> body, FhirLimits limits) => throw new NotSupportedException("under construction");
}
