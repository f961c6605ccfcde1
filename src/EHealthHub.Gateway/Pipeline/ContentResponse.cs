using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Exchange.Content;
using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Gateway.Pipeline;

/// <summary>
/// Sends long content piece by piece, each verified before it leaves. A piece that is not what the hub wrote ends the connection, by the exception that comes out of here: with its length announced, what arrived cannot pass for the whole.
/// </summary>
internal static class ContentResponse
{
    /// <summary>The content itself, or the range of it that is asked for (RFC 9110, 14). If-Range never holds: R4's ETags are weak, and dates no better.</summary>
    public static Task SendRaw(HttpContext context, HubRequest request, ReleasedContent content)
    {
        var response = context.Response;
        response.Headers.AcceptRanges = "bytes";
        var asked = context.Request.Headers.IfRange.Count > 0 || !HttpMethods.IsGet(context.Request.Method) ? null : ByteRange.Parse(context.Request.Headers.Range, content.Length);
        if (asked is { Count: 0 })
        {
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{content.Length}");
            request.Format = ResponseFormat.Json;
            return Responses.Send(context, request, Failure.Of(416, "invalid", "range-not-satisfiable", "The range lies beyond the end of the content."));
        }

        var range = asked ?? new ByteRange(0, content.Length);
        if (asked is not null)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {range.From}-{range.From + range.Count - 1}/{content.Length}");
        }

        // A stranger's content: nothing in it runs in whoever shows it.
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.ContentType = request.Format.ContentType;
        response.ContentLength = range.Count;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : Stream(context, request, range.Count, token => content.WriteTo((bytes, ct) => Write(context, bytes, ct), range.From, range.Count, token));
    }

    /// <summary>
    /// The Binary in FHIR's JSON or XML, with the content as base64 where <c>data</c> is asked for. <paramref name="written"/> is that Binary with <paramref name="mark"/> in the place of its data.
    /// </summary>
    public static Task SendWrapped(HttpContext context, HubRequest request, ReleasedContent content, ReadOnlyMemory<byte> written, ReadOnlyMemory<byte> mark, string contentType)
    {
        var response = context.Response;
        var at = written.Span.IndexOf(mark.Span);
        var base64 = at < 0 ? 0 : (content.Length + 2) / 3 * 4;
        response.ContentType = contentType;
        response.ContentLength = at < 0 ? written.Length : written.Length - mark.Length + base64;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return Task.CompletedTask;
        }

        return at < 0
            ? Write(context, written, context.RequestAborted).AsTask()
            : Stream(context, request, base64, async token =>
            {
                await Write(context, written[..at], token).ConfigureAwait(false);
                await content.WriteTo((bytes, ct) => WriteBase64(context, bytes, ct), 0, content.Length, token).ConfigureAwait(false);
                await Write(context, written[(at + mark.Length)..], token).ConfigureAwait(false);
            });
    }

    /// <summary>A word that is valid base64 and that nobody can have put into a Binary.</summary>
    public static byte[] NewMark() => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));

    private static async Task Stream(HttpContext context, HubRequest request, long bytes, Func<CancellationToken, ValueTask> write)
    {
        using var place = ContentPlace.Take(context, bytes);
        if (place is null)
        {
            context.Response.Headers.ContentRange = default;
            request.Format = ResponseFormat.Json;
            await Responses.Send(context, request, Failure.Of(503, "throttled", "busy", "As many contents are on their way as the hub sends at a time.")).ConfigureAwait(false);
            return;
        }

        try
        {
            await write(place.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (place.Token.IsCancellationRequested)
        {
            context.Abort(); // gone, or too slow; what was sent must not look finished
        }
    }

    /// <summary>Counted piece by piece, for the quota: who breaks off has had what was sent.</summary>
    private static async ValueTask Write(HttpContext context, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        HubRequest.Of(context).BodyBytes += bytes.Length;
        await context.Response.BodyWriter.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All pieces but the last are divisible by three, so that each stands alone.</summary>
    private static async ValueTask WriteBase64(HttpContext context, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        const int step = 48 * 1024;
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(step, bytes.Length)..])
        {
            var (part, response) = (bytes[..Math.Min(step, bytes.Length)], context.Response);
            Base64.EncodeToUtf8(part.Span, response.BodyWriter.GetSpan(Base64.GetMaxEncodedToUtf8Length(part.Length)), out _, out var written);
            response.BodyWriter.Advance(written);
            HubRequest.Of(context).BodyBytes += written;
            await response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
