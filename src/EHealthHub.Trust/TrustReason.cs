namespace EHealthHub.Trust;

/// <summary>Why somebody was refused; the name goes to the audit log, and <see cref="TrustReasons.PublicCode"/> to the caller.</summary>
public enum TrustReason
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>The connection carries no client certificate.</summary>
    NoCertificate,

    /// <summary>A registered proxy forwarded something that is not exactly one certificate (RFC 9440 2.2).</summary>
    ForwardedInvalid,

    /// <summary>The certificate lacks the client-authentication usage, is a CA, or has the wrong key usage.</summary>
    WrongUsage,

    /// <summary>Key or signature algorithm below the bounds.</summary>
    WeakKey,

    /// <summary>No chain to a trusted anchor.</summary>
    UnknownIssuer,

    /// <summary>Before notBefore.</summary>
    NotYetValid,

    /// <summary>After notAfter.</summary>
    Expired,

    /// <summary>On the issuer's revocation list or the hub's own block list.</summary>
    Revoked,

    /// <summary>No fresh revocation status: fail closed.</summary>
    RevocationUnknown,

    /// <summary>The issuer's responder does not know the certificate (RFC 6960, 2.2): never issued, or not any more.</summary>
    UnknownToIssuer,

    /// <summary>Proven by the chain, but nobody whom the registry knows.</summary>
    Unregistered,

    /// <summary>Registered, but suspended or outside its period.</summary>
    Suspended,

    /// <summary>The assertion is malformed, or its signature or algorithm is wrong.</summary>
    AssertionInvalid,

    /// <summary>The assertion is for another audience or another connection's certificate.</summary>
    AssertionMisdirected,

    /// <summary>The assertion is too old, from the future, or lives too long.</summary>
    AssertionExpired,

    /// <summary>The assertion was used before.</summary>
    AssertionReplayed,

    /// <summary>The clinician does not work at the institution that carries the assertion.</summary>
    WrongInstitution,

    /// <summary>The purpose of use is missing, unknown, or not allowed for the caller.</summary>
    PurposeNotAllowed,

    /// <summary>The token is malformed, not ours, or its signature is wrong.</summary>
    TokenInvalid,

    /// <summary>The token is over.</summary>
    TokenExpired,

    /// <summary>The token is bound to another certificate (RFC 8705).</summary>
    TokenNotBound,

    /// <summary>The token, or the grant behind it, was revoked.</summary>
    TokenRevoked,

    /// <summary>No such client at this connection, or it did not prove itself in the way it is registered with.</summary>
    ClientUnproven,

    /// <summary>The client is registered for another grant.</summary>
    GrantNotAllowed,

    /// <summary>None of the scopes asked for can be granted.</summary>
    ScopeNotAllowed,

    /// <summary>Breaking the glass without a reason of the wanted length, or a reason without breaking it.</summary>
    EmergencyReasonInvalid,

    /// <summary>The authorization code or refresh token is not good here.</summary>
    GrantInvalid,

    /// <summary>The authorization code or refresh token was used before: everything that came of it is revoked.</summary>
    GrantReplayed,

    /// <summary>A provider's token that is meant for somebody else.</summary>
    TokenMisdirected,

    /// <summary>The provider's metadata and keys cannot be had now.</summary>
    ProviderUnavailable,

    /// <summary>Proven by a provider, but nobody whom the registry knows.</summary>
    PersonUnregistered,

    /// <summary>The provider's answer to a sign-in does not hold: code, state, signature, issuer, audience, nonce or time.</summary>
    SignInFailed,

    /// <summary>Nobody is signed in, or the session is over.</summary>
    NotSignedIn,

    /// <summary>A form that did not come from the hub's own page of this session.</summary>
    FormForged,
}

/// <summary>What a refused caller is told: enough to mend an honest mistake, no more.</summary>
public static class TrustReasons
{
    /// <summary>A stable code in lower case with hyphens, for example <c>certificate-revoked</c>.</summary>
    public static string PublicCode(TrustReason reason) => reason switch
    {
        TrustReason.NoCertificate => "certificate-required",
        TrustReason.ForwardedInvalid => "forwarded-certificate-invalid",
        TrustReason.WrongUsage => "certificate-wrong-usage",
        TrustReason.WeakKey => "certificate-weak-key",
        TrustReason.UnknownIssuer => "certificate-unknown-issuer",
        TrustReason.NotYetValid => "certificate-not-yet-valid",
        TrustReason.Expired => "certificate-expired",
        TrustReason.Revoked => "certificate-revoked",
        TrustReason.RevocationUnknown => "certificate-revocation-unknown",
        TrustReason.UnknownToIssuer => "certificate-unknown-to-issuer",
        TrustReason.Unregistered => "certificate-unregistered",
        TrustReason.Suspended => "participant-suspended",
        TrustReason.AssertionInvalid => "assertion-invalid",
        TrustReason.AssertionMisdirected => "assertion-misdirected",
        TrustReason.AssertionExpired => "assertion-expired",
        TrustReason.AssertionReplayed => "assertion-replayed",
        TrustReason.WrongInstitution => "clinician-wrong-institution",
        TrustReason.PurposeNotAllowed => "purpose-not-allowed",
        TrustReason.TokenInvalid => "token-invalid",
        TrustReason.TokenExpired => "token-expired",
        TrustReason.TokenNotBound => "token-not-bound",
        TrustReason.TokenRevoked => "token-revoked",
        TrustReason.ClientUnproven => "client-unproven",
        TrustReason.GrantNotAllowed => "grant-not-allowed",
        TrustReason.ScopeNotAllowed => "scope-not-allowed",
        TrustReason.EmergencyReasonInvalid => "emergency-reason-invalid",
        TrustReason.GrantInvalid => "grant-invalid",
        TrustReason.GrantReplayed => "grant-replayed",
        TrustReason.TokenMisdirected => "token-misdirected",
        TrustReason.ProviderUnavailable => "provider-unavailable",
        TrustReason.PersonUnregistered => "person-unregistered",
        TrustReason.SignInFailed => "sign-in-failed",
        TrustReason.NotSignedIn => "not-signed-in",
        TrustReason.FormForged => "form-forged",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
