using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Http;

/// <summary>A Binary as its own content and back (R4, 2.11 Binary and 3.1.0.1.13).</summary>
public static class BinaryContent
{
    /// <summary>What is sent when the content does not say, or says it in a way that is no media type.</summary>
    public const string UnknownType = "application/octet-stream";

    private const int SecurityContextMax = 1_024;
    private const int ChunkMax = 64 * 1024;
    private static readonly SearchValues<char> HeaderCharacters = SearchValues.Create("!#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~\" ");

    /// <summary>Binary.contentType as it may stand in a Content-Type header; <see cref="UnknownType"/> for what may not. The content is a stranger's: serve it with <c>X-Content-Type-Options: nosniff</c> and a policy that lets nothing in it run.</summary>
    public static string ContentType(JsonElement binary) =>
        binary.Text("contentType"u8) is { } type && type.AsSpan().IndexOfAnyExcept(HeaderCharacters) < 0 && MediaType.TryParse(type, out var media) && media.Precision == 2 ? type : UnknownType;

    /// <summary>Binary.securityContext.reference, for the X-Security-Context header; null where there is none that may stand in a header.</summary>
    public static string? SecurityContext(JsonElement binary) =>
        binary.ValueKind == JsonValueKind.Object && binary.TryGetProperty("securityContext"u8, out var context) && context.Text("reference"u8) is { Length: > 0 and <= SecurityContextMax } reference
        && reference.AsSpan().IndexOfAnyExcept(HeaderCharacters) < 0 ? reference : null;

    /// <summary>Decodes Binary.data into <paramref name="output"/>, chunk by chunk and without a copy of the base64 (unless that has JSON escapes). A Binary without data is empty.</summary>
    /// <returns>Null, or a 422 for what is no base64, with the output begun.</returns>
    public static Failure? WriteContent(JsonElement binary, IBufferWriter<byte> output)
    {
        if (binary.ValueKind != JsonValueKind.Object || !binary.TryGetProperty("data"u8, out var data) || data.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var base64 = JsonMarshal.GetRawUtf8Value(data)[1..^1];
        if (!base64.Contains((byte)'\\'))
        {
            return Decode(base64, output);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(base64.Length);
        var failure = Decode(JsonUnescape.Into(base64, buffer), output);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        return failure;
    }

    /// <summary>
    /// The Binary that raw content becomes: <paramref name="contentType"/> and <paramref name="securityContext"/> are the headers Content-Type and X-Security-Context. 413 for content whose base64 would be too large; 400 for a header that a Binary cannot carry. The result is not yet validated.
    /// </summary>
    public static Result<FhirResource> Wrap(ReadOnlySpan<byte> content, string contentType, string? securityContext, string? id, FhirLimits limits)
    {
        if (contentType.AsSpan().IndexOfAnyExcept(HeaderCharacters) >= 0 || !PrimitiveFormats.IsCode(Encoding.UTF8.GetBytes(contentType)) || !MediaType.TryParse(contentType, out _))
        {
            return Failure.Of(400, "invalid", "header-invalid", "The Content-Type is no media type.", "Content-Type");
        }

        if (securityContext is not null && (securityContext.Length is 0 or > SecurityContextMax || securityContext.AsSpan().IndexOfAnyExcept(HeaderCharacters) >= 0))
        {
            return Failure.Of(400, "invalid", "header-invalid", "X-Security-Context is one reference, for example Patient/1.", "X-Security-Context");
        }

        var length = ((long)content.Length + 2) / 3 * 4;
        if (length > limits.BytesMax)
        {
            return Failure.Of(413, "too-long", "body-too-large", $"The content has {content.Length} bytes; in base64 at most {limits.BytesMax} are accepted.");
        }

        using var json = new PooledBuffer((int)length + 512);
        json.Add("{\"resourceType\":\"Binary\""u8);
        Member(json, "id"u8, id);
        Member(json, "contentType"u8, contentType);
        if (securityContext is not null)
        {
            json.Add(",\"securityContext\":{\"reference\":"u8);
            Quoted(json, securityContext);
            json.Add((byte)'}');
        }

        if (!content.IsEmpty)
        {
            json.Add(",\"data\":\""u8);
            Base64.EncodeToUtf8(content, json.GetSpan((int)length), out _, out var written);
            json.Advance(written);
            json.Add((byte)'"');
        }

        json.Add((byte)'}');
        var end = json.Length;
        var buffer = json.Detach();
        return new FhirResource("Binary", JsonDocument.Parse(buffer.AsMemory(0, end)), buffer);
    }

    private static Failure? Decode(ReadOnlySpan<byte> base64, IBufferWriter<byte> output)
    {
        while (!base64.IsEmpty)
        {
            var span = output.GetSpan(Math.Min(ChunkMax, Base64.GetMaxDecodedFromUtf8Length(base64.Length) + 3));
            var status = Base64.DecodeFromUtf8(base64, span, out var consumed, out var written);
            output.Advance(written);
            base64 = base64[consumed..];
            if (status == OperationStatus.Done)
            {
                return null;
            }

            if (status != OperationStatus.DestinationTooSmall || consumed == 0)
            {
                return Failure.Of(422, "value", "primitive-format", "Binary.data is no base64.", "Binary.data");
            }
        }

        return null;
    }

    private static void Member(PooledBuffer json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.Add(",\""u8);
            json.Add(name);
            json.Add("\":"u8);
            Quoted(json, value);
        }
    }

    private static void Quoted(PooledBuffer json, string value)
    {
        json.Add((byte)'"');
        json.Add(JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        json.Add((byte)'"');
    }
}
