using System.Text.Json;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Utility;

namespace EHealthHub.Fhir.Tests.Support;

/// <summary>The SDK's own strict parser, as the oracle of what is valid R4.</summary>
internal static class Sdk
{
    private static readonly FhirJsonDeserializer Strict = new();

    /// <summary>What the SDK finds wrong, as code and message; empty for a valid resource.</summary>
    public static IReadOnlyList<string> Faults(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return Strict.TryDeserializeResource(ref reader, out _, out var faults) ? [] : [.. faults.Select(f => f.ErrorCode + " " + f.Message)];
        }
        catch (Exception fault) when (fault is CodedException or JsonException or InvalidOperationException)
        {
            // The SDK stumbles over some shapes (an empty or single "contained") instead of reporting them; it refuses them all the same.
            return ["thrown " + fault.Message];
        }
    }

    /// <summary>Asserts that the SDK accepts the resource.</summary>
    public static void Accepts(ReadOnlySpan<byte> json) => Assert.Empty(Faults(json));
}
