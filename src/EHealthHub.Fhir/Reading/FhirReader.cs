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
    public static Result<FhirResource> Read(ReadOnlyMemory<byte> body, FhirLimits limits) =>
        Read(body, limits, isPatch: false, out var minified) is { } failure ? failure
            : new FhirResource(minified.Type!, JsonDocument.Parse(minified.Json, new JsonDocumentOptions { MaxDepth = limits.DepthMax }), minified.Buffer);

    /// <summary>Reads a JSON Patch: an array, checked and minified as a resource is. The caller clears and returns the buffer.</summary>
    internal static Failure? ReadPatch(ReadOnlyMemory<byte> body, FhirLimits limits, out Minified minified) => Read(body, limits, isPatch: true, out minified);

    private static Failure? Read(ReadOnlyMemory<byte> body, FhirLimits limits, bool isPatch, out Minified minified)
    {
        minified = default;
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

        return Minify(body.Span, limits, isPatch, out minified);
    }

    private static Failure? Minify(ReadOnlySpan<byte> body, FhirLimits limits, bool isPatch, out Minified minified)
    {
        minified = default;
        var buffer = ArrayPool<byte>.Shared.Rent(body.Length);
        using var names = new MemberNames();
        var frames = limits.DepthMax < FramesOnStack ? stackalloc JsonFrame[FramesOnStack] : new JsonFrame[limits.DepthMax + 1];
        var minifier = new Minifier(body, buffer, frames, names, limits, isPatch);
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

        minified = new Minified(minifier.Type, buffer, minifier.Written);
        return null;
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

    /// <summary>What was read, in an array rented from the shared pool. The type is null for a patch.</summary>
    internal readonly record struct Minified(string? Type, byte[] Buffer, int Length)
    {
        public ReadOnlyMemory<byte> Json => Buffer.AsMemory(0, Length);
    }
}
