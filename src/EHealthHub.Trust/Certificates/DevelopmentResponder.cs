using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Ocsp;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using BcCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace EHealthHub.Trust.Certificates;

/// <summary>
/// The OCSP responder of the development authority (RFC 6960), signing with a certificate that the authority made for it. It answers from the files in the folder: revoked is what the published list names, good are the participants, and
/// everything else is unknown. For demonstrations and tests: questions are bounded, nothing else of it is hardened.
/// </summary>
public sealed class DevelopmentResponder
{
    /// <summary>Largest question that is read, in bytes.</summary>
    public const int QuestionBytesMax = 8 * 1024;

    private static readonly TimeSpan AnswerLifetime = TimeSpan.FromMinutes(10);

    private readonly DevelopmentPki _pki;
    private readonly TimeProvider _time;
    private readonly BcCertificate _authority;
    private readonly BcCertificate _responder;
    private readonly Asn1SignatureFactory _signer;
    private readonly HashSet<string> _known;

    /// <summary>Answers for a development PKI, which stays the caller's.</summary>
    public DevelopmentResponder(DevelopmentPki pki, TimeProvider time)
    {
        _pki = pki;
        _time = time;
        using var responder = pki.Load(PlannedParticipant.Responder);
        using var key = responder.GetECDsaPrivateKey()!;
        var parser = new X509CertificateParser();
        _authority = parser.ReadCertificate(pki.Authority.RawData);
        _responder = parser.ReadCertificate(responder.RawData);
        _signer = new Asn1SignatureFactory("SHA256withECDSA", PrivateKeyFactory.CreateKey(key.ExportPkcs8PrivateKey()));
        _known = [.. pki.Participants.Select(p => SerialOf(pki, p.Name))];
    }

    /// <summary>The answer to a question, DER; malformedRequest for what is none.</summary>
    public byte[] Answer(byte[] question)
    {
        var generator = new OCSPRespGenerator();
        OcspReq request;
        Req[] asked;
        try
        {
            request = new OcspReq(question.Length <= QuestionBytesMax ? question : []);
            asked = request.GetRequestList();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The parser names no closed list of what it throws at malformed bytes.
            return generator.Generate(OcspRespStatus.MalformedRequest, null).GetEncoded();
        }

        var now = _time.GetUtcNow().UtcDateTime;
        var revoked = new X509CrlParser().ReadCrl(File.ReadAllBytes(_pki.RevocationListPath));
        var answer = new BasicOcspRespGenerator(new RespID(_responder.SubjectDN));
        foreach (var one in asked)
        {
            var id = one.GetCertID();
            answer.AddResponse(id, StatusOf(id, revoked), now, now + AnswerLifetime, null);
        }

        if (request.GetExtensionValue(OcspObjectIdentifiers.PkixOcspNonce) is { } nonce)
        {
            var extensions = new X509ExtensionsGenerator();
            extensions.AddExtension(OcspObjectIdentifiers.PkixOcspNonce, critical: false, nonce.GetOctets());
            answer.SetResponseExtensions(extensions.Generate());
        }

        return generator.Generate(OcspRespStatus.Successful, answer.Generate(_signer, [_responder], now)).GetEncoded();
    }

    private CertificateStatus? StatusOf(CertificateID id, X509Crl revoked) =>
        !id.MatchesIssuer(_authority) ? new UnknownStatus()
        : revoked.GetRevokedCertificate(id.SerialNumber) is { } entry ? new RevokedStatus(entry.RevocationDate)
        : _known.Contains(Convert.ToHexString(id.SerialNumber.ToByteArrayUnsigned())) ? CertificateStatus.Good
        : new UnknownStatus();

    private static string SerialOf(DevelopmentPki pki, string name)
    {
        using var certificate = pki.Load(name);
        return Convert.ToHexString(certificate.SerialNumberBytes.Span.TrimStart((byte)0));
    }
}
