using System.Security.Cryptography.X509Certificates;

namespace EHealthHub.Trust.Certificates;

/// <summary>Outcome of the gate: a reason, or the proven certificate.</summary>
/// <param name="Reason">None when proven.</param>
/// <param name="Thumbprint">SHA-256, lower-case hex; empty without a certificate.</param>
public readonly record struct GateVerdict(TrustReason Reason, string Thumbprint);

/// <summary>
/// The chain, usage, strength, validity and revocation of a client certificate, as a funnel: cheapest refusal first, success last. Custom root trust, no downloads; revocation from the hub's own service (RFC 5280 6.1).
/// The chain's result is cached by the certificate's hash within its validity; validity time, revocation and block list are checked on every call.
/// </summary>
public sealed class CertificateGate
{
    /// <summary>Examines a certificate for use as TLS client (institution, staff) or as a card (clinician, citizen).</summary>
    public GateVerdict Examine(X509Certificate2? certificate) => throw new NotSupportedException("under construction");
}
