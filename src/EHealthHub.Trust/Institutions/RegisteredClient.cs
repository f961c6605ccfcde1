using System.Collections.Immutable;

namespace EHealthHub.Trust.Institutions;

/// <summary>What a program may ask the token endpoint for.</summary>
public enum ClientKind
{
    /// <summary>A system that acts for its institution (SMART Backend Services): <c>client_credentials</c>.</summary>
    System = 1,

    /// <summary>An application of clinicians or citizens (SMART App Launch): <c>authorization_code</c> and <c>refresh_token</c>.</summary>
    App = 2,

    /// <summary>A server that holds data for the hub and may ask what a token says (RFC 7662).</summary>
    ResourceServer = 3,
}

/// <summary>A public key that a client signs its assertions with.</summary>
/// <param name="Id">kid.</param>
/// <param name="Algorithm">The one algorithm (ES256, ES384, RS256, RS384, PS256) that it is for; null for every one that fits the key.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo, base64.</param>
public sealed record ClientKey(string Id, string? Algorithm, string PublicKey);

/// <summary>A program that an institution answers for. Without keys it is proven by the institution's own certificate (<c>tls_client_auth</c>), with keys by an assertion besides (<c>private_key_jwt</c>).</summary>
/// <param name="Id">client_id; no institution, person or other client has it.</param>
/// <param name="Name">What people read before they agree.</param>
/// <param name="Kind">What it may ask for.</param>
/// <param name="Keys">Its keys.</param>
/// <param name="Redirects">Where a browser may be sent back to, compared character by character.</param>
/// <param name="Scopes">The most that it may be granted.</param>
/// <param name="IsPublic">True for an application on people's own devices: it has no secret, and its tokens are bound to the certificate of the person.</param>
/// <param name="Suspended">True while it may not speak.</param>
public sealed record RegisteredClient(
    string Id, string Name, ClientKind Kind, ImmutableArray<ClientKey> Keys, ImmutableArray<string> Redirects, ImmutableArray<string> Scopes, bool IsPublic, bool Suspended)
{
    internal bool HasNulls() => Keys.Contains(null!) || Redirects.Contains(null!) || Scopes.Contains(null!);
}
