using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EHealthHub.Trust.Certificates;

namespace EHealthHub.Trust.Institutions;

/// <summary>What becomes of a forwarded certificate.</summary>
public enum Forwarding
{
    /// <summary>Who sent it may not forward: as if it had not been sent.</summary>
    Ignored = 0,

    /// <summary>The request is that of the certificate's holder.</summary>
    Taken,

    /// <summary>A proxy sent something that is not exactly one certificate: the request ends.</summary>
    Refused,
}

/// <summary>
/// Client certificates that a TLS-terminating proxy forwards in the field <c>Client-Cert</c> (RFC 9440 2.2). Only a proxy in the registry may, on a connection that its own registered, unrevoked certificate opened; what it forwards then
/// passes the same gate as a certificate of the handshake. The proxy vouches for possession of the key, which is why it has to be registered.
/// </summary>
public sealed class ForwardedCertificates(CertificateGate gate, IRegistry registry, TimeProvider time)
{
    /// <summary>The field of RFC 9440.</summary>
    public const string Field = "Client-Cert";

    /// <summary>Longest value taken, in characters: certificates of some 6 KiB.</summary>
    public const int ValueLengthMax = 8_192;

    private readonly GenerationCache<Hash256, X509Certificate2> _read = new(4_096);

    /// <summary>
    /// Fields by which proxies of various makes forward certificates, besides <see cref="Field"/>. None of them is ever heard, whoever sends it; <c>Client-Cert-Chain</c> neither, since intermediates are configured.
    /// </summary>
    public static ImmutableArray<string> NeverHeard { get; } =
    [
        "Client-Cert-Chain", "X-Forwarded-Client-Cert", "X-ARR-ClientCert", "X-SSL-Client-Cert", "X-SSL-Cert", "X-Client-Cert", "X-Client-Certificate", "SSL-Client-Cert", "SSL_CLIENT_CERT", "X-Forwarded-SSL-Client-Cert",
        "X-Forwarded-Tls-Client-Cert", "X-Forwarded-Tls-Client-Cert-Info", "X-Amzn-Mtls-Clientcert", "X-Amzn-Mtls-Clientcert-Leaf", "X-MS-Client-Certificate", "X-ClientCert", "Cert-DN", "X-SSL-Client-S-DN", "X-SSL-Client-Verify", "X-Client-DN",
    ];

    /// <summary>Decides. <paramref name="values"/> are the values of the field as they came, one for each line.</summary>
    /// <param name="connection">The certificate that opened the connection, or null.</param>
    /// <param name="values">Values of <see cref="Field"/>.</param>
    /// <param name="forwarded">The client's certificate where it is taken.</param>
    public Forwarding Take(X509Certificate2? connection, IReadOnlyList<string?> values, out X509Certificate2? forwarded)
    {
        forwarded = null;
        if (!IsProxy(connection))
        {
            return Forwarding.Ignored;
        }

        // Two values would mean that the proxy added its own to one that a client sent; choosing between them is how such attacks succeed.
        return values is [{ } value] && TryRead(value, out forwarded) ? Forwarding.Taken : Forwarding.Refused;
    }

    private bool IsProxy(X509Certificate2? connection) =>
        gate.Examine(connection, CertificateUse.Connection, out var finding) == TrustReason.None
        && finding!.Uses.HasFlag(AnchorUses.Institutions)
        && registry.Current.InstitutionOf(finding, time.GetUtcNow()) is { Kind: InstitutionKind.Proxy, Suspended: false };

    /// <summary>A byte sequence of RFC 8941 3.3.5, <c>:base64:</c>, holding one DER certificate and nothing else.</summary>
    private bool TryRead(string value, [NotNullWhen(true)] out X509Certificate2? certificate)
    {
        certificate = null;
        if (value.Length is < 4 or > ValueLengthMax || value[0] != ':' || value[^1] != ':' || !Ascii.IsValid(value))
        {
            return false;
        }

        var bytes = Encoding.ASCII.GetBytes(value);
        var hash = Hash256.Of(bytes);
        if (_read.TryGet(hash, out certificate))
        {
            return true;
        }

        var text = bytes.AsSpan(1, bytes.Length - 2);
        var der = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];

        // The decoder passes over white space, which a byte sequence may not hold.
        if (text.ContainsAny(" \t\r\n"u8) || Base64.DecodeFromUtf8(text, der, out _, out var length) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        try
        {
            var read = X509CertificateLoader.LoadCertificate(der.AsSpan(0, length));
            if (!read.RawDataMemory.Span.SequenceEqual(der.AsSpan(0, length)))
            {
                read.Dispose();
                return false;
            }

            certificate = read;
            _read.Set(hash, read);
            return true;
        }
        catch (CryptographicException)
        {
            // Not a certificate: the answer says so.
            return false;
        }
    }
}
