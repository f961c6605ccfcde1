using System.Diagnostics.CodeAnalysis;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Revocation;

namespace EHealthHub.Trust.Tokens;

/// <summary>
/// What an access token says (RFC 9068), for the hub itself to read; written and read by <see cref="TokenText"/>. The national id is not in it; the card is, by thumbprint and by issuer and serial number, so that every request can look again
/// whether it was revoked.
/// </summary>
internal sealed record TokenClaims
{
    internal required string Issuer { get; init; }

    internal required string Audience { get; init; }

    /// <summary>Registered id of the person, or of the institution whose system acts for itself.</summary>
    internal required string Subject { get; init; }

    /// <summary>Registered id of the client: a program, or the institution itself.</summary>
    internal required string Client { get; init; }

    /// <summary>Null for a citizen.</summary>
    internal string? Institution { get; init; }

    /// <summary>Role of a clinician; null for others.</summary>
    internal string? Role { get; init; }

    internal required string Purpose { get; init; }

    internal required string Scope { get; init; }

    internal required string Id { get; init; }

    internal required long IssuedAt { get; init; }

    internal required long Expires { get; init; }

    /// <summary>cnf.x5t#S256: the connection's certificate.</summary>
    internal required Hash256 Confirmation { get; init; }

    /// <summary>The card that stands behind it; null where a system speaks.</summary>
    internal CardClaim? Card { get; init; }

    /// <summary>The grant that a person gave to an application; null for tokens that come of no such grant.</summary>
    internal string? Grant { get; init; }

    /// <summary>Why the glass was broken (purposes ETREAT and BTG), in the clinician's words; null for all other purposes.</summary>
    internal string? EmergencyReason { get; init; }

    /// <summary>Logical id of the one patient that the <c>patient/</c> scopes are about; null without a launch context.</summary>
    internal string? Patient { get; init; }

    internal byte[] Write() => TokenText.Write(this);

    /// <summary>Reads what <see cref="Write"/> wrote; the signature has been verified.</summary>
    internal static bool TryRead(byte[] payload, [NotNullWhen(true)] out TokenClaims? claims) => TokenText.TryRead(payload, out claims);
}

/// <summary>A card as a token names it.</summary>
internal sealed record CardClaim(Hash256 Hash, CertificateId Id);
