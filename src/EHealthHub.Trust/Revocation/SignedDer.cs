using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EHealthHub.Trust.Revocation;

/// <summary>
/// Anything of the form <c>SEQUENCE { signed, AlgorithmIdentifier, BIT STRING }</c>: a certificate, or the body of an OCSP answer. Read without recursion, so that nested bytes from the network cost nothing; verified with a list of
/// algorithms (SHA-2 under RSA PKCS #1 or ECDSA), never with what the bytes ask for.
/// </summary>
internal sealed class SignedDer
{
    private readonly ReadOnlyMemory<byte> _signed;
    private readonly string _algorithm;
    private readonly byte[] _signature;

    private SignedDer(ReadOnlyMemory<byte> signed, string algorithm, byte[] signature)
    {
        _signed = signed;
        _algorithm = algorithm;
        _signature = signature;
    }

    /// <summary>The part that the signature is over, encoded.</summary>
    internal ReadOnlyMemory<byte> Signed => _signed;

    /// <summary>Reads the three parts and leaves the reader behind them. Throws <see cref="AsnContentException"/> for another form.</summary>
    internal static SignedDer Read(AsnReader sequence)
    {
        var signed = sequence.ReadEncodedValue();
        var algorithm = sequence.ReadSequence().ReadObjectIdentifier();
        var signature = sequence.ReadBitString(out var unused);
        return unused == 0 ? new SignedDer(signed, algorithm, signature) : throw new AsnContentException("A signature is whole octets.");
    }

    /// <summary>False for what is no certificate.</summary>
    internal static bool TryRead(X509Certificate2 certificate, [NotNullWhen(true)] out SignedDer? signed)
    {
        try
        {
            signed = Read(new AsnReader(certificate.RawDataMemory, AsnEncodingRules.DER).ReadSequence());
            return true;
        }
        catch (AsnContentException)
        {
            signed = null;
            return false;
        }
    }

    /// <summary>True when the holder of the key signed it, with an algorithm of the list.</summary>
    internal bool IsSignedBy(PublicKey key)
    {
        try
        {
            return _algorithm switch
            {
                "1.2.840.113549.1.1.11" => VerifyRsa(key, HashAlgorithmName.SHA256),
                "1.2.840.113549.1.1.12" => VerifyRsa(key, HashAlgorithmName.SHA384),
                "1.2.840.113549.1.1.13" => VerifyRsa(key, HashAlgorithmName.SHA512),
                "1.2.840.10045.4.3.2" => VerifyEcdsa(key, HashAlgorithmName.SHA256),
                "1.2.840.10045.4.3.3" => VerifyEcdsa(key, HashAlgorithmName.SHA384),
                "1.2.840.10045.4.3.4" => VerifyEcdsa(key, HashAlgorithmName.SHA512),
                _ => false,
            };
        }
        catch (CryptographicException)
        {
            // A key that is none, or a signature of no form: not signed.
            return false;
        }
    }

    private bool VerifyRsa(PublicKey key, HashAlgorithmName hash)
    {
        using var rsa = key.GetRSAPublicKey();
        return rsa is not null && rsa.VerifyData(_signed.Span, _signature, hash, RSASignaturePadding.Pkcs1);
    }

    private bool VerifyEcdsa(PublicKey key, HashAlgorithmName hash)
    {
        using var ecdsa = key.GetECDsaPublicKey();
        return ecdsa is not null && ecdsa.VerifyData(_signed.Span, _signature, hash, DSASignatureFormat.Rfc3279DerSequence);
    }
}
