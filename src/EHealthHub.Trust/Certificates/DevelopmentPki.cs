using System.Collections.Immutable;
using System.Net;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Org.BouncyCastle.X509;

namespace EHealthHub.Trust.Certificates;

/// <summary>
/// The certificates of a demonstration hub, in one folder: <c>ca.crt</c>, <c>ca.key</c>, <c>ca.crl</c> (DER), and for every participant <c>NAME.crt</c>, <c>NAME.key</c> (PEM, PKCS#8, unencrypted, mode 0600) and <c>NAME.p12</c>.
/// Names are fixed, keys are random. What is there and whole is kept; what a crash left out is made on the next opening.
/// </summary>
public sealed class DevelopmentPki : IDisposable
{
    /// <summary>Password of the <c>.p12</c> files: known to everybody, as these keys protect nothing real.</summary>
    public const string Password = "ehealthhub";

    /// <summary>How long a revocation list is good for; opening renews one that is past half of it.</summary>
    public static readonly TimeSpan RevocationListLifetime = TimeSpan.FromDays(30);

    private static readonly TimeSpan AuthorityLifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan LeafLifetime = TimeSpan.FromDays(730);

    // The expired hospital's whole period lies within the authority's, so that its expiry is the one thing wrong with it.
    private static readonly TimeSpan AuthorityBackdated = TimeSpan.FromDays(90);
    private static readonly TimeSpan ExpiredFrom = TimeSpan.FromDays(60);
    private static readonly TimeSpan ExpiredUntil = TimeSpan.FromDays(1);
    private static readonly TimeSpan Backdated = TimeSpan.FromMinutes(5);

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly DevelopmentAuthority _authority;

    private DevelopmentPki(string folder, TimeProvider time, DevelopmentAuthority authority)
    {
        _folder = folder;
        _time = time;
        _authority = authority;
    }

    /// <summary>Everybody, the server included.</summary>
    public ImmutableArray<DevelopmentParticipant> Participants { get; private set; } = [];

    /// <summary>The trust anchor for servers and clients, without its key.</summary>
    public X509Certificate2 Authority => _authority.Certificate;

    /// <summary>Path of the anchor (PEM).</summary>
    public string AuthorityPath => PathOf("ca.crt");

    /// <summary>Path of the revocation list (DER).</summary>
    public string RevocationListPath => PathOf("ca.crl");

    /// <summary>The participant of a name. Throws <see cref="KeyNotFoundException"/> for another.</summary>
    public DevelopmentParticipant this[string name] => Participants.FirstOrDefault(p => p.Name == name) ?? throw new KeyNotFoundException($"No demonstration participant is called {name}.");

    /// <summary>Opens the folder, making first what is missing. Throws <see cref="InvalidDataException"/> where the authority's files are damaged.</summary>
    public static DevelopmentPki OpenOrCreate(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        using var writer = FileLock.Acquire(Path.Combine(folder, ".lock"));
        var pki = new DevelopmentPki(folder, time, OpenOrCreateAuthority(folder, time));
        pki.Participants = [.. PlannedParticipant.All.Select(pki.OpenOrIssue)];
        pki.EnsureRevocationList();
        return pki;
    }

    /// <summary>A participant's certificate with its private key.</summary>
    public X509Certificate2 Load(string name) => X509Certificate2.CreateFromPemFile(PathOf(this[name].Name + ".crt"), PathOf(name + ".key"));

    /// <summary>Puts a participant's certificate on the revocation list and publishes the list.</summary>
    public void Revoke(string name)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(PathOf(this[name].Name + ".crt"));
        Revoke(certificate);
    }

    /// <summary>Puts any certificate of this authority on the revocation list and publishes the list.</summary>
    public void Revoke(X509Certificate2 certificate)
    {
        using var writer = FileLock.Acquire(PathOf(".lock"));
        var (builder, number) = ReadRevocationList();
        builder.RemoveEntry(certificate.SerialNumberBytes.Span);
        builder.AddEntry(certificate, _time.GetUtcNow());
        Publish(builder, number);
    }

    /// <summary>Publishes the same list with a new number and later dates.</summary>
    public void ReissueRevocationList()
    {
        using var writer = FileLock.Acquire(PathOf(".lock"));
        var (builder, number) = ReadRevocationList();
        Publish(builder, number);
    }

    /// <summary>The authority itself, so that tests can issue further certificates.</summary>
    internal DevelopmentAuthority Issuer => _authority;

    /// <inheritdoc/>
    public void Dispose() => _authority.Dispose();

    private static DevelopmentAuthority OpenOrCreateAuthority(string folder, TimeProvider time)
    {
        var certificatePath = Path.Combine(folder, "ca.crt");
        var keyPath = Path.Combine(folder, "ca.key");
        if (File.Exists(certificatePath))
        {
            return File.Exists(keyPath)
                ? DevelopmentAuthority.Load(File.ReadAllText(certificatePath), File.ReadAllText(keyPath))
                : throw new InvalidDataException($"{keyPath} is missing; remove the folder to begin anew.");
        }

        // The key first: a crash in between leaves a key without certificate, which the next run replaces.
        var now = time.GetUtcNow();
        var authority = DevelopmentAuthority.CreateRoot("EHealthHub development CA", now - AuthorityBackdated, now + AuthorityLifetime, pathLength: 0);
        AtomicFile.Write(keyPath, Encoding.ASCII.GetBytes(authority.ExportKeyPem()), AtomicFile.Secret);
        AtomicFile.Write(certificatePath, Encoding.ASCII.GetBytes(authority.Certificate.ExportCertificatePem()), AtomicFile.Public);
        return authority;
    }

    private DevelopmentParticipant OpenOrIssue(PlannedParticipant plan)
    {
        using var certificate = TryOpen(plan.Name) ?? Issue(plan);
        return new DevelopmentParticipant(plan.Name, plan.Role, plan.DisplayName, plan.NationalId, CertificateThumbprint.Of(certificate));
    }

    private X509Certificate2? TryOpen(string name)
    {
        // The certificate is written last, so that it stands for the three files.
        if (!File.Exists(PathOf(name + ".crt")) || !File.Exists(PathOf(name + ".key")) || !File.Exists(PathOf(name + ".p12")))
        {
            return null;
        }

        var certificate = X509Certificate2.CreateFromPemFile(PathOf(name + ".crt"), PathOf(name + ".key"));
        var issuer = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        var authority = Authority.Extensions.OfType<X509SubjectKeyIdentifierExtension>().First().SubjectKeyIdentifierBytes;
        if (issuer is { } id && id.Span.SequenceEqual(authority.Span))
        {
            return certificate;
        }

        certificate.Dispose();
        return null;
    }

    private X509Certificate2 Issue(PlannedParticipant plan)
    {
        var certificate = _authority.Issue(Describe(plan));
        using var key = certificate.GetECDsaPrivateKey()!;
        var bag = new X509Certificate2Collection { certificate, Authority };
        AtomicFile.Write(PathOf(plan.Name + ".key"), Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()), AtomicFile.Secret);
        AtomicFile.Write(PathOf(plan.Name + ".p12"), bag.ExportPkcs12(Pkcs12ExportPbeParameters.Pbes2Aes256Sha256, Password), AtomicFile.Secret);
        AtomicFile.Write(PathOf(plan.Name + ".crt"), Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()), AtomicFile.Public);
        return certificate;
    }

    private DevelopmentCertificate Describe(PlannedParticipant plan)
    {
        var now = _time.GetUtcNow();

        // The builder encodes from the last to the first.
        var subject = new X500DistinguishedNameBuilder();
        var what = new DevelopmentCertificate { Subject = null!, NotBefore = now - Backdated, NotAfter = now + LeafLifetime };
        switch (plan.Role)
        {
            case DevelopmentRole.Server:
                subject.AddCommonName(plan.DisplayName);
                what = what with { ExtendedKeyUsages = [CertificateOids.ServerAuthentication], DnsNames = ["localhost"], Addresses = [IPAddress.Loopback, IPAddress.IPv6Loopback] };
                break;
            case DevelopmentRole.Clinician or DevelopmentRole.Citizen:
                subject.Add("2.5.4.5", plan.NationalId!, System.Formats.Asn1.UniversalTagNumber.PrintableString);
                subject.Add("2.5.4.42", plan.GivenName);
                subject.Add("2.5.4.4", plan.Surname);
                subject.AddCommonName(plan.DisplayName);
                what = what with { KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation, Policies = [CertificateOids.QualifiedPersonPolicy] };
                break;
            case DevelopmentRole.Responder:
                subject.AddCommonName(plan.DisplayName);
                what = what with { ExtendedKeyUsages = [CertificateOids.OcspSigning], Extensions = [new X509Extension(CertificateOids.OcspNoCheck, [5, 0], critical: false)] };
                break;
            case DevelopmentRole.Auditor or DevelopmentRole.Operator:
                subject.AddCommonName(plan.Name);
                subject.AddOrganizationName("EHealthHub");
                break;
            default:
                subject.AddCommonName(plan.Name);
                subject.AddOrganizationName(plan.DisplayName);
                what = what with { Uris = [new Uri($"https://ehealthhub.example/institutions/{plan.Name}")] };
                break;
        }

        subject.AddCountryOrRegion("TR");
        what = what with { Subject = subject.Build() };
        return plan.Name == PlannedParticipant.Expired ? what with { NotBefore = now - ExpiredFrom, NotAfter = now - ExpiredUntil } : what;
    }

    private void EnsureRevocationList()
    {
        using var revoked = X509CertificateLoader.LoadCertificateFromFile(PathOf(PlannedParticipant.Revoked + ".crt"));
        var (builder, number) = ReadRevocationList();
        var listed = builder.RemoveEntry(revoked.SerialNumberBytes.Span);
        builder.AddEntry(revoked, _time.GetUtcNow());
        if (!listed || NextUpdate() - _time.GetUtcNow() < RevocationListLifetime / 2)
        {
            Publish(builder, number);
        }
    }

    private DateTimeOffset NextUpdate() => new X509CrlParser().ReadCrl(File.ReadAllBytes(RevocationListPath)).NextUpdate ?? DateTimeOffset.MinValue;

    private (CertificateRevocationListBuilder Builder, BigInteger Number) ReadRevocationList()
    {
        if (!File.Exists(RevocationListPath))
        {
            return (new CertificateRevocationListBuilder(), BigInteger.Zero);
        }

        try
        {
            var builder = CertificateRevocationListBuilder.Load(File.ReadAllBytes(RevocationListPath), out var number);
            return (builder, number);
        }
        catch (CryptographicException e)
        {
            // A new, empty list would un-revoke: somebody has to look.
            throw new InvalidDataException($"{RevocationListPath} is damaged; what it revoked is not known.", e);
        }
    }

    private void Publish(CertificateRevocationListBuilder builder, BigInteger number)
    {
        var now = _time.GetUtcNow();
        AtomicFile.Write(RevocationListPath, _authority.Sign(builder, number + 1, now, now + RevocationListLifetime), AtomicFile.Public);
    }

    private string PathOf(string file) => Path.Combine(_folder, file);
}
