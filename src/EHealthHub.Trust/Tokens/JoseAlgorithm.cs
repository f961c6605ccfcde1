using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;

namespace EHealthHub.Trust.Tokens;

/// <summary>The signature algorithms taken from cards (RFC 7518, 3.1), each for one kind of key. <c>none</c> and the symmetric ones do not exist here.</summary>
internal static class JoseAlgorithm
{
    private const int Es256Bytes = 64;
    private const int Es384Bytes = 96;

    /// <summary>True when the algorithm fits the key and the signature holds. The key has passed the gate.</summary>
    internal static bool Verify(string algorithm, X509Certificate2 certificate, byte[] data, byte[] signature) => Verify(algorithm, certificate.PublicKey, data, signature);

    /// <summary>True when the algorithm is one of those taken and fits the key; null asks whether any does.</summary>
    internal static bool Fits(string? algorithm, PublicKey key) => algorithm switch
    {
        null => CertificateStrength.IsStrong(key) && (CertificateStrength.IsRsa(key) || CertificateStrength.JoseCurveAlgorithm(key) is not null),
        "RS256" or "RS384" or "PS256" => CertificateStrength.IsRsa(key) && CertificateStrength.IsStrong(key),
        "ES256" or "ES384" => CertificateStrength.JoseCurveAlgorithm(key) == algorithm,
        _ => false,
    };

    /// <summary>True when the algorithm fits the key and the signature holds. The key is of a strength that was looked at before.</summary>
    internal static bool Verify(string algorithm, PublicKey publicKey, byte[] data, byte[] signature)
    {
        try
        {
            return algorithm switch
            {
                "ES256" => signature.Length == Es256Bytes && CertificateStrength.JoseCurveAlgorithm(publicKey) == algorithm && VerifyCurve(publicKey, data, signature, HashAlgorithmName.SHA256),
                "ES384" => signature.Length == Es384Bytes && CertificateStrength.JoseCurveAlgorithm(publicKey) == algorithm && VerifyCurve(publicKey, data, signature, HashAlgorithmName.SHA384),
                "RS256" => VerifyRsa(publicKey, data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
                "RS384" => VerifyRsa(publicKey, data, signature, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
                "PS256" => VerifyRsa(publicKey, data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
                _ => false,
            };
        }
        catch (CryptographicException)
        {
            // A public key that is no point of its curve, or a signature that is no number below the modulus.
            return false;
        }
    }

    /// <summary>The algorithm a card of this kind signs with; null for a key that no algorithm here is for.</summary>
    internal static string? For(X509Certificate2 certificate) =>
        CertificateStrength.IsRsa(certificate.PublicKey) ? "RS256" : CertificateStrength.JoseCurveAlgorithm(certificate.PublicKey);

    /// <summary>Signs with a card's key under <see cref="For"/>.</summary>
    internal static byte[] Sign(X509Certificate2 certificate, byte[] data)
    {
        switch (For(certificate))
        {
            case "RS256":
                using (var rsa = certificate.GetRSAPrivateKey() ?? throw NoKey())
                {
                    return rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                }

            case { } curve:
                using (var ecdsa = certificate.GetECDsaPrivateKey() ?? throw NoKey())
                {
                    return ecdsa.SignData(data, curve == "ES256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
                }

            default:
                throw NoKey();
        }
    }

    private static bool VerifyCurve(PublicKey publicKey, byte[] data, byte[] signature, HashAlgorithmName hash)
    {
        using var key = publicKey.GetECDsaPublicKey();
        return key is not null && key.VerifyData(data, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static bool VerifyRsa(PublicKey publicKey, byte[] data, byte[] signature, HashAlgorithmName hash, RSASignaturePadding padding)
    {
        using var key = publicKey.GetRSAPublicKey();
        return key is not null && key.VerifyData(data, signature, hash, padding);
    }

    private static ArgumentException NoKey() => new("The certificate has no private key of a kind that signs assertions.", "certificate");
}
