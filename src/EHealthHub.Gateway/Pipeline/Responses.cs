using System.Globalization;
using EHealthHub.Exchange;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Records;

namespace EHealthHub.Gateway.Pipeline;

/// <summary>The one place where results leave: status, headers, body (R4 3.1.0.1).</summary>
public static class Responses
{
    /// <summary>Name of the receipt's header.</summary>
    public const string ReceiptHeader = "EHealthHub-Receipt";

    private const string FhirJson = "application/fhir+json; charset=utf-8";

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

        if (IsNotModified(context.Request, result))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.StatusCode = result.Status;
        return result.Body.IsEmpty || result.Status == 204 || Prefers(context.Request, "return=minimal")
            ? NoBody(response, result.Status)
            : Body(context, result.Body, FhirJson);
    }

    /// <summary>Sends a refusal as an OperationOutcome.</summary>
    public static Task Send(HttpContext context, HubRequest request, Failure failure)
    {
        Common(context.Response, request);
        context.Response.StatusCode = failure.Status;
        if (failure.Status is 429 or 503)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        if (failure.Status == 401)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        }

        return Body(context, OperationOutcomeWriter.Write(failure, request.Language), FhirJson);
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

    private static Task NoBody(HttpResponse response, int status)
    {
        if (status != 204)
        {
            response.ContentLength = 0;
        }

        return Task.CompletedTask;
    }

    private static Task Body(HttpContext context, ReadOnlyMemory<byte> body, string contentType)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
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

    private static bool Prefers(HttpRequest request, string preference) =>
        (HttpMethods.IsPost(request.Method) || HttpMethods.IsPut(request.Method))
        && request.Headers["Prefer"].ToString().Split(',', ';').Any(p => string.Equals(p.Trim(), preference, StringComparison.OrdinalIgnoreCase));
}
