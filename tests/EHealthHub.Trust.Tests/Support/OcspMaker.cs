using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Ocsp;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using X509Extension = System.Security.Cryptography.X509Certificates.X509Extension;

namespace EHealthHub.Trust.Tests.Support;

/// <summary>A responder made of another library than the one that judges it; sound until a test spoils it.</summary>
internal sealed class OcspMaker : IDisposable
{
    private readonly DevelopmentAuthority _authority;
    private readonly ManualTime _time;

    internal OcspMaker(DevelopmentAuthority authority, ManualTime time)
    {
        _authority = authority;
        _time = time;
        Signer = authority.Issue(Responder(time.Now));
        Handed = [Signer];
    }

    /// <summary>Who signs, with a key.</summary>
    internal X509Certificate2 Signer { get; set; }

    /// <summary>What is handed along.</summary>
    internal X509Certificate2[] Handed { get; set; }

    internal CertificateStatus? Status { get; set; } = CertificateStatus.Good;

    /// <summary>About which serial number it answers, whatever was asked; null for the one that was asked.</summary>
    internal byte[]? Serial { get; set; }

    internal TimeSpan ThisUpdate { get; set; }

    internal TimeSpan? NextUpdate { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>True to give the nonce back.</summary>
    internal bool Nonce { get; set; } = true;

    /// <summary>Another one, if set.</summary>
    internal byte[]? OtherNonce { get; set; }

    internal string Algorithm { get; set; } = "SHA256withECDSA";

    internal bool ByKey { get; set; }

    internal static DevelopmentCertificate Responder(DateTimeOffset now) => new()
    {
        Subject = OddCertificates.Name("Responder"),
        NotBefore = now.AddMinutes(-5),
        NotAfter = now.AddDays(30),
        ExtendedKeyUsages = [CertificateOids.OcspSigning],
        Extensions = [new X509Extension(CertificateOids.OcspNoCheck, [5, 0], critical: false)],
    };

    internal byte[] Answer(byte[] question)
    {
        var request = new OcspReq(question);
        var parser = new X509CertificateParser();
        var signer = parser.ReadCertificate(Signer.RawData);
        var generator = new BasicOcspRespGenerator(ByKey ? new RespID(signer.GetPublicKey()) : new RespID(signer.SubjectDN));
        var now = _time.Now.UtcDateTime;
        foreach (var asked in request.GetRequestList())
        {
            var id = asked.GetCertID();
            if (Serial is not null)
            {
                id = CertificateID.DeriveCertificateID(id, new Org.BouncyCastle.Math.BigInteger(1, Serial));
            }

            generator.AddResponse(id, Status, now + ThisUpdate, NextUpdate is { } next ? now + ThisUpdate + next : null, null);
        }

        if (Nonce && request.GetExtensionValue(OcspObjectIdentifiers.PkixOcspNonce) is { } nonce)
        {
            var extensions = new X509ExtensionsGenerator();
            extensions.AddExtension(OcspObjectIdentifiers.PkixOcspNonce, critical: false, OtherNonce is null ? nonce.GetOctets() : new Org.BouncyCastle.Asn1.DerOctetString(OtherNonce).GetEncoded());
            generator.SetResponseExtensions(extensions.Generate());
        }

        using var ecdsa = Signer.GetECDsaPrivateKey();
        using var rsa = Signer.GetRSAPrivateKey();
        var key = PrivateKeyFactory.CreateKey(ecdsa?.ExportPkcs8PrivateKey() ?? rsa!.ExportPkcs8PrivateKey());
        var basic = generator.Generate(new Asn1SignatureFactory(Algorithm, key), [.. Handed.Select(h => parser.ReadCertificate(h.RawData))], now + ThisUpdate);
        return new OCSPRespGenerator().Generate(OcspRespStatus.Successful, basic).GetEncoded();
    }

    /// <summary>The authority's own certificate with its key, to sign with itself.</summary>
    internal X509Certificate2 Itself()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(_authority.ExportKeyPem());
        return _authority.Certificate.CopyWithPrivateKey(key);
    }

    public void Dispose() => Signer.Dispose();
}
