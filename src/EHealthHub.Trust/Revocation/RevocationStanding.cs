namespace EHealthHub.Trust.Revocation;

/// <summary>What says that a certificate is not revoked.</summary>
/// <param name="Kind">A list or a responder.</param>
/// <param name="ThisUpdate">As of when it says so.</param>
/// <param name="CountsUntil">Until when it counts if nothing newer comes, the grace included; then the certificate is refused.</param>
public sealed record RevocationStanding(RevocationKind Kind, DateTimeOffset ThisUpdate, DateTimeOffset CountsUntil);
