using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;

namespace EHealthHub.Trust.Tests.Support;

/// <summary>Certificates that must be refused, each for one thing. All carry their private key.</summary>
internal static class OddCertificates
{
    internal static X500DistinguishedName Name(string commonName)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCountryOrRegion("TR");
        builder.AddCommonName(commonName);
        return builder.Build();
    }

    internal static X500DistinguishedName CardName(params string[] serialNumbers)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName("Ayşe Demir");
        foreach (var serialNumber in serialNumbers)
        {
            builder.Add("2.5.4.5", serialNumber, UniversalTagNumber.PrintableString);
        }

        return builder.Build();
    }

    internal static DevelopmentCertificate Client(DateTimeOffset now) =>
        new() { Subject = Name("odd"), NotBefore = now.AddMinutes(-5), NotAfter = now.AddDays(30) };

    internal static DevelopmentCertificate Card(DateTimeOffset now, params string[] serialNumbers) => Client(now) with
    {
        Subject = CardName(serialNumbers),
        KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation,
        Policies = [CertificateOids.QualifiedPersonPolicy],
    };

    /// <summary>An RSA key of a length of one's choice.</summary>
    internal static X509Certificate2 IssueRsa(DevelopmentAuthority authority, DevelopmentCertificate what, int bits)
    {
        using var key = RSA.Create(bits);
        using var certificate = authority.Issue(what, new PublicKey(key));
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>An elliptic curve of one's choice.</summary>
    internal static X509Certificate2 IssueOnCurve(DevelopmentAuthority authority, DevelopmentCertificate what, ECCurve curve)
    {
        using var key = ECDsa.Create(curve);
        using var certificate = authority.Issue(what, new PublicKey(key));
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>Signed by nobody but itself.</summary>
    internal static X509Certificate2 SelfSigned(DevelopmentCertificate what)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = DevelopmentAuthority.Request(what, new PublicKey(key));
        using var certificate = request.Create(what.Subject, X509SignatureGenerator.CreateForECDsa(key), what.NotBefore, what.NotAfter, DevelopmentAuthority.NewSerial());
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>Signed with SHA-1 by an authority of one's own, since no sound authority can be made to.</summary>
    internal static (X509Certificate2 Authority, X509Certificate2 Leaf) SignedWithSha1(DevelopmentCertificate what)
    {
        using var key = RSA.Create(2048);
        var authority = DevelopmentAuthority.Request(DevelopmentAuthority.Authority(Name("Old CA"), what.NotBefore.AddDays(-1), what.NotAfter.AddDays(1), 0), new PublicKey(key));
        var root = authority.Create(authority.SubjectName, X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1), what.NotBefore.AddDays(-1), what.NotAfter.AddDays(1), DevelopmentAuthority.NewSerial());
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = DevelopmentAuthority.Request(what, new PublicKey(leafKey));
        using var leaf = request.Create(root.SubjectName, new Sha1Generator(key), what.NotBefore, what.NotAfter, DevelopmentAuthority.NewSerial());
        return (root, leaf.CopyWithPrivateKey(leafKey));
    }

    /// <summary>Name constraints (RFC 5280, 4.2.1.10) that permit the URIs of one host.</summary>
    internal static X509Extension PermittedUriHost(string host)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(UniversalTagNumber.IA5String, host, new Asn1Tag(TagClass.ContextSpecific, 6));
        }

        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);
    }

    private sealed class Sha1Generator(RSA key) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.1.5");
                writer.WriteNull();
            }

            return writer.Encode();
        }

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.SignData(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);

        protected override PublicKey BuildPublicKey() => new(key);
    }
}
