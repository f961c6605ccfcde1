using System.Net;
using System.Text.RegularExpressions;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.SignIn;

/// <summary>What a browser does: keeps cookies for each host, follows redirects from one host to another, presses buttons. With a certificate for the hub, or without.</summary>
internal sealed partial class PageBrowser : IDisposable
{
    private readonly HttpClient _http;

    public PageBrowser(ProviderHub hub, string? certificate = null)
    {
        Hub = hub;
        var ssl = hub.Trusting();
        if (certificate is not null)
        {
            ssl.ClientCertificates = [hub.Files.Certificate(certificate)];
            ssl.LocalCertificateSelectionCallback = (_, _, certificates, _, _) => certificates[0];
        }

        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies, UseProxy = false, SslOptions = ssl });
    }

    public ProviderHub Hub { get; }

    public CookieContainer Cookies { get; } = new();

    /// <summary>Addresses that the last walk went through.</summary>
    public List<Uri> Walked { get; } = [];

    public Uri At(string path) => new(Hub.Files.BaseAddress, path);

    /// <summary>The cookie of the session; null without one.</summary>
    public Cookie? Session => Cookies.GetCookies(Hub.Files.BaseAddress)["__Host-ehealthhub"] is { Value.Length: > 0 } cookie ? cookie : null;

    public async Task<FhirAnswer> Get(Uri address, params (string Name, string Value)[] headers) => await Send(new HttpRequestMessage(HttpMethod.Get, address), headers);

    /// <summary>Opens an address and goes where it is sent, until there is a page; <paramref name="before"/> stops ahead of an address.</summary>
    public async Task<FhirAnswer> Walk(Uri address, Func<Uri, bool>? before = null)
    {
        Walked.Clear();
        for (var i = 0; i < 10; i++)
        {
            Walked.Add(address);
            var answer = await Get(address);
            if (answer.Location is not { } next)
            {
                return answer;
            }

            address = new Uri(address, next);
            if (before?.Invoke(address) == true)
            {
                Walked.Add(address);
                return answer;
            }
        }

        throw new InvalidOperationException("Too many redirects: " + string.Join(" ", Walked));
    }

    public Task<FhirAnswer> Walk(string path, Func<Uri, bool>? before = null) => Walk(At(path), before);

    public async Task<FhirAnswer> Post(string path, IEnumerable<(string Name, string Value)> fields, params (string Name, string Value)[] headers) =>
        await Send(new HttpRequestMessage(HttpMethod.Post, At(path)) { Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))) }, headers);

    public static List<(string Name, string Value)> Fields(FhirAnswer page) => [.. Hidden().Matches(page.Text).Select(m => (m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)))];

    public void Dispose() => _http.Dispose();

    private async Task<FhirAnswer> Send(HttpRequestMessage request, (string Name, string Value)[] headers)
    {
        using (request)
        {
            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = await _http.SendAsync(request);
            return new FhirAnswer(response, await response.Content.ReadAsByteArrayAsync());
        }
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")]
    private static partial Regex Hidden();
}
