using System.Buffers;
using System.Text;
using System.Xml;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Reading.Xml;
using EHealthHub.Fhir.Writing.Xml;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace EHealthHub.Fhir.Tests.Support;

/// <summary>Short forms of reading and writing XML, and the SDK's own reader and writer as oracles.</summary>
internal static class Xml
{
    private static readonly FhirXmlDeserializer SdkXml = new();
    private static readonly FhirJsonDeserializer SdkJson = new();
    private static readonly FhirXmlSerializer SdkXmlWriter = new();
    private static readonly FhirJsonSerializer SdkJsonWriter = new();

    public static FhirResource Resource(string xml) => Resource(Encoding.UTF8.GetBytes(xml));

    public static FhirResource Resource(ReadOnlyMemory<byte> xml, FhirLimits? limits = null)
    {
        var ok = FhirXmlReader.Read(xml, limits ?? Read.Limits).Try(out var resource, out var failure);
        Assert.True(ok, failure?.Issues[0].ToString());
        return resource!;
    }

    public static string Json(string xml)
    {
        using var resource = Resource(xml);
        return Read.Text(resource);
    }

    public static Failure Failure(string xml, FhirLimits? limits = null)
    {
        var ok = FhirXmlReader.Read(Encoding.UTF8.GetBytes(xml), limits ?? Read.Limits).Try(out var resource, out var failure);
        Assert.False(ok, ok ? Read.Text(resource!) : null);
        return failure!;
    }

    public static byte[] Write(ReadOnlyMemory<byte> json, bool pretty = false)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Null(FhirXmlWriter.Write(json, output, pretty));
        return output.WrittenSpan.ToArray();
    }

    public static string Write(string json, bool pretty = false) => Encoding.UTF8.GetString(Write(Encoding.UTF8.GetBytes(json), pretty));

    /// <summary>The SDK's JSON of what the SDK reads from XML.</summary>
    public static byte[] SdkJsonOfXml(ReadOnlySpan<byte> xml)
    {
        using var reader = XmlReader.Create(new MemoryStream(xml.ToArray()), new XmlReaderSettings { IgnoreComments = true, IgnoreProcessingInstructions = true, IgnoreWhitespace = true });
        SdkXml.TryDeserializeResource(reader, out var resource, out _);
        return Encoding.UTF8.GetBytes(SdkJsonWriter.SerializeToString(resource!));
    }

    /// <summary>The SDK's JSON of what the SDK reads from JSON.</summary>
    public static byte[] SdkJsonOfJson(ReadOnlySpan<byte> json) => Encoding.UTF8.GetBytes(SdkJsonWriter.SerializeToString(SdkResource(json)));

    /// <summary>The SDK's XML of what the SDK reads from JSON.</summary>
    public static byte[] SdkXmlOfJson(ReadOnlySpan<byte> json) => SdkXmlWriter.SerializeToBytes(SdkResource(json));

    private static Resource SdkResource(ReadOnlySpan<byte> json)
    {
        var reader = new System.Text.Json.Utf8JsonReader(json, new System.Text.Json.JsonReaderOptions { MaxDepth = 256 });
        SdkJson.TryDeserializeResource(ref reader, out var resource, out _);
        return resource!;
    }
}
