using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>Media types (R4 3.1.0.1.9 to .11): JSON in, JSON out. <c>_format</c> beats Accept.</summary>
internal static class FhirNegotiation
{
    /// <summary>Null when JSON is acceptable; else 406.</summary>
    public static Failure? CheckAccept(HttpRequest request)
    {
        var format = request.Query["_format"];
        if (format.Count > 0)
        {
            // A plus sign arrives as a space when it was not escaped.
            var wanted = format.ToString().Replace(' ', '+').Split(';')[0].Trim();
            return IsJson(wanted) || wanted is "json" ? null : NotAcceptable();
        }

        var accept = request.Headers.Accept;
        if (accept.Count == 0 || accept.ToString().Length == 0)
        {
            return null;
        }

        return accept.ToString().Split(',').Select(a => a.Split(';')[0].Trim()).Any(a => a is "*/*" or "application/*" || IsJson(a)) ? null : NotAcceptable();
    }

    /// <summary>Null when the body is declared as JSON in UTF-8; else 415.</summary>
    public static Failure? CheckContentType(HttpRequest request)
    {
        var parts = (request.ContentType ?? "").Split(';');
        var charset = parts.Skip(1).Select(p => p.Trim()).FirstOrDefault(p => p.StartsWith("charset=", StringComparison.OrdinalIgnoreCase));
        var utf8 = charset is null || charset[8..].Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase);
        return IsJson(parts[0].Trim()) && utf8
            ? null
            : Failure.Of(415, "not-supported", "media-type-not-supported", "Send application/fhir+json in UTF-8.", "Content-Type");
    }

    /// <summary>R4 2.24.0.1, id: 1 to 64 letters, digits, hyphens and dots.</summary>
    public static bool IsId(string id) => id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');

    private static bool IsJson(string type) =>
        type.Equals("application/fhir+json", StringComparison.OrdinalIgnoreCase) || type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Equals("text/json", StringComparison.OrdinalIgnoreCase);

    private static Failure NotAcceptable() => Failure.Of(406, "not-supported", "media-type-not-acceptable", "The hub answers application/fhir+json.", "Accept");
}
