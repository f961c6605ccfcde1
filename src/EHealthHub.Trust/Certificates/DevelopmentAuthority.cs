using System.Formats.Asn1;
using System.Net;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EHealthHub.Trust.Certificates;

/// <summary>What a development certificate shall say. The defaults are those of a TLS client.</summary>
public sealed record DevelopmentCertificate
{
    /// <summary>Subject.</summary>
    public required X500DistinguishedName Subject { get; init; }

    /// <summary>Start of validity.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>End of validity.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Key usage.</summary>
    public X509KeyUsageFlags KeyUsage { get; init; } = X509KeyUsageFlags.DigitalSignature;

    /// <summary>Extended key usages (OIDs); none leaves the extension out.</summary>
    public IReadOnlyList<string> ExtendedKeyUsages { get; init; } = [CertificateOids.ClientAuthentication];

    /// <summary>Certificate policies (OIDs); none leaves the extension out.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>Subject alternative names: URIs.</summary>
    public IReadOnlyList<Uri> Uris { get; init; } = [];

    /// <summary>Subject alternative names: DNS names.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>Subject alternative names: addresses.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>True for a certificate that says it is an authority.</summary>
    public bool IsAuthority { get; init; }

    /// <summary>For an authority: how many authorities may follow; null for no bound.</summary>
    public int? PathLength { get; init; }

    /// <summary>Further extensions, as they are.</summary>
    public IReadOnlyList<X509Extension> Extensions { get; init; } = [];
}

/// <summary>A certificate authority for development and tests, its key in memory: it signs what it is told to, sound or not, so that refusals can be tried. Never a trust anchor in production.</summary>
public sealed class DevelopmentAuthority : IDisposable
{
    private readonly ECDsa _key;

    private DevelopmentAuthority(X509Certificate2 certificate, ECDsa key)
    {
        Certificate = certificate;
        _key = key;
    }

    /// <summary>The authority's own certificate, without its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>A self-signed root with an ECDSA P-256 key.</summary>
    public static DevelopmentAuthority CreateRoot(string commonName, DateTimeOffset notBefore, DateTimeOffset notAfter, int? pathLength = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var builder = new X500DistinguishedNameBuilder();

        // The builder encodes from the last to the first: the country leads, as it does in real certificates.
        builder.AddCommonName(commonName);
        builder.AddOrganizationName("EHealthHub development");
        builder.AddCountryOrRegion("TR");
        var request = Request(Authority(builder.Build(), notBefore, notAfter, pathLength), new PublicKey(key));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(request.CertificateExtensions.OfType<X509SubjectKeyIdentifierExtension>().Single()));
        using var signed = request.Create(request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), notBefore, notAfter, NewSerial());
        return new DevelopmentAuthority(X509CertificateLoader.LoadCertificate(signed.RawData), key);
    }

    /// <summary>Takes over a kept authority from its certificate and PKCS#8 key, both PEM. Throws <see cref="InvalidDataException"/> when they do not belong together.</summary>
    public static DevelopmentAuthority Load(string certificatePem, string keyPem)
    {
        var key = ECDsa.Create();
        var certificate = X509Certificate2.CreateFromPem(certificatePem);
        key.ImportFromPem(keyPem);
        if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
        {
            throw new InvalidDataException("The development authority's key and certificate do not belong together.");
        }

        return new DevelopmentAuthority(certificate, key);
    }

    /// <summary>An authority below this one.</summary>
    public DevelopmentAuthority IssueAuthority(DevelopmentCertificate what)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new DevelopmentAuthority(Issue(what, new PublicKey(key)), key);
    }

    /// <summary>A certificate with a fresh ECDSA P-256 key of its own.</summary>
    public X509Certificate2 Issue(DevelopmentCertificate what)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Issue(what, new PublicKey(key));
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>A certificate, without key, for a given public key.</summary>
    public X509Certificate2 Issue(DevelopmentCertificate what, PublicKey publicKey)
    {
        var request = Request(what, publicKey);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var signed = request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), what.NotBefore, what.NotAfter, NewSerial());
        return X509CertificateLoader.LoadCertificate(signed.RawData);
    }

    /// <summary>A certificate revocation list (DER) naming the given serial numbers (big-endian bytes).</summary>
    public byte[] IssueRevocationList(IEnumerable<ReadOnlyMemory<byte>> serials, BigInteger number, DateTimeOffset thisUpdate, DateTimeOffset nextUpdate)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var serial in serials)
        {
            builder.AddEntry(serial.Span, thisUpdate);
        }

        return Sign(builder, number, thisUpdate, nextUpdate);
    }

    /// <summary>Signs a prepared revocation list (DER).</summary>
    internal byte[] Sign(CertificateRevocationListBuilder builder, BigInteger number, DateTimeOffset thisUpdate, DateTimeOffset nextUpdate)
    {
        using var issuer = Certificate.CopyWithPrivateKey(_key);
        return builder.Build(issuer, number, nextUpdate, HashAlgorithmName.SHA256, rsaSignaturePadding: null, thisUpdate);
    }

    /// <summary>What an authority's certificate says.</summary>
    public static DevelopmentCertificate Authority(X500DistinguishedName subject, DateTimeOffset notBefore, DateTimeOffset notAfter, int? pathLength) => new()
    {
        Subject = subject,
        NotBefore = notBefore,
        NotAfter = notAfter,
        KeyUsage = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign,
        ExtendedKeyUsages = [],
        IsAuthority = true,
        PathLength = pathLength,
    };

    /// <summary>The key as PEM, PKCS#8, unencrypted.</summary>
    internal string ExportKeyPem() => _key.ExportPkcs8PrivateKeyPem();

    /// <inheritdoc/>
    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    /// <summary>The certificate as asked for, still without an authority key identifier and a signature.</summary>
    internal static CertificateRequest Request(DevelopmentCertificate what, PublicKey publicKey)
    {
        var request = new CertificateRequest(what.Subject, publicKey, HashAlgorithmName.SHA256);
        var extensions = request.CertificateExtensions;
        extensions.Add(what.IsAuthority ? X509BasicConstraintsExtension.CreateForCertificateAuthority(what.PathLength) : X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        extensions.Add(new X509KeyUsageExtension(what.KeyUsage, critical: true));
        extensions.Add(new X509SubjectKeyIdentifierExtension(publicKey, X509SubjectKeyIdentifierHashAlgorithm.Sha256, critical: false));
        if (what.ExtendedKeyUsages.Count > 0)
        {
            var usages = new OidCollection();
            foreach (var usage in what.ExtendedKeyUsages)
            {
                usages.Add(new Oid(usage));
            }

            extensions.Add(new X509EnhancedKeyUsageExtension(usages, critical: false));
        }

        if (what.Policies.Count > 0)
        {
            extensions.Add(new X509Extension(CertificateOids.CertificatePolicies, EncodePolicies(what.Policies), critical: false));
        }

        if (what.Uris.Count + what.DnsNames.Count + what.Addresses.Count > 0)
        {
            var names = new SubjectAlternativeNameBuilder();
            foreach (var uri in what.Uris)
            {
                names.AddUri(uri);
            }

            foreach (var name in what.DnsNames)
            {
                names.AddDnsName(name);
            }

            foreach (var address in what.Addresses)
            {
                names.AddIpAddress(address);
            }

            extensions.Add(names.Build());
        }

        foreach (var extension in what.Extensions)
        {
            extensions.Add(extension);
        }

        return request;
    }

    /// <summary>127 random bits, positive (RFC 5280, 4.1.2.2).</summary>
    internal static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        return serial;
    }

    private static byte[] EncodePolicies(IReadOnlyList<string> policies)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var policy in policies)
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(policy);
                }
            }
        }

        return writer.Encode();
    }
}
