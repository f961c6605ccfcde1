using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EHealthHub.Trust.Certificates;

/// <summary>Bounds on keys and signature algorithms, by lists of what is allowed. Only structure is read: no key is built from a stranger's bytes before it has passed.</summary>
internal static class CertificateStrength
{
    internal const int RsaBitsMin = 2048;

    // Verification time grows with the square of the modulus: a stranger must not choose it freely.
    internal const int RsaBitsMax = 8192;

    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string EllipticCurve = "1.2.840.10045.2.1";
    private const string RsaPss = "1.2.840.113549.1.1.10";

    private const string P256 = "1.2.840.10045.3.1.7";
    private const string P384 = "1.3.132.0.34";
    private const string P521 = "1.3.132.0.35";

    // sha{256,384,512}WithRSAEncryption, ecdsa-with-SHA{256,384,512}
    private static readonly string[] Signatures =
        ["1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13", "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4"];

    // SHA-256, SHA-384, SHA-512
    private static readonly string[] Hashes = ["2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3"];

    /// <summary>RSA of 2,048 to 8,192 bits with an exponent of 65,537 to 2^64, or a NIST curve of 256, 384 or 521 bits.</summary>
    internal static bool HasStrongKey(X509Certificate2 certificate) => IsStrong(certificate.PublicKey);

    /// <summary>The same of a key without a certificate.</summary>
    internal static bool IsStrong(PublicKey key)
    {
        try
        {
            return key.Oid.Value switch
            {
                Rsa => IsStrongRsa(key.EncodedKeyValue.RawData),
                EllipticCurve => CurveOf(key) is P256 or P384 or P521,
                _ => false,
            };
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Signed with SHA-256 or longer: a certificate or a revocation list, both <c>SEQUENCE { signed, AlgorithmIdentifier, BIT STRING }</c>. The signature of an anchor on itself proves nothing; nobody asks.</summary>
    internal static bool HasStrongSignature(ReadOnlyMemory<byte> signed)
    {
        try
        {
            var outer = new AsnReader(signed, AsnEncodingRules.DER).ReadSequence();
            outer.ReadEncodedValue();
            var identifier = outer.ReadSequence();
            var algorithm = identifier.ReadObjectIdentifier();
            return algorithm == RsaPss ? IsStrongPss(identifier) : Signatures.AsSpan().Contains(algorithm);
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            return false;
        }
    }

    /// <summary>The JOSE name of the signature algorithm that a curve goes with, or null.</summary>
    internal static string? JoseCurveAlgorithm(PublicKey key) => key.Oid.Value != EllipticCurve ? null : CurveOf(key) switch
    {
        P256 => "ES256",
        P384 => "ES384",
        _ => null,
    };

    internal static bool IsRsa(PublicKey key) => key.Oid.Value == Rsa;

    private static string? CurveOf(PublicKey key) =>
        key.EncodedParameters?.RawData is { } parameters && new AsnReader(parameters, AsnEncodingRules.DER) is var reader && reader.PeekTag() == Asn1Tag.ObjectIdentifier
            ? reader.ReadObjectIdentifier()
            : null;

    private static bool IsStrongRsa(byte[] key)
    {
        var sequence = new AsnReader(key, AsnEncodingRules.DER).ReadSequence();
        var modulus = sequence.ReadInteger();
        var exponent = sequence.ReadInteger();
        return modulus.Sign > 0 && modulus.GetBitLength() is >= RsaBitsMin and <= RsaBitsMax
            && !exponent.IsEven && exponent >= 65_537 && exponent <= ulong.MaxValue;
    }

    /// <summary>RSASSA-PSS-params (RFC 4055, 3.1): the hash algorithm is the parameter [0], and SHA-1 where it is left out.</summary>
    private static bool IsStrongPss(AsnReader identifier)
    {
        var parameters = identifier.ReadSequence();
        var tag = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        return parameters.HasData && parameters.PeekTag() == tag
            && Hashes.AsSpan().Contains(parameters.ReadSequence(tag).ReadSequence().ReadObjectIdentifier());
    }
}
