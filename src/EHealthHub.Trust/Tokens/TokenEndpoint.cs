using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;

namespace EHealthHub.Trust.Tokens;

/// <summary>An issued access token.</summary>
/// <param name="AccessToken">Compact JWS.</param>
/// <param name="ExpiresInSeconds">Lifetime.</param>
/// <param name="Scope">Granted scopes, space separated.</param>
/// <param name="TokenId">jti.</param>
/// <param name="Caller">For whom.</param>
public sealed record IssuedToken(string AccessToken, int ExpiresInSeconds, string Scope, string TokenId, Caller Caller);

/// <summary>
/// The token endpoint's decision for <c>urn:ietf:params:oauth:grant-type:jwt-bearer</c> (RFC 7523): a card-signed assertion with <c>x5c</c>, carried by an institution over its own mutual TLS, becomes a token bound to that
/// institution's certificate (RFC 8705), for at most five minutes.
/// </summary>
public sealed class TokenEndpoint
{
    /// <summary>Decides. <paramref name="institutionCertificate"/> is the TLS client certificate of the connection.</summary>
    public bool TryIssue(X509Certificate2? institutionCertificate, string assertion, [NotNullWhen(true)] out IssuedToken? token, out TrustReason reason, out string thumbprint) =>
        throw new NotSupportedException("under construction");
}
