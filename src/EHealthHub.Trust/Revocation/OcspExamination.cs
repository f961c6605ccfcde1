using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;

namespace EHealthHub.Trust.Revocation;

/// <summary>A verified answer about one certificate.</summary>
/// <param name="Status">What the authority says.</param>
/// <param name="ThisUpdate">As of when.</param>
/// <param name="NextUpdate">By when there is a newer one; null where the responder does not say.</param>
internal sealed record OcspAnswer(OcspStatus Status, DateTimeOffset ThisUpdate, DateTimeOffset? NextUpdate)
{
    /// <summary>True when this answer may not follow the other: an older one would un-revoke, and so would one of the same moment.</summary>
    internal bool IsOlderThan(OcspAnswer other) =>
        ThisUpdate < other.ThisUpdate || (ThisUpdate == other.ThisUpdate && other.Status == OcspStatus.Revoked && Status != OcspStatus.Revoked);
}

/// <summary>
/// Decides whether an OCSP response counts, in X-Road's order (its <c>OcspVerifier</c>) and RFC 6960, 3.2: it answers the question's certificate, its signer is the authority itself or was made a responder by that authority directly
/// (id-kp-OCSPSigning, 4.2.2.2), its signature is right, it is fresh, and it carries the question's nonce.
/// </summary>
internal sealed class OcspExamination(OcspOptions options, Func<X509Certificate2, bool> isVouchedFor)
{
    /// <summary>Null with a fault for people when the bytes do not count.</summary>
    internal OcspAnswer? Examine(byte[] bytes, OcspQuestion question, OcspNonce nonce, DateTimeOffset now, out string fault)
    {
        try
        {
            var response = OcspResponse.Read(bytes, question.Authority, out fault);
            return response is null ? null : Examine(response, question, nonce, now, out fault);
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            fault = "not an OCSP response: " + e.Message;
            return null;
        }
    }

    private OcspAnswer? Examine(OcspResponse response, OcspQuestion question, OcspNonce nonce, DateTimeOffset now, out string fault)
    {
        if (!Find(response, question.Serial, out var single))
        {
            fault = "an answer about another certificate";
            return null;
        }

        fault = ExamineSigner(response, question.Authority.Certificate, now);
        if (fault.Length == 0)
        {
            fault = ExamineTime(response, single, now);
        }

        if (fault.Length == 0 && !NonceFits(response.Nonce, question.Nonce, nonce))
        {
            fault = "an answer to another question: its nonce is not ours";
        }

        return fault.Length == 0 ? new OcspAnswer(single.Status, single.ThisUpdate, single.NextUpdate) : null;
    }

    /// <summary>Exactly one: of two that differ, neither could be believed.</summary>
    private static bool Find(OcspResponse response, SerialNumber serial, out OcspSingle single)
    {
        single = default;
        var found = 0;
        foreach (var candidate in response.Singles)
        {
            if (candidate.Serial == serial)
            {
                single = candidate;
                found++;
            }
        }

        return found == 1;
    }

    private string ExamineSigner(OcspResponse response, X509Certificate2 authority, DateTimeOffset now)
    {
        if (IsNamed(response, authority))
        {
            return response.Body.IsSignedBy(authority.PublicKey) ? "" : "its signature is wrong";
        }

        foreach (var bytes in response.Certificates)
        {
            using var candidate = X509CertificateLoader.LoadCertificate(bytes.Span);
            if (!IsNamed(response, candidate))
            {
                continue;
            }

            var fault = ExamineDelegate(candidate, authority, now);
            return fault.Length > 0 ? fault : response.Body.IsSignedBy(candidate.PublicKey) ? "" : "its signature is wrong";
        }

        return "signed by somebody whose certificate is not known";
    }

    private static bool IsNamed(OcspResponse response, X509Certificate2 certificate) => response.ResponderName is { } name
        ? name.Span.SequenceEqual(certificate.SubjectName.RawData)
        : response.ResponderKey.AsSpan().SequenceEqual(OcspAuthority.Hash(certificate.PublicKey.EncodedKeyValue.RawData, sha256: false));

    private string ExamineDelegate(X509Certificate2 responder, X509Certificate2 authority, DateTimeOffset now)
    {
        if (!responder.IssuerName.RawData.AsSpan().SequenceEqual(authority.SubjectName.RawData) || !SignedDer.TryRead(responder, out var signed) || !signed.IsSignedBy(authority.PublicKey))
        {
            return "signed by somebody whom the authority did not make a responder";
        }

        if (CertificateFacts.Read(responder) is not { IsAuthority: false } facts || facts.ExtendedUsages.IsDefault || !facts.ExtendedUsages.Contains(CertificateOids.OcspSigning)
            || (facts.KeyUsage != X509KeyUsageFlags.None && (facts.KeyUsage & (X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation)) == 0))
        {
            return "signed by somebody whom the authority did not make a responder: no id-kp-OCSPSigning";
        }

        if (!CertificateStrength.HasStrongKey(responder))
        {
            return "its responder has a weak key";
        }

        var at = now.UtcDateTime;
        if (at < responder.NotBefore.ToUniversalTime() || at > responder.NotAfter.ToUniversalTime())
        {
            return "its responder's certificate is not valid now";
        }

        // RFC 6960, 4.2.2.2.1: the authority says that this one need not be asked about, or its revocation list is looked at.
        return responder.Extensions.Any(e => e.Oid?.Value == CertificateOids.OcspNoCheck) || isVouchedFor(responder) ? "" : "its responder is revoked, or nothing says that it is not";
    }

    private string ExamineTime(OcspResponse response, OcspSingle single, DateTimeOffset now)
    {
        var skew = TimeSpan.FromSeconds(options.ClockSkewSeconds);
        return single.ThisUpdate > now + skew || response.ProducedAt > now + skew ? "from the future"
            : single.ThisUpdate < now.AddSeconds(-options.FreshnessSeconds) ? "too old"
            : single.NextUpdate is { } next && (next + skew < now || next < single.ThisUpdate) ? "past its own nextUpdate"
            : "";
    }

    private static bool NonceFits(byte[]? answered, byte[]? asked, OcspNonce rule) =>
        asked is null || (answered is null ? rule != OcspNonce.Required : CryptographicOperations.FixedTimeEquals(answered, asked));
}
