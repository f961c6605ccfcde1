using System.Buffers;
using System.Runtime.InteropServices;
using System.Xml;
using System.Xml.Linq;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Reading.Xml;
using EHealthHub.Fhir.Writing.Xml;

namespace EHealthHub.Fhir.Patching;

/// <summary>
/// XML Patch (RFC 5261; R4, 3.1.0.6): add, replace and remove on the XML form of a resource, which is then read as any XML is. Selectors are paths of element names with positions and equalities, ending in an element, an attribute or a text;
/// each must lead to exactly one node.
/// </summary>
public static class XmlPatch
{
    /// <summary>Largest patch, and largest resource, that is taken apart as XML; for larger ones there is JSON Patch.</summary>
    public const int BytesMax = 1024 * 1024;

    private static readonly XmlReaderSettings Reading = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersFromEntities = 1,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    private static readonly XmlWriterSettings Writing = new() { Encoding = new System.Text.UTF8Encoding(false), NewLineHandling = NewLineHandling.Entitize, OmitXmlDeclaration = true };

    /// <summary>
    /// Applies all operations or none; a patch that changes nothing gives the resource with every byte as it was, any other writes it anew in R4's order. 400 for a patch that is not understood; 422 for a selector that leads to no node or to
    /// several, for a result that is not valid FHIR XML, and for a change of type or id; 413 for what is too large. The issue's expression names the operation, <c>operation[3]</c>. The result is not yet validated.
    /// </summary>
    public static Result<FhirResource> Apply(FhirResource resource, ReadOnlyMemory<byte> patch, FhirLimits limits, PatchLimits patchLimits)
    {
        if (!Load(patch, limits).Try(out var diff, out var failure))
        {
            return failure;
        }

        var json = JsonMarshal.GetRawUtf8Value(resource.Root).ToArray();
        if (json.Length > BytesMax)
        {
            return Failure.Of(413, "too-costly", "body-too-large", $"A resource of more than {BytesMax} bytes is not patched as XML. Send a JSON Patch.", resource.Type);
        }

        var before = new ArrayBufferWriter<byte>(json.Length * 2);
        if (FhirXmlWriter.Write(json, before, pretty: false) is { } unwritten)
        {
            return unwritten;
        }

        var document = Parse(before.WrittenMemory);
        var original = Text(document);
        var operations = diff.Root!.Elements().ToList();
        if (operations.Count > patchLimits.OperationsMax)
        {
            return PatchOutcome.TooManyOperations(patchLimits);
        }

        var run = new XmlPatchRun(document, patchLimits);
        for (var i = 0; i < operations.Count; i++)
        {
            if (run.Apply(operations[i], FormattableString.Invariant($"operation[{i}]")) is { } refused)
            {
                return refused;
            }
        }

        var after = Text(document);
        return after.AsSpan().SequenceEqual(original) ? FhirReader.Read(json, limits) : Read(after, resource, limits);
    }

    /// <summary>The patch: bounded before anything is built of it.</summary>
    private static Result<XDocument> Load(ReadOnlyMemory<byte> patch, FhirLimits limits)
    {
        patch = patch.Span.StartsWith("\uFEFF"u8) ? patch[3..] : patch;
        if (patch.Length > BytesMax)
        {
            return Failure.Of(413, "too-long", "body-too-large", $"An XML Patch has at most {BytesMax} bytes. Send a JSON Patch.");
        }

        if (patch.IsEmpty)
        {
            return Failure.Of(400, "structure", "body-empty", "The body is empty.");
        }

        if (!System.Text.Unicode.Utf8.IsValid(patch.Span))
        {
            return Failure.Of(400, "structure", "json-invalid-utf8", "The body is not UTF-8.");
        }

        if (XmlBounds.Check(patch.Span, limits) is { } unbounded)
        {
            return unbounded;
        }

        try
        {
            var diff = Parse(patch);
            return diff.Root!.Name.LocalName == "diff"
                ? diff
                : Failure.Of(400, "invalid", "patch-operation", "An XML Patch is a diff element with operations in it.");
        }
        catch (XmlException fault)
        {
            // Its own text may quote the content and is not used.
            return Failure.Of(400, "structure", "xml-malformed", FormattableString.Invariant($"The XML is malformed at line {fault.LineNumber}, column {fault.LinePosition}."));
        }
    }

    private static XDocument Parse(ReadOnlyMemory<byte> xml)
    {
        var bytes = MemoryMarshal.TryGetArray(xml, out var segment) ? segment : new ArraySegment<byte>(xml.ToArray());
        using var stream = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        using var reader = XmlReader.Create(stream, Reading);
        return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
    }

    private static byte[] Text(XDocument document)
    {
        using var stream = new MemoryStream();
        using (var writer = XmlWriter.Create(stream, Writing))
        {
            document.Save(writer);
        }

        return stream.ToArray();
    }

    private static Result<FhirResource> Read(byte[] xml, FhirResource before, FhirLimits limits)
    {
        if (!FhirXmlReader.Read(xml, limits).Try(out var after, out var failure))
        {
            return new Failure(failure.Status == 413 ? 413 : 422, [.. failure.Issues.Select(i => i with { Diagnostics = "After the patch: " + i.Diagnostics })]);
        }

        if (after.Type == before.Type && after.Id == before.Id)
        {
            return after;
        }

        var what = after.Type == before.Type ? "id" : "resourceType";
        after.Dispose();
        return PatchOutcome.Refused("patch-identity", $"A patch must not change the {what}.", $"{before.Type}.{what}");
    }
}
