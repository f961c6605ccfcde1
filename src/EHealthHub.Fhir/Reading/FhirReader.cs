using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Reading;

/// <summary>Bytes in, a resource out, or the reason why not with the place (FHIR R4, 2.6.2 JSON representation).</summary>
public static class FhirReader
{
    private const int FramesOnStack = 128;

    /// <summary>
    /// Reads one resource (a Bundle too). 400 for malformed JSON, duplicate or escaped member names, invalid UTF-8, lone surrogates, an unknown resourceType and too deep nesting; 413 for too large. The expression names the element,
    /// or its diagnostics the line and byte. A byte order mark is skipped. Whatever the bytes are, the answer is a value and never an exception.
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
            return Failure.Of(400, "structure", "json-invalid-utf8", $"The body is not UTF-8: byte {FirstInvalidByte(body.Span) + 1} starts no character.");
        }

        return Minify(body.Span, limits);
    }

    private static Result<FhirResource> Minify(ReadOnlySpan<byte> body, FhirLimits limits)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(body.Length);
        using var names = new MemberNames();
        var frames = limits.DepthMax < FramesOnStack ? stackalloc JsonFrame[FramesOnStack] : new JsonFrame[limits.DepthMax + 1];
        var minifier = new Minifier(body, buffer, frames, names, limits);
        Failure? failure;
        try
        {
            failure = minifier.Run();
        }
        catch (JsonException fault)
        {
            failure = minifier.Malformed(fault);
        }

        if (failure is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
            return failure;
        }

        var document = JsonDocument.Parse(buffer.AsMemory(0, minifier.Written), new JsonDocumentOptions { MaxDepth = limits.DepthMax });
        return new FhirResource(minifier.Type!, document, buffer);
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> body)
    {
        var at = 0;
        while (System.Text.Rune.DecodeFromUtf8(body[at..], out _, out var consumed) == OperationStatus.Done)
        {
            at += consumed;
        }

        return at;
    }
}
