using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace EHealthHub.Trust.Revocation;

/// <summary>
/// A verified, complete revocation list (RFC 5280, 5 and 6.3). Refused as a whole: delta lists, indirect lists and lists over a part of the certificates, since taking them for complete would let a revoked certificate pass;
/// and anything critical that is not understood.
/// </summary>
internal sealed class RevocationList
{
    private readonly HashSet<SerialNumber> _revoked;

    private RevocationList(Hash256 issuer, HashSet<SerialNumber> revoked, BigInteger? number, DateTimeOffset thisUpdate, DateTimeOffset nextUpdate)
    {
        Issuer = issuer;
        _revoked = revoked;
        Number = number;
        ThisUpdate = thisUpdate;
        NextUpdate = nextUpdate;
    }

    internal Hash256 Issuer { get; }

    internal BigInteger? Number { get; }

    internal DateTimeOffset ThisUpdate { get; }

    internal DateTimeOffset NextUpdate { get; }

    internal int Count => _revoked.Count;

    internal bool Contains(SerialNumber serial) => _revoked.Contains(serial);

    /// <summary>True when this list may not follow the other: an older list would un-revoke.</summary>
    internal bool IsOlderThan(RevocationList other) =>
        ThisUpdate < other.ThisUpdate || (Number is not null && other.Number is not null && Number.CompareTo(other.Number) < 0);

    /// <summary>Reads DER or PEM and verifies it against the authority; false with a fault for people otherwise.</summary>
    internal static bool TryRead(byte[] bytes, X509Certificate2 issuer, int entriesMax, [NotNullWhen(true)] out RevocationList? list, out string fault)
    {
        list = null;
        try
        {
            fault = Read(bytes, issuer, entriesMax, out list);
            return list is not null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The parser names no closed list of what it throws at malformed bytes, and these come from the network unproven: whatever it is, it is the list's fault and must not end the loop that fetches the next.
            fault = "not a revocation list: " + e.Message;
            return false;
        }
    }

    private static string Read(byte[] bytes, X509Certificate2 issuer, int entriesMax, out RevocationList? list)
    {
        list = null;
        var crl = new X509CrlParser().ReadCrl(bytes);
        if (crl is null)
        {
            return "not a revocation list: nothing in it can be read";
        }

        if (!crl.IssuerDN.GetEncoded().AsSpan().SequenceEqual(issuer.SubjectName.RawData))
        {
            return "signed by another authority";
        }

        if (CertificateFacts.Read(issuer) is not { } facts || (facts.KeyUsage != X509KeyUsageFlags.None && !facts.KeyUsage.HasFlag(X509KeyUsageFlags.CrlSign)))
        {
            return "its authority may not sign revocation lists";
        }

        if (!CertificateStrength.HasStrongSignature(crl.GetEncoded()))
        {
            return "weak signature algorithm";
        }

        if (!crl.IsSignatureValid(PublicKeyFactory.CreateKey(issuer.PublicKey.ExportSubjectPublicKeyInfo())))
        {
            return "its signature is wrong";
        }

        if (crl.NextUpdate is not { } nextUpdate)
        {
            return "no nextUpdate";
        }

        if (crl.GetExtensionValue(X509Extensions.DeltaCrlIndicator) is not null
            || crl.GetExtensionValue(X509Extensions.IssuingDistributionPoint) is not null
            || crl.GetCriticalExtensionOids() is { Count: > 0 })
        {
            return "not a complete list of one authority's certificates, or with a critical extension that is not understood";
        }

        var revoked = new HashSet<SerialNumber>();
        foreach (var entry in crl.GetRevokedCertificates() ?? new HashSet<X509CrlEntry>())
        {
            if (entry.GetCriticalExtensionOids() is { Count: > 0 })
            {
                return "an entry with a critical extension that is not understood";
            }

            // A longer serial number than the standard allows belongs to no certificate that passes the gate.
            if (SerialNumber.TryRead(entry.SerialNumber.ToByteArray(), out var serial))
            {
                revoked.Add(serial);
            }

            if (revoked.Count > entriesMax)
            {
                return "too many entries";
            }
        }

        var number = crl.GetExtensionValue(X509Extensions.CrlNumber) is { } encoded
            ? Org.BouncyCastle.Asn1.DerInteger.GetInstance(encoded.GetOctets()).PositiveValue
            : null;
        list = new RevocationList(CertificateId.IssuerOf(issuer), revoked, number, Utc(crl.ThisUpdate), Utc(nextUpdate));
        return "";
    }

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
