using EHealthHub.Gateway.Pipeline;

namespace EHealthHub.Gateway.Pages;

/// <summary>How a page leaves: no script, no frame, no trace in whatever comes after, and kept nowhere.</summary>
internal static class PageAnswer
{
    private const string HtmlType = "text/html; charset=utf-8";

    /// <summary>Sends a page. <paramref name="redirect"/> is where its form may lead besides the hub; null for nowhere.</summary>
    public static Task Send(HttpContext http, HubRequest request, int status, byte[] page, string language, string? redirect = null)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = PageFrame.Policy(redirect);
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.ContentLanguage = language;
        return Responses.Send(http, request, status, page, HtmlType);
    }
}
