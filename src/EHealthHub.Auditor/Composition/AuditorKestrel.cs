using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace EHealthHub.Auditor.Composition;

/// <summary>The listeners. A client certificate is asked for and taken as it is; the gate examines it for each request, so that every refusal is a page with its reason. In the handshake nothing is downloaded or looked up.</summary>
internal static class AuditorKestrel
{
    private const int ConnectionsMax = 256;
    private const int BodyMax = 64 * 1024;

    public static void Configure(KestrelServerOptions kestrel, int port, X509Certificate2 server)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
        kestrel.Limits.MaxRequestBodySize = BodyMax;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Limits.MaxRequestLineSize = 8 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        kestrel.Limits.Http2.MaxStreamsPerConnection = 32;

        // The witness: whatever port is free, which the gateway reads in the auditors' folder.
        kestrel.Listen(IPAddress.Loopback, 0);
        if (port == 0)
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https => Tls(https, server)));
        }
        else
        {
            kestrel.ListenLocalhost(port, listen => listen.UseHttps(https => Tls(https, server)));
        }
    }

    private static void Tls(HttpsConnectionAdapterOptions https, X509Certificate2 server)
    {
        https.ServerCertificate = server;
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        https.HandshakeTimeout = TimeSpan.FromSeconds(10);
        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
        https.ClientCertificateValidation = static (_, _, _) => true;
        https.OnAuthenticate = static (_, ssl) =>
        {
            // Sessions resumed across ports of one host confuse clients when the ports treat client certificates differently.
            ssl.AllowTlsResume = false;
            ssl.AllowRenegotiation = false;
            ssl.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
            ssl.CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true, TrustMode = X509ChainTrustMode.CustomRootTrust };
        };
    }
}
