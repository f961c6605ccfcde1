using System.Text.Json;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Utility;

namespace EHealthHub.Fhir.Tests.Support;

/// <summary>The SDK's own strict parser, as the oracle of what is valid R4.</summary>
internal static class Sdk
{
    private static readonly FhirJsonDeserializer Strict = new();

    /// <summary>What the SDK finds wrong; empty for a valid resource.</summary>
    public static IReadOnlyList<CodedException> Faults(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return Strict.TryDeserializeResource(ref reader, out _, out var faults) ? [] : [.. faults];
    }

    /// <summary>Asserts that the SDK accepts the resource.</summary>
    public static void Accepts(ReadOnlySpan<byte> json) => Assert.Empty(Faults(json).Select(f => f.Message));
}
