using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;

namespace EHealthHub.Trust.Tokens;

/// <summary>Turns a connection's certificate and, where there is one, its bearer token into a <see cref="Caller"/>, or names the one reason why not.</summary>
public sealed class CallerFactory
{
    /// <summary>
    /// The gate first, then the registry, then the token: signature, times, issuer, audience, <c>cnf.x5t#S256</c> of this very certificate (RFC 8705 3), and the card behind the token examined again.
    /// <paramref name="bearer"/> is the token without the scheme, or null. <paramref name="thumbprint"/> is filled also on refusal, for the audit entry.
    /// </summary>
    public bool TryIdentify(X509Certificate2? certificate, string? bearer, [NotNullWhen(true)] out Caller? caller, out TrustReason reason, out string thumbprint) =>
        throw new NotSupportedException("under construction");
}
