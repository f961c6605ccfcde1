namespace EHealthHub.Trust.Certificates;

/// <summary>Object identifiers that the room speaks of (RFC 5280, 4.2).</summary>
public static class CertificateOids
{
    /// <summary>id-kp-clientAuth.</summary>
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>id-kp-serverAuth.</summary>
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Policy of a qualified personal certificate in the arc of the Turkish law 5070. Sources disagree on the arc's leaves, so that the accepted set is configuration (<see cref="GateOptions.Cards"/>).</summary>
    public const string QualifiedPersonPolicy = "2.16.792.1.61.0.1.5070.1.1";

    /// <summary>id-kp-OCSPSigning (RFC 6960, 4.2.2.2).</summary>
    public const string OcspSigning = "1.3.6.1.5.5.7.3.9";

    /// <summary>id-pkix-ocsp-nocheck (RFC 6960, 4.2.2.2.1): nobody need ask whether this responder is revoked.</summary>
    public const string OcspNoCheck = "1.3.6.1.5.5.7.48.1.5";

    internal const string CertificatePolicies = "2.5.29.32";
}
