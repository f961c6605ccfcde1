using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Records;

namespace EHealthHub.Operator.Connecting;

/// <summary>
/// A participant's system as an outside one would be written: HTTP over mutual TLS with the participant's certificate, trusting the development anchor and nothing else.
/// </summary>
internal sealed class HubClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly X509Certificate2 _anchor;
    private readonly HttpClient _http;

    private HubClient(string name, X509Certificate2 certificate, X509Certificate2 anchor, Uri server, int connections)
    {
        Name = name;
        Certificate = certificate;
        _anchor = anchor;
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = connections,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
                CertificateChainPolicy = Trusting(anchor),

                // A resumed session would speak for the participant who opened it.
                AllowTlsResume = false,
            },
        };
        _http = new HttpClient(handler) { BaseAddress = server, Timeout = Patience, DefaultRequestVersion = HttpVersion.Version11 };
    }

    /// <summary>The participant.</summary>
    public string Name { get; }

    /// <summary>The participant's TLS certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Connects as a participant of the data directory's PKI. Connections are opened when they are needed, at most <paramref name="connections"/>.</summary>
    public static HubClient Open(HubLayout layout, string participant, Uri server, int connections = 8) =>
        Open(participant, Path.Combine(layout.Pki, participant + ".crt"), Path.Combine(layout.Pki, participant + ".key"), Path.Combine(layout.Pki, "ca.crt"), server, connections);

    /// <summary>Connects with a certificate and a key in PEM files, trusting one anchor.</summary>
    public static HubClient Open(string name, string certificateFile, string keyFile, string anchorFile, Uri server, int connections = 8)
    {
        var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        var anchor = X509CertificateLoader.LoadCertificateFromFile(anchorFile);
        return new HubClient(name, certificate, anchor, server, connections);
    }

    public Task<HubResponse> Get(string path, string? token, CancellationToken cancel) => Send(HttpMethod.Get, path, null, token, cancel);

    public Task<HubResponse> Post(string path, ReadOnlyMemory<byte> resource, string? token, CancellationToken cancel) => Send(HttpMethod.Post, path, Fhir(resource), token, cancel);

    public Task<HubResponse> Put(string path, ReadOnlyMemory<byte> resource, string? token, CancellationToken cancel) => Send(HttpMethod.Put, path, Fhir(resource), token, cancel);

    public Task<HubResponse> PostForm(string path, IReadOnlyDictionary<string, string> form, CancellationToken cancel) => Send(HttpMethod.Post, path, new FormUrlEncodedContent(form), null, cancel);

    public void Dispose()
    {
        _http.Dispose();
        Certificate.Dispose();
        _anchor.Dispose();
    }

    private static X509ChainPolicy Trusting(X509Certificate2 anchor)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.Add(anchor);
        policy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1"));
        return policy;
    }

    private static ReadOnlyMemoryContent Fhir(ReadOnlyMemory<byte> resource)
    {
        var content = new ReadOnlyMemoryContent(resource);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
        return content;
    }

    private async Task<HubResponse> Send(HttpMethod method, string path, HttpContent? content, string? token, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var response = await _http.SendAsync(request, cancel).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
        return new HubResponse((int)response.StatusCode, body, Header(response, "EHealthHub-Receipt"), response.Headers.Location?.ToString(), response.Headers.ETag?.ToString());
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
