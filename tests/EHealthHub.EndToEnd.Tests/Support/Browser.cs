using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>What a browser with a certificate does at the authorization endpoint, and what the application it was sent by remembers.</summary>
internal sealed partial class Browser(HubFixture hub, string certificate, string app, string redirect) : IDisposable
{
    private readonly FhirClient _client = hub.Client(certificate);

    public string Verifier { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public string State { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(12));

    public string Nonce { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(12));

    public Dictionary<string, string?> Request(string scope) => new()
    {
        ["response_type"] = "code",
        ["client_id"] = app,
        ["redirect_uri"] = redirect,
        ["scope"] = scope,
        ["state"] = State,
        ["nonce"] = Nonce,
        ["aud"] = new Uri(hub.Files.BaseAddress, "fhir").ToString(),
        ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
        ["code_challenge_method"] = "S256",
    };

    public Task<FhirAnswer> Open(Dictionary<string, string?> request, params (string, string)[] headers) => _client.Get("oauth/authorize?" + Query(request), headers);

    /// <summary>Presses a button of a page.</summary>
    public Task<FhirAnswer> Press(FhirAnswer page, string consent, Func<(string Name, string Value), (string, string)>? change = null, params (string, string)[] headers)
    {
        var fields = Fields(page).Append(("consent", consent)).Select(f => change is null ? f : change(f));
        return _client.Send(HttpMethod.Post, "oauth/authorize", new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Item1, f.Item2))), headers);
    }

    /// <summary>Opens, agrees, and gives the parameters that the browser takes back to the application.</summary>
    public async Task<Dictionary<string, string>> Agree(string scope)
    {
        var page = (await Open(Request(scope))).Expect(200);
        return Returned((await Press(page, "allow")).Expect(303));
    }

    public Dictionary<string, string> Returned(FhirAnswer answer)
    {
        Assert.StartsWith(redirect, answer.Location!, StringComparison.Ordinal);
        return new Uri(answer.Location!).Query[1..].Split('&').Select(p => p.Split('=')).ToDictionary(p => p[0], p => Uri.UnescapeDataString(p[1]));
    }

    public static List<(string Name, string Value)> Fields(FhirAnswer page) =>
        [.. Hidden().Matches(page.Text).Select(m => (m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)))];

    public void Dispose() => _client.Dispose();

    private static string Query(Dictionary<string, string?> request) =>
        string.Join('&', request.Where(p => p.Value is not null).Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value!)}"));

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")]
    private static partial Regex Hidden();
}
