using EHealthHub.Trust;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Auditor.SignIn;

/// <summary>Whom the pages are shown to, or the reason why not (a public code of the room Trust, or one of this room's own).</summary>
internal readonly record struct StaffVerdict(Person? Auditor, string Reason, string Thumbprint)
{
    /// <summary>Proven and registered, but as something else than an auditor.</summary>
    public const string NotAnAuditor = "not-an-auditor";

    /// <summary>The provider's answer did not hold: code, state, signature, issuer, audience or time.</summary>
    public static StaffVerdict SignInFailed { get; } = new(null, "sign-in-failed", "");

    /// <summary>Nobody can sign in now.</summary>
    public static StaffVerdict ProviderUnavailable { get; } = Refused(TrustReason.ProviderUnavailable, "");

    /// <summary>True where coming again may help.</summary>
    public bool IsLater => Reason is { } reason && (reason == TrustReasons.PublicCode(TrustReason.ProviderUnavailable) || reason == TrustReasons.PublicCode(TrustReason.RevocationUnknown));

    public static StaffVerdict Granted(Person auditor, string thumbprint) => new(auditor, "", thumbprint);

    public static StaffVerdict Refused(TrustReason reason, string thumbprint) => new(null, TrustReasons.PublicCode(reason), thumbprint);

    /// <summary>Authority comes from the registry alone: a registered auditor, not suspended.</summary>
    public static StaffVerdict Of(Person? person, string thumbprint) => person switch
    {
        null => Refused(TrustReason.Unregistered, thumbprint),
        { Kind: not PersonKind.Auditor } => new StaffVerdict(null, NotAnAuditor, thumbprint),
        { Suspended: true } => Refused(TrustReason.Suspended, thumbprint),
        _ => Granted(person, thumbprint),
    };
}
