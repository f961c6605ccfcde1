using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EHealthHub.Trust.Revocation;

/// <summary>How an authority is named in a question to its responder (CertID, RFC 6960, 4.1.1). The hash only names; nothing is trusted for it.</summary>
internal sealed class OcspAuthority
{
    private const string Sha1 = "1.3.14.3.2.26";
    private const string Sha256 = "2.16.840.1.101.3.4.2.1";

    private readonly byte[] _name;
    private readonly byte[] _key;
    private readonly string _algorithm;

    internal OcspAuthority(X509Certificate2 certificate, bool sha256)
    {
        Certificate = certificate;
        _algorithm = sha256 ? Sha256 : Sha1;
        _name = Hash(certificate.SubjectName.RawData, sha256);
        _key = Hash(certificate.PublicKey.EncodedKeyValue.RawData, sha256);
    }

    internal X509Certificate2 Certificate { get; }

    internal void Write(AsnWriter writer, SerialNumber serial)
    {
        Span<byte> bytes = stackalloc byte[SerialNumber.Size];
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(_algorithm);
                writer.WriteNull();
            }

            writer.WriteOctetString(_name);
            writer.WriteOctetString(_key);
            writer.WriteIntegerUnsigned(bytes[..serial.Write(bytes)]);
        }
    }

    /// <summary>True when a CertID names a certificate of this authority in the words of the question; its serial number is in <paramref name="serial"/>.</summary>
    internal bool IsOurs(AsnReader certificateId, out SerialNumber serial)
    {
        var algorithm = certificateId.ReadSequence().ReadObjectIdentifier();
        var (name, key) = (certificateId.ReadOctetString(), certificateId.ReadOctetString());
        return SerialNumber.TryRead(certificateId.ReadIntegerBytes().Span, out serial)
            && algorithm == _algorithm && name.AsSpan().SequenceEqual(_name) && key.AsSpan().SequenceEqual(_key);
    }

    internal static byte[] Hash(byte[] data, bool sha256) => sha256 ? SHA256.HashData(data) : SHA1.HashData(data);
}

/// <summary>One question about one certificate (RFC 6960, 4.1.1), unsigned.</summary>
internal sealed record OcspQuestion(OcspAuthority Authority, SerialNumber Serial, byte[]? Nonce)
{
    internal const string NonceExtension = "1.3.6.1.5.5.7.48.1.2";

    // RFC 9654, 2.1: at least 32 octets.
    private const int NonceSize = 32;

    internal static OcspQuestion About(OcspAuthority authority, SerialNumber serial, bool nonce) =>
        new(authority, serial, nonce ? RandomNumberGenerator.GetBytes(NonceSize) : null);

    internal byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            using (writer.PushSequence())
            {
                Authority.Write(writer, Serial);
            }

            if (Nonce is not null)
            {
                WriteNonce(writer, Nonce);
            }
        }

        return writer.Encode();
    }

    private static void WriteNonce(AsnWriter writer, byte[] nonce)
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(NonceExtension);
            using (writer.PushOctetString())
            {
                writer.WriteOctetString(nonce);
            }
        }
    }
}
