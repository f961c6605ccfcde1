using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace EHealthHub.Gateway.Composition;

/// <summary>
/// The listeners. A client certificate is asked for and taken as it is: the chain is built in the gate, for each request, so that every refusal has its reason and its entry. In the handshake nothing is downloaded and no revocation
/// is looked up.
/// </summary>
internal static class KestrelTls
{
    public static void Configure(KestrelServerOptions kestrel, GatewaySettings settings, X509Certificate2 server)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = GatewayBounds.DrainBytesMax;
        kestrel.Limits.MaxConcurrentConnections = GatewayBounds.ConnectionsMax;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Limits.MaxRequestLineSize = 16 * 1024;
        kestrel.Limits.RequestHeadersTimeout = GatewayBounds.HeadersTimeout;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1_024, gracePeriod: TimeSpan.FromSeconds(5));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1_024, gracePeriod: TimeSpan.FromSeconds(5));
        kestrel.Limits.Http2.MaxStreamsPerConnection = 128;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(60);

        kestrel.ListenLocalhost(settings.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(https => Tls(https, server));
        });
        kestrel.Listen(IPAddress.Loopback, settings.ManagementPort, listen => listen.Protocols = HttpProtocols.Http1);
    }

    /// <summary>
    /// A request goes on with the thread that its bytes arrived on, instead of being handed to another one twice. That thread is of the pool: while a request holds it, the pool lets another see to the next socket.
    /// </summary>
    public static void Transport(SocketTransportOptions sockets) => sockets.UnsafePreferInlineScheduling = true;

    private static void Tls(HttpsConnectionAdapterOptions https, X509Certificate2 server)
    {
        https.ServerCertificate = server;
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        https.HandshakeTimeout = GatewayBounds.HandshakeTimeout;
        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
        https.ClientCertificateValidation = static (_, _, _) => true;
        https.OnAuthenticate = static (_, ssl) =>
        {
            ssl.AllowRenegotiation = false;
            ssl.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
            ssl.CertificateChainPolicy = new X509ChainPolicy
            {
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
                TrustMode = X509ChainTrustMode.CustomRootTrust,
            };
        };
    }
}
