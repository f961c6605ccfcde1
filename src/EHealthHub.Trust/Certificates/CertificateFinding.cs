using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Revocation;

namespace EHealthHub.Trust.Certificates;

/// <summary>For what a certificate is examined.</summary>
public enum CertificateUse
{
    /// <summary>As the TLS client certificate of a connection.</summary>
    Connection = 1,

    /// <summary>As a card that signed an assertion.</summary>
    CardSignature = 2,
}

/// <summary>What the bytes of a certificate and the anchors in force say about it: all that need not be looked at again on each call. Immutable, remembered by hash.</summary>
internal sealed record CertificateFinding
{
    private CertificateFinding(Hash256 hash)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        hash.Write(bytes);
        Hash = hash;
        Thumbprint = hash.ToHex();
        Confirmation = Base64Url.EncodeToString(bytes);
    }

    internal Hash256 Hash { get; }

    /// <summary>SHA-256, lower-case hex.</summary>
    internal string Thumbprint { get; }

    /// <summary>The same, base64url, as <c>cnf.x5t#S256</c> has it (RFC 8705, 3.1).</summary>
    internal string Confirmation { get; }

    /// <summary>None when the chain stands; time of the leaf, block list and revocation are still to be looked at.</summary>
    internal TrustReason Reason { get; private init; }

    /// <summary>Validity of the certificate itself, UTC ticks, both inclusive.</summary>
    internal long NotBefore { get; private init; }

    internal long NotAfter { get; private init; }

    /// <summary>Until when this finding may be used without building the chain again, UTC ticks, exclusive.</summary>
    internal long GoodUntil { get; private init; }

    /// <summary>Until when the chain stands by its own dates: the issuers' ends and the anchor's. UTC ticks.</summary>
    internal long ChainUntil { get; private init; }

    /// <summary>Certificate and intermediates, as their issuers' revocation lists know them; the certificate first.</summary>
    internal ImmutableArray<CertificateId> Path { get; private init; } = [];

    /// <summary>The direct issuer (name and key) and the subject, hashed: what a registration by name compares.</summary>
    internal Hash256 Name { get; private init; }

    /// <summary>For what the anchor is trusted.</summary>
    internal AnchorUses Uses { get; private init; }

    /// <summary>True when it carries a card policy.</summary>
    internal bool IsCard { get; private init; }

    /// <summary>National id in the subject of a card.</summary>
    internal string? NationalId { get; private init; }

    internal static CertificateFinding Refused(Hash256 hash, TrustReason reason, long goodUntil) => new(hash) { Reason = reason, GoodUntil = goodUntil };

    internal static CertificateFinding Proven(
        Hash256 hash, X509Certificate2 certificate, ImmutableArray<CertificateId> path, AnchorUses uses, bool isCard, string? nationalId, long chainUntil, long goodUntil) => new(hash)
        {
            NotBefore = certificate.NotBefore.ToUniversalTime().Ticks,
            NotAfter = certificate.NotAfter.ToUniversalTime().Ticks,
            Path = path,
            Name = Institutions.RegisteredName.KeyOf(path[0].Issuer, certificate),
            Uses = uses,
            IsCard = isCard,
            NationalId = isCard ? nationalId : null,
            ChainUntil = chainUntil,
            GoodUntil = Math.Min(goodUntil, chainUntil),
        };
}
