using EHealthHub.Gateway.Pipeline;

namespace EHealthHub.Gateway.Pages;

/// <summary>The language of a page: the address says it, else the browser.</summary>
internal static class PageLanguage
{
    public static Words Of(HttpContext http, HubRequest request) => Words.Of(http.Request.Query["lang"].ToString() is ("tr" or "en") and var asked ? asked : request.Language);

    /// <summary>The same page in the other language.</summary>
    public static string Other(HttpContext http, Words t) => $"{http.Request.Path}?lang={t.Other}";
}
