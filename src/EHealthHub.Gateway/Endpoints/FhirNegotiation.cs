using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Gateway.Pipeline;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>Asks the room Fhir what a request's headers and <c>_format</c> mean (R4 3.1.0.1.9 to .11), and keeps it with the request.</summary>
internal static class FhirNegotiation
{
    /// <summary>Sets the form of the answer; the refusal (406, 400) when none of those asked for is served.</summary>
    public static Failure? Negotiate(HttpContext context, HubRequest request)
    {
        // What most clients send need not be taken apart.
        var accept = context.Request.Headers.Accept;
        if (!context.Request.QueryString.HasValue && (accept.Count == 0 || accept is ["application/fhir+json"]))
        {
            return null;
        }

        var query = context.Request.Query;
        request.Pretty = query["_pretty"] == "true";
        return Negotiate(request, query["_format"], accept);
    }

    /// <summary>As above, with a <c>_format</c> that came in a form.</summary>
    public static Failure? Negotiate(HubRequest request, string? format, string? accept)
    {
        if (!ContentNegotiation.Response(format, accept).Try(out var asked, out var failure))
        {
            return failure;
        }

        request.Format = asked;
        return null;
    }

    /// <summary>R4 2.24.0.1, id: 1 to 64 letters, digits, hyphens and dots.</summary>
    public static bool IsId(string id) => id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');
}
