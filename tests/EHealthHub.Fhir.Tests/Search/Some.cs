using System.Text.Json;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Tests.Search;

/// <summary>Small builders, so that a test says only what it is about.</summary>
internal static class Some
{
    internal static readonly DateTimeOffset Time = new(2026, 11, 24, 9, 30, 0, TimeSpan.Zero);

    internal static FhirResource Resource(string json)
    {
        var document = JsonDocument.Parse(json);
        return new FhirResource(document.RootElement.GetProperty("resourceType").GetString()!, document);
    }

    internal static SearchFacts Facts(string json, IReadOnlyDictionary<string, string>? references = null, SearchSettings? settings = null)
    {
        using var resource = Resource(json);
        return SearchFacts.Extract(resource, resource.Id ?? "1", 1, Time, "hospital-ankara", null, references, settings);
    }

    internal static byte[] Encoded(SearchFacts facts)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        facts.Encode(output);
        return output.WrittenSpan.ToArray();
    }
}
