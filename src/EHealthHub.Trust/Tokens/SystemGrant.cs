using System.Diagnostics.CodeAnalysis;
using EHealthHub.Trust.Clients;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Trust.Tokens;

/// <summary>
/// The decision for <c>client_credentials</c> (SMART Backend Services): an institution's system gets a token with what both the institution and the program hold, for the institution's own purpose or one that is asked for by name (<see cref="NamedScope"/>), bound to the connection's certificate.
/// It holds nothing that the certificate alone would not; it holds less, and can be handed to a part of the system that should do less.
/// </summary>
public sealed class SystemGrant
{
    private readonly TokenOptions _options;
    private readonly TimeProvider _time;
    private readonly TokenIssuer _issuer;

    /// <summary>Throws <see cref="ArgumentException"/> naming every fault of the options.</summary>
    public SystemGrant(TokenKeyRing keys, TokenOptions options, TimeProvider time)
    {
        _options = options.Checked();
        _time = time;
        _issuer = new TokenIssuer(keys, options);
    }

    /// <summary>Decides; <paramref name="scope"/> is null where all that the client holds is asked for.</summary>
    public bool TryIssue(ProvenClient client, string? scope, [NotNullWhen(true)] out IssuedToken? token, out TrustReason reason)
    {
        token = null;
        if (client.Program is { Kind: not ClientKind.System })
        {
            reason = TrustReason.GrantNotAllowed;
            return false;
        }

        var held = client.Program is { } program ? GrantedScope.Narrow(client.Institution.Scopes, string.Join(' ', program.Scopes), _options.KeepsQuery) : client.Institution.Scopes;
        var scopes = GrantedScope.Narrow(held, scope, _options.KeepsQuery);
        if (scopes.IsEmpty)
        {
            reason = TrustReason.ScopeNotAllowed;
            return false;
        }

        if (!NamedScope.TryPurpose(scopes, out var named))
        {
            reason = TrustReason.ScopeNotAllowed;
            return false;
        }

        // A system has the one purpose of its institution, unless it asks for one that the registry gave by name; it may say so, and may not say otherwise.
        var purpose = named ?? Callers.PurposeOf(client.Institution);
        if (client.Business is { } business && !business.Purposes.Contains(purpose, StringComparer.Ordinal))
        {
            reason = TrustReason.PurposeNotAllowed;
            return false;
        }

        var now = _time.GetUtcNow();
        var claims = _issuer.Begin(client.Connection, client.Institution.Id, client.Id, purpose, scopes, now, _options.TokenSecondsMax, client.RegisteredUntil) with { Institution = client.Institution.Id };
        token = _issuer.Finish(claims, Callers.OfSystemToken(claims, client.Institution, client.Connection.Thumbprint, scopes), now);
        reason = TrustReason.None;
        return true;
    }
}
