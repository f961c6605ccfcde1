using System.Buffers.Binary;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;

namespace EHealthHub.Trust.Revocation;

/// <summary>Which certificate of which authority: an authority is its name and key, so that a renewed authority certificate stays the same authority, and one of the same name does not become it.</summary>
internal readonly record struct CertificateId(Hash256 Issuer, SerialNumber Serial)
{
    internal static Hash256 IssuerOf(X509Certificate2 authority)
    {
        var name = authority.SubjectName.RawData;
        var key = authority.PublicKey.ExportSubjectPublicKeyInfo();
        return Hash256.Of([.. name, .. key]);
    }
}

/// <summary>A serial number of at most 20 octets (RFC 5280, 4.1.2.2), without leading zeros.</summary>
internal readonly record struct SerialNumber(uint High, ulong Middle, ulong Low)
{
    internal const int Size = 20;

    /// <summary>False for a longer one.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bigEndian, out SerialNumber serial)
    {
        bigEndian = bigEndian.TrimStart((byte)0);
        serial = default;
        if (bigEndian.Length > Size)
        {
            return false;
        }

        Span<byte> padded = stackalloc byte[Size];
        padded.Clear();
        bigEndian.CopyTo(padded[(Size - bigEndian.Length)..]);
        serial = new SerialNumber(BinaryPrimitives.ReadUInt32BigEndian(padded), BinaryPrimitives.ReadUInt64BigEndian(padded[4..]), BinaryPrimitives.ReadUInt64BigEndian(padded[12..]));
        return true;
    }

    internal static bool TryParseHex(string hex, out SerialNumber serial)
    {
        Span<byte> bytes = stackalloc byte[Size];
        serial = default;
        return hex.Length == 2 * Size && Convert.FromHexString(hex, bytes, out _, out _) == System.Buffers.OperationStatus.Done && TryRead(bytes, out serial);
    }

    internal string ToHex()
    {
        Span<byte> bytes = stackalloc byte[Size];
        WritePadded(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Big-endian without leading zeros, at least one octet; gives the length.</summary>
    internal int Write(Span<byte> destination)
    {
        Span<byte> padded = stackalloc byte[Size];
        WritePadded(padded);
        var trimmed = padded.TrimStart((byte)0);
        trimmed = trimmed.IsEmpty ? padded[..1] : trimmed;
        trimmed.CopyTo(destination);
        return trimmed.Length;
    }

    private void WritePadded(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[4..], Middle);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[12..], Low);
    }
}
