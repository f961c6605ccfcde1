using System.Collections.Immutable;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Trust.Tokens;

/// <summary>A token whose signature, issuer and audience hold, and the caller it makes under the registry seen last. Only what cannot change is kept; the rest is looked at on every request.</summary>
internal sealed class KnownToken(TokenClaims claims)
{
    private readonly Hash256 _id = RevokedTokens.KeyOf(claims.Id);
    private readonly Hash256? _grant = claims.Grant is { } grant ? RevokedTokens.KeyOf(grant) : null;
    private Standing? _standing;

    internal TokenClaims Claims { get; } = claims;

    internal string? CardThumbprint { get; } = claims.Card?.Hash.ToHex();

    internal bool IsRevoked(RevokedTokens revoked) => revoked.Contains(_id) || (_grant is { } grant && revoked.Contains(grant));

    internal TrustReason Speak(CertificateFinding connection, RegistrySnapshot registry, DateTimeOffset now, out Caller? caller)
    {
        caller = null;
        var standing = _standing;
        if (standing is null || standing.Ground.Registry != registry.Identity)
        {
            var reason = LookUp(connection, registry, now, out standing);
            if (standing is null)
            {
                return reason;
            }

            _standing = standing;
        }

        if (!standing.IsCurrent(now))
        {
            // Another period may have begun: looked up anew, and refused if not.
            _standing = null;
            var reason = LookUp(connection, registry, now, out standing);
            if (standing is null)
            {
                return reason;
            }
        }

        // The trust list may have changed since the token was issued: an authority that proves institutions no more carries none of their tokens.
        if (!connection.Uses.HasFlag(standing.Ground.Use))
        {
            return TrustReason.UnknownIssuer;
        }

        caller = standing.Caller;
        return TrustReason.None;
    }

    /// <summary>The client and its connection first, then the person behind it.</summary>
    private TrustReason LookUp(CertificateFinding connection, RegistrySnapshot registry, DateTimeOffset now, out Standing? standing)
    {
        standing = null;
        var registration = registry.RegistrationOf(connection);
        var own = registration is not null && registration.IsCurrent(now) ? registration.Institution : null;
        if (own?.Kind == InstitutionKind.Proxy)
        {
            return TrustReason.NoCertificate;
        }

        var isPublic = false;
        if (registry.ClientById(Claims.Client) is var (institution, program))
        {
            isPublic = program.IsPublic;
            if (institution.Suspended || program.Suspended)
            {
                return TrustReason.Suspended;
            }

            // On people's own devices it is their card that speaks; a certificate that stands for an institution is nobody's.
            if (isPublic ? own is not null : own?.Id != institution.Id)
            {
                return TrustReason.Unregistered;
            }
        }
        else if (own is null)
        {
            return TrustReason.Unregistered;
        }
        else if (own.Suspended)
        {
            return TrustReason.Suspended;
        }
        else if (own.Id != Claims.Client)
        {
            // The client is registered no more, or the certificate to another institution now.
            return registry.InstitutionById(Claims.Client) is null ? TrustReason.Unregistered : TrustReason.WrongInstitution;
        }

        ImmutableArray<string> scopes = [.. Claims.Scope.Split(' ')];
        var ground = new Ground(registry.Identity, registration, isPublic ? AnchorUses.Cards : AnchorUses.Institutions);
        return Claims.Grant is null && Claims.Card is null ? OfSystem(connection, own!, ground, scopes, out standing) : OfPerson(connection, registry, ground, now, scopes, out standing);
    }

    private TrustReason OfSystem(CertificateFinding connection, Institution own, Ground ground, ImmutableArray<string> scopes, out Standing? standing)
    {
        // What the registry gave by name and took back is gone at once, not when the token ends.
        ImmutableArray<string> held = [.. scopes.Where(s => !NamedScope.IsNamed(s) || own.Scopes.Contains(s))];
        standing = own.Id == Claims.Institution ? new Standing(ground, null, Callers.OfSystemToken(Claims, own, connection.Thumbprint, held)) : null;
        return standing is null ? TrustReason.WrongInstitution : TrustReason.None;
    }

    private TrustReason OfPerson(CertificateFinding connection, RegistrySnapshot registry, Ground ground, DateTimeOffset now, ImmutableArray<string> scopes, out Standing? standing)
    {
        standing = null;
        if (registry.PersonById(Claims.Subject) is not { Kind: PersonKind.Clinician or PersonKind.Citizen } person)
        {
            return TrustReason.Unregistered;
        }

        if (person.Suspended)
        {
            return TrustReason.Suspended;
        }

        if (person.Kind == PersonKind.Citizen)
        {
            standing = Claims.Institution is null ? new Standing(ground, null, Callers.OfCitizenToken(Claims, person, connection.Thumbprint, CardThumbprint, scopes)) : null;
            return standing is null ? TrustReason.Unregistered : TrustReason.None;
        }

        if (Claims.Institution is null || registry.InstitutionById(Claims.Institution) is not { } institution || person.EmploymentAt(institution.Id, now) is not { } employment)
        {
            return TrustReason.WrongInstitution;
        }

        if (institution.Suspended)
        {
            return TrustReason.Suspended;
        }

        standing = new Standing(ground, employment, Callers.OfToken(Claims, institution, person, employment.Role, connection.Thumbprint, CardThumbprint, scopes));
        return TrustReason.None;
    }

    /// <summary>What a connection's certificate stands for: an institution while its registration holds, or, on people's own devices, none.</summary>
    private sealed record Ground(object Registry, Registration? Registration, AnchorUses Use)
    {
        internal bool IsCurrent(DateTimeOffset now) => (Registration is not null && Registration.IsCurrent(now)) == (Use == AnchorUses.Institutions);
    }

    private sealed record Standing(Ground Ground, Employment? Employment, Caller Caller)
    {
        internal bool IsCurrent(DateTimeOffset now) => Ground.IsCurrent(now) && (Employment is null || Employment.IsCurrent(now));
    }
}
