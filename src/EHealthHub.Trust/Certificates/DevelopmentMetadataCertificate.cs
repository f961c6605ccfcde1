using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EHealthHub.Trust.Certificates;

/// <summary>
/// The certificate that signs a demonstration hub's UDAP metadata: <c>udap.crt</c> and <c>udap.key</c> beside the others. RSA, since every UDAP client must take RS256, and named by the address of the API, as the guide asks. It opens no
/// connection and is registered to nobody.
/// </summary>
public static class DevelopmentMetadataCertificate
{
    /// <summary>Name of both files, without their endings.</summary>
    public const string Name = "udap";

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(730);

    /// <summary>Makes the files where they are missing, or are for another address. The folder holds the development authority.</summary>
    public static void Ensure(string folder, Uri fhirBase, TimeProvider time)
    {
        var (certificatePath, keyPath) = (Path.Combine(folder, Name + ".crt"), Path.Combine(folder, Name + ".key"));
        if (File.Exists(certificatePath) && File.Exists(keyPath) && IsFor(certificatePath, fhirBase))
        {
            return;
        }

        using var authority = DevelopmentAuthority.Load(File.ReadAllText(Path.Combine(folder, "ca.crt")), File.ReadAllText(Path.Combine(folder, "ca.key")));
        using var key = RSA.Create(2048);
        var now = time.GetUtcNow();
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName("EHealthHub metadata");
        subject.AddCountryOrRegion("TR");
        using var certificate = authority.Issue(
            new DevelopmentCertificate { Subject = subject.Build(), NotBefore = now.AddMinutes(-5), NotAfter = now + Lifetime, Uris = [fhirBase], ExtendedKeyUsages = [] },
            new PublicKey(key));
        AtomicFile.Write(keyPath, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()), AtomicFile.Secret);
        AtomicFile.Write(certificatePath, Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()), AtomicFile.Public);
    }

    /// <summary>True when a certificate names an address among its alternative names.</summary>
    public static bool Names(X509Certificate2 certificate, Uri address)
    {
        var text = Encoding.ASCII.GetBytes(address.OriginalString);
        return certificate.Extensions.FirstOrDefault(e => e.Oid?.Value == "2.5.29.17") is { } names && names.RawData.AsSpan().IndexOf([(byte)0x86, (byte)text.Length, .. text]) >= 0;
    }

    private static bool IsFor(string path, Uri fhirBase)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(path);
        return Names(certificate, fhirBase);
    }
}
