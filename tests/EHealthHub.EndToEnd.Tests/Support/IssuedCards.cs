using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>Cards that the development authority did not plan, issued with its key; and one of an impostor.</summary>
internal static class IssuedCards
{
    /// <summary>A card like a participant's, with its subject and extensions, over another time.</summary>
    public static X509Certificate2 Like(HubDirectory hub, string participant, DateTimeOffset from, DateTimeOffset until)
    {
        using var authority = X509Certificate2.CreateFromPemFile(Path.Combine(hub.Layout.Pki, "ca.crt"), Path.Combine(hub.Layout.Pki, "ca.key"));
        return Issue(authority, hub.Certificate(participant), hub.Certificate(participant).SubjectName, from, until);
    }

    /// <summary>A card of somebody whom the registry does not know.</summary>
    public static X509Certificate2 OfNobody(HubDirectory hub, string nationalId)
    {
        using var authority = X509Certificate2.CreateFromPemFile(Path.Combine(hub.Layout.Pki, "ca.crt"), Path.Combine(hub.Layout.Pki, "ca.key"));
        var subject = new X500DistinguishedNameBuilder();
        subject.Add("2.5.4.5", nationalId, System.Formats.Asn1.UniversalTagNumber.PrintableString);
        subject.AddCommonName("Kimse Değil");
        subject.AddCountryOrRegion("TR");
        var now = TimeProvider.System.GetUtcNow();
        return Issue(authority, hub.Certificate("dr-ayse"), subject.Build(), now.AddMinutes(-5), now.AddDays(30));
    }

    /// <summary>The same card from another authority of the same name.</summary>
    public static X509Certificate2 OfImpostor(HubDirectory hub, string participant)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var genuine = hub.Certificate(participant);
        var request = new CertificateRequest(genuine.IssuerName, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        using var authority = request.CreateSelfSigned(now.AddDays(-60), now.AddYears(5));
        return Issue(authority, genuine, genuine.SubjectName, now.AddMinutes(-5), now.AddDays(30));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, X509Certificate2 model, X500DistinguishedName subject, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        foreach (var extension in model.Extensions.Where(e => e is not (X509AuthorityKeyIdentifierExtension or X509SubjectKeyIdentifierExtension)))
        {
            request.CertificateExtensions.Add(extension);
        }

        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var issued = request.Create(authority, from, until, RandomNumberGenerator.GetBytes(16));
        using var withKey = issued.CopyWithPrivateKey(key);

        // Through PKCS#12, so that the key outlives this method.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
