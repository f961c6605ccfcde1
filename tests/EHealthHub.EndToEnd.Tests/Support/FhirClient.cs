using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>One participant's HTTP client over mutual TLS; trusts the development authority and nothing else.</summary>
internal sealed class FhirClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly Version _version;

    public FhirClient(Uri baseAddress, X509Certificate2 authority, X509Certificate2? certificate, Version? version = null)
    {
        _version = version ?? HttpVersion.Version11;
        var ssl = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { authority } },
            LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate!,
        };
        if (certificate is not null)
        {
            ssl.ClientCertificates = [certificate];
        }

        _http = new HttpClient(new SocketsHttpHandler { SslOptions = ssl, UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = baseAddress, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>Sent as the bearer token when set.</summary>
    public string? Token { get; set; }

    public Task<FhirAnswer> Get(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Get, path, null, headers);

    public Task<FhirAnswer> Post(string path, string json, params (string Name, string Value)[] headers) => Send(HttpMethod.Post, path, Json(Encoding.UTF8.GetBytes(json)), headers);

    public Task<FhirAnswer> Post(string path, byte[] json, params (string Name, string Value)[] headers) => Send(HttpMethod.Post, path, Json(json), headers);

    public Task<FhirAnswer> Put(string path, string json, params (string Name, string Value)[] headers) => Send(HttpMethod.Put, path, Json(Encoding.UTF8.GetBytes(json)), headers);

    public Task<FhirAnswer> Delete(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Delete, path, null, headers);

    public Task<FhirAnswer> Form(string path, params (string Name, string Value)[] fields) =>
        Send(HttpMethod.Post, path, new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))), []);

    public async Task<FhirAnswer> Send(HttpMethod method, string path, HttpContent? content, (string Name, string Value)[] headers, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content, Version = _version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (Token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request, cancellationToken);
        return new FhirAnswer(response, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    /// <summary>Sends, and hands over the response as soon as its headers are there; for bodies that nobody wants in memory.</summary>
    public Task<HttpResponseMessage> Stream(HttpMethod method, string path, HttpContent? content, (string Name, string Value)[] headers, CancellationToken cancellationToken = default)
    {
        var request = new HttpRequestMessage(method, path) { Content = content, Version = _version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (Token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static ByteArrayContent Json(byte[] json) => new(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/fhir+json") } };
}
