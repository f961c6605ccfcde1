using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using EHealthHub.Exchange;
using EHealthHub.Exchange.Content;
using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pipeline;
using Microsoft.AspNetCore.Http.Features;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>
/// The long content of a Binary that is posted as itself (R4 2.11): received piece by piece when it is known that the caller may write it. What a header announces beyond the bound is refused before anything is read.
/// </summary>
internal sealed class BinaryUpload(FhirCall call, HubParts parts, string mediaType)
{
    private readonly HttpContext _http = call.Http;

    /// <summary>The upload that a request is; null where it is none, or so short that its content is kept within the version.</summary>
    public static async ValueTask<BinaryUpload?> Of(FhirCall call, HubParts parts)
    {
        var request = call.Http.Request;
        if (call.Type != "Binary" || !ContentNegotiation.Request(request.ContentType, rawAllowed: true).Try(out var format, out _) || format.Kind != BodyKind.Raw || request.ContentLength <= GatewayBounds.InlineContentBytesMax)
        {
            return null;
        }

        if (request.ContentLength is null)
        {
            // Looked at and left where it is: whoever reads next gets it.
            var beginning = await request.BodyReader.ReadAtLeastAsync(GatewayBounds.InlineContentBytesMax + 1, call.Aborted).ConfigureAwait(false);
            var isShort = beginning.Buffer.Length <= GatewayBounds.InlineContentBytesMax;
            request.BodyReader.AdvanceTo(beginning.Buffer.Start);
            if (isShort)
            {
                return null;
            }
        }

        return new BinaryUpload(call, parts, format.MediaType);
    }

    /// <summary>Acts with the Binary without its content, which the act asks for when it wants it.</summary>
    public async ValueTask<ActResult> Run(Func<FhirResource, ActContext, ValueTask<ActResult>> act)
    {
        if (_http.Request.ContentLength > parts.BinaryBytesMax)
        {
            return await Refuse(TooLarge()).ConfigureAwait(false);
        }

        if (!BinaryContent.Wrap(default, mediaType, _http.Request.Headers["X-Security-Context"], call.Id.Length == 0 ? null : call.Id, parts.Limits).Try(out var stub, out var failure))
        {
            return await Refuse(failure).ConfigureAwait(false);
        }

        using (stub)
        {
            using var place = ContentPlace.Take(_http, _http.Request.ContentLength ?? parts.BinaryBytesMax);
            if (place is null)
            {
                return await Refuse(Failure.Of(503, "throttled", "busy", "As many contents are on their way as the hub takes at a time.")).ConfigureAwait(false);
            }

            if (_http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
            {
                bound.MaxRequestBodySize = null; // counted here, so that the refusal says why
            }

            using var hash = call.Request.RequestIdGiven ? call.StartRetryHash() : null;
            var incoming = new IncomingContent
            {
                Receive = (sink, cancellationToken) => Receive(sink, hash, place, cancellationToken),
                RetryKey = () => hash is null ? null : call.Request.Act(Convert.ToHexStringLower(hash.GetHashAndReset())).RetryKey,
            };
            var result = await act(stub, call.Act() with { Incoming = incoming }).ConfigureAwait(false);
            CloseAfter(result);
            return result;
        }
    }

    private async ValueTask<Failure?> Receive(ContentSink sink, IncrementalHash? hash, ContentPlace place, CancellationToken aborted)
    {
        var reader = _http.Request.BodyReader;
        var length = 0L;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(place.Token).ConfigureAwait(false);
                try
                {
                    length += read.Buffer.Length;
                    call.Request.BodyBytes += read.Buffer.Length;
                    if (length > parts.BinaryBytesMax)
                    {
                        return TooLarge();
                    }

                    foreach (var piece in read.Buffer)
                    {
                        hash?.AppendData(piece.Span);
                        await sink(piece, place.Token).ConfigureAwait(false);
                    }
                }
                finally
                {
                    reader.AdvanceTo(read.Buffer.End); // also when it fails: else the server cannot read on, and the sender not its answer
                }

                if (read.IsCompleted)
                {
                    return null;
                }
            }
        }
        catch (OperationCanceledException) when (place.Token.IsCancellationRequested)
        {
            return aborted.IsCancellationRequested ? CutOff() : Failure.Of(408, "timeout", "timeout", "The content came too slowly.");
        }
        catch (BadHttpRequestException e)
        {
            return CutOff() with { Status = e.StatusCode };
        }
        catch (IOException)
        {
            return CutOff(); // the connection is gone
        }
    }

    private static Failure CutOff() => Failure.Of(400, "incomplete", "body-incomplete", "The content did not arrive whole; nothing of it is kept.");

    private Failure TooLarge() => Failure.Of(413, "too-long", "body-too-large", FormattableString.Invariant($"The content of a Binary may have at most {parts.BinaryBytesMax} bytes."));

    private async ValueTask<ActResult> Refuse(Failure failure)
    {
        var result = await call.Refuse(failure).ConfigureAwait(false);
        CloseAfter(result);
        return result;
    }

    /// <summary>A content that was refused is not read to its end: the connection goes with it.</summary>
    private void CloseAfter(ActResult result)
    {
        if (result.Failure is not null && HttpProtocol.IsHttp11(_http.Request.Protocol))
        {
            _http.Response.Headers.Connection = "close";
        }
    }
}
