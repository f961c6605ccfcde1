using System.Buffers;
using System.Globalization;
using EHealthHub.Exchange;
using EHealthHub.Exchange.Content;
using EHealthHub.Exchange.Deferred;
using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Writing;
using EHealthHub.Fhir.Writing.Xml;
using EHealthHub.Records;

namespace EHealthHub.Gateway.Pipeline;

/// <summary>The one place where results leave: status, headers, body (R4 3.1.0.1).</summary>
public static class Responses
{
    /// <summary>Name of the receipt's header.</summary>
    public const string ReceiptHeader = "EHealthHub-Receipt";

    /// <summary>Sends the end of an act.</summary>
    public static Task Send(HttpContext context, HubRequest request, HubIdentity hub, ActResult result)
    {
        request.Receipt = result.Receipt;
        if (result.Failure is { } failure)
        {
            return Send(context, request, failure);
        }

        var response = context.Response;
        Common(response, request);
        if (result.Version is int version)
        {
            response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"W/\"{version}\"");
        }

        if (result.LastUpdated is { } updated)
        {
            response.Headers.LastModified = updated.ToString("R", CultureInfo.InvariantCulture);
        }

        if (result.Location is { } location && result.Status is 200 or 201)
        {
            response.Headers.Location = $"{hub.FhirBase}/{result.Location}";
        }

        if (result.Deferred is { } deferred)
        {
            Deferred(response, hub, deferred);
        }

        if (IsNotModified(context.Request, result))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        if (!result.Outcome.IsEmpty)
        {
            // An OperationOutcome of a success, for those who asked; 204 has no body.
            response.StatusCode = result.Status == 204 ? StatusCodes.Status200OK : result.Status;
            return Resource(context, request, OperationOutcomeWriter.Write(result.Outcome, request.Language));
        }

        response.StatusCode = result.Status;
        if (result.Content is { } content)
        {
            return request.Format.Format == WireFormat.Raw ? ContentResponse.SendRaw(context, request, content) : Wrapped(context, request, result.Body, content);
        }

        return result.Body.IsEmpty || result.Status == StatusCodes.Status204NoContent
            ? NoBody(response, result.Status)
            : Resource(context, request, result.Version is null ? result.Body : Part(result.Body, request.Subset));
    }

    /// <summary>Sends a refusal as an OperationOutcome.</summary>
    public static Task Send(HttpContext context, HubRequest request, Failure failure)
    {
        Common(context.Response, request);
        context.Response.StatusCode = failure.Status;
        if (failure.Status is 429 or 503)
        {
            context.Response.Headers.RetryAfter = request.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        if (failure.Status == 401)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        }

        return Resource(context, request, OperationOutcomeWriter.Write(failure, request.Language));
    }

    /// <summary>Sends a resource that is not a record, with the common headers.</summary>
    public static Task Send(HttpContext context, HubRequest request, ReadOnlyMemory<byte> resource)
    {
        Common(context.Response, request);
        context.Response.StatusCode = StatusCodes.Status200OK;
        return Resource(context, request, resource);
    }

    /// <summary>Sends bytes of another type, with the common headers.</summary>
    public static Task Send(HttpContext context, HubRequest request, int status, ReadOnlyMemory<byte> body, string contentType)
    {
        Common(context.Response, request);
        context.Response.StatusCode = status;
        return Body(context, body, contentType);
    }

    private static void Common(HttpResponse response, HubRequest request)
    {
        response.Headers["X-Request-Id"] = request.RequestId;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (request.Receipt is { } receipt)
        {
            response.Headers[ReceiptHeader] = receipt.ToString();
        }
    }

    /// <summary>R4, Asynchronous Request Patterns: where to ask, how far it is, when to ask again, and how long the result is kept.</summary>
    private static void Deferred(HttpResponse response, HubIdentity hub, DeferredState state)
    {
        if (state.IsAccepted)
        {
            response.Headers.ContentLocation = $"{hub.FhirBase}/{state.Job}";
        }

        if (state.Progress is { } progress)
        {
            response.Headers["X-Progress"] = progress;
        }

        if (state.RetryAfterSeconds > 0)
        {
            response.Headers.RetryAfter = state.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        if (state.Expires is { } expires)
        {
            response.Headers.Expires = expires.ToString("R", CultureInfo.InvariantCulture);
        }
    }

    private static Task NoBody(HttpResponse response, int status)
    {
        if (status != 204)
        {
            response.ContentLength = 0;
        }

        return Task.CompletedTask;
    }

    private static ReadOnlyMemory<byte> Part(ReadOnlyMemory<byte> json, Subset subset)
    {
        if (subset.Kind == SubsetKind.Whole)
        {
            return json;
        }

        var part = new ArrayBufferWriter<byte>(json.Length + 256);
        SubsetWriter.Write(json.Span, subset, part);
        return part.WrittenMemory;
    }

    /// <summary>A Binary whose content lies beside it: written like any other, with a mark for the data, which is streamed in its place.</summary>
    private static Task Wrapped(HttpContext context, HubRequest request, ReadOnlyMemory<byte> stub, ReleasedContent content)
    {
        var mark = ContentResponse.NewMark();
        var json = new ArrayBufferWriter<byte>(stub.Length + mark.Length + 16);
        json.Write(stub.Span[..^1]);
        json.Write(",\"data\":\""u8);
        json.Write(mark);
        json.Write("\"}"u8);
        if (Write(request, Part(json.WrittenMemory, request.Subset), out var written) is { } failure)
        {
            context.Response.StatusCode = failure.Status;
            return Body(context, OperationOutcomeWriter.Write(failure, request.Language), ResponseFormat.Json.ContentType);
        }

        return ContentResponse.SendWrapped(context, request, content, written, mark, request.Format.ContentType);
    }

    /// <summary>A resource, stored or made as minified JSON, in the form that was asked for.</summary>
    private static Task Resource(HttpContext context, HubRequest request, ReadOnlyMemory<byte> json)
    {
        if (request.Format.Format == WireFormat.Raw)
        {
            // A stranger's content: nothing in it runs in whoever shows it.
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
            return Body(context, json, request.Format.ContentType);
        }

        if (Write(request, json, out var written) is { } failure)
        {
            // What was accepted as JSON and XML cannot say: it is there, in the other form.
            context.Response.StatusCode = failure.Status;
            return Body(context, OperationOutcomeWriter.Write(failure, request.Language), ResponseFormat.Json.ContentType);
        }

        return Body(context, written, request.Format.ContentType);
    }

    /// <summary>Writes minified JSON in the form that was asked for; the failure where that form cannot say it.</summary>
    private static Failure? Write(HubRequest request, ReadOnlyMemory<byte> json, out ReadOnlyMemory<byte> written)
    {
        written = json;
        if (request.Format.Format == WireFormat.Json && !request.Pretty)
        {
            return null;
        }

        var output = new ArrayBufferWriter<byte>(json.Length * 2);
        Failure? failure = null;
        if (request.Format.Format == WireFormat.Json)
        {
            JsonPretty.Write(json.Span, output);
        }
        else
        {
            failure = FhirXmlWriter.Write(json, output, request.Pretty);
        }

        written = output.WrittenMemory;
        return failure;
    }

    private static Task Body(HttpContext context, ReadOnlyMemory<byte> body, string contentType)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        HubRequest.Of(context).BodyBytes += body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.BodyWriter.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static bool IsNotModified(HttpRequest request, ActResult result)
    {
        if (result.Status != 200 || result.Version is not int version || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)))
        {
            return false;
        }

        var noneMatch = request.Headers.IfNoneMatch;
        if (noneMatch.Count > 0)
        {
            var tag = string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");
            return noneMatch.ToString().Split(',').Any(t => t.Trim() is var wanted && (wanted == "*" || wanted == tag || wanted == "W/" + tag));
        }

        return result.LastUpdated is { } updated
            && DateTimeOffset.TryParseExact(request.Headers.IfModifiedSince.ToString(), "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
            && updated.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds();
    }
}
