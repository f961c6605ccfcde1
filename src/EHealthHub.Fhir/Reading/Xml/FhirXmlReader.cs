using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using System.Xml;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Reading.Xml;

/// <summary>FHIR XML in (R4, 2.6.1 XML representation), the same minified JSON out that <see cref="FhirReader"/> gives, so that everything later works on one form.</summary>
public static class FhirXmlReader
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersFromEntities = 1,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = false,
    };

    /// <summary>
    /// Reads one resource (a Bundle too). 400 for malformed XML, a DOCTYPE, another encoding than UTF-8, another namespace, unknown elements and attributes, elements out of R4's order or too often, text between elements, a number or boolean that is none, and too deep
    /// nesting; 413 for too large. The expression names the element, its diagnostics line and column. Comments and processing instructions are dropped; decimals keep their digits. A narrative is written anew as XHTML with the same elements and text.
    /// Whatever the bytes are, the answer is a value and never an exception; nothing is ever fetched.
    /// </summary>
    public static Result<FhirResource> Read(ReadOnlyMemory<byte> body, FhirLimits limits)
    {
        if (body.Length > limits.BytesMax)
        {
            return Failure.Of(413, "too-long", "body-too-large", $"The body has {body.Length} bytes; at most {limits.BytesMax} are accepted.");
        }

        if (body.Span.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }

        if (body.IsEmpty)
        {
            return Failure.Of(400, "structure", "body-empty", "The body is empty.");
        }

        if (!Utf8.IsValid(body.Span))
        {
            return Failure.Of(400, "structure", "json-invalid-utf8", "The body is not UTF-8.");
        }

        return XmlBounds.Check(body.Span, limits) is { } failure ? failure : Convert(body, limits);
    }

    private static Result<FhirResource> Convert(ReadOnlyMemory<byte> body, FhirLimits limits)
    {
        var bytes = MemoryMarshal.TryGetArray(body, out var segment) ? segment : new ArraySegment<byte>(body.ToArray());
        using var stream = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        using var xml = XmlReader.Create(stream, Settings);
        using var json = new PooledBuffer(body.Length);
        using var walk = new XmlWalk(xml, limits);
        Failure? failure;
        try
        {
            failure = walk.Run(json);
        }
        catch (XmlException fault)
        {
            // Its own text may quote the content and is not used.
            failure = walk.Malformed(fault);
        }

        if (failure is not null)
        {
            return failure;
        }

        var length = json.Length;
        var buffer = json.Detach();
        var document = JsonDocument.Parse(buffer.AsMemory(0, length), new JsonDocumentOptions { MaxDepth = limits.DepthMax });
        return new FhirResource(walk.Type!, document, buffer);
    }
}
