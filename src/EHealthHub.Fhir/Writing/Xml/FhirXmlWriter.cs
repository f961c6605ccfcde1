using System.Buffers;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Writing.Xml;

/// <summary>The hub's JSON as FHIR XML (R4, 2.6.1 XML representation), elements in R4's order whatever the order of the JSON members.</summary>
public static class FhirXmlWriter
{
    private const int DepthMax = 256;

    /// <summary>
    /// Writes the XML of a resource (Bundle, OperationOutcome, CapabilityStatement as well) in UTF-8. <paramref name="json"/> is what the hub accepted or wrote itself. Numbers keep their digits and strings their characters; characters that XML 1.0 does not have become U+FFFD, and HTML's named
    /// entities in a narrative become the characters they name. With <paramref name="pretty"/> each element begins a line of its own, but for those of a narrative.
    /// </summary>
    /// <returns>Null; or, for JSON that is no R4, a failure that names the element, with the output begun and of no use.</returns>
    public static Failure? Write(ReadOnlyMemory<byte> json, IBufferWriter<byte> output, bool pretty = false)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = DepthMax });
        return Write(document.RootElement, output, pretty);
    }

    /// <summary>As above, for JSON that was parsed already.</summary>
    public static Failure? Write(JsonElement resource, IBufferWriter<byte> output, bool pretty = false)
    {
        var walk = new XmlEmitter(new XmlSink(output), pretty);
        try
        {
            return walk.Run(resource);
        }
        finally
        {
            walk.Dispose();
        }
    }
}
