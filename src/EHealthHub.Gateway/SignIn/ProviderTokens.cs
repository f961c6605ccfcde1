using System.Collections.Immutable;
using EHealthHub.Trust;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.OpenId;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.Tokens;

namespace EHealthHub.Gateway.SignIn;

/// <summary>Who speaks by a provider's bearer token, or why nobody does; and on whose connection, where that is proven.</summary>
internal readonly record struct ProviderAnswer(Caller? Caller, TrustReason Reason, string Institution);

/// <summary>
/// Bearer tokens of OpenID providers on the API, as a funnel: the connection, what the token says of itself, keys at hand, then Microsoft.Identity.Web's validation, then Trust's decision. No request waits for a provider.
/// </summary>
internal sealed class ProviderTokens(ImmutableArray<ProviderKeys> providers, CertificateGate gate, OpenIdCallers callers)
{
    /// <summary>Whose token this says it is; null for one of nobody whom the hub believes, its own among them.</summary>
    public ProviderKeys? Of(string? bearer, out TokenLook look)
    {
        look = default;
        if (string.IsNullOrEmpty(bearer) || TokenLook.Of(bearer) is not { } seen)
        {
            return null;
        }

        look = seen;
        foreach (var provider in providers)
        {
            if (provider.Provider.Issuers.Contains(seen.Issuer, StringComparer.Ordinal))
            {
                return provider;
            }
        }

        return null;
    }

    /// <summary>Examines it.</summary>
    public async ValueTask<ProviderAnswer> Identify(HttpContext context, string bearer, TokenLook look, ProviderKeys provider)
    {
        var certificate = context.Connection.ClientCertificate;
        await gate.Meet(certificate, context.RequestAborted).ConfigureAwait(false);
        var reason = callers.Carry(certificate, out var carrier);
        if (carrier is null)
        {
            return new ProviderAnswer(null, reason, "");
        }

        (reason, var identity) = await Validate(context, bearer, look, provider).ConfigureAwait(false);
        if (identity is null)
        {
            return new ProviderAnswer(null, reason, carrier.InstitutionId);
        }

        reason = callers.Speak(carrier, identity, out var caller);
        return new ProviderAnswer(caller, reason, carrier.InstitutionId);
    }

    private async ValueTask<(TrustReason, OpenIdIdentity?)> Validate(HttpContext context, string bearer, TokenLook look, ProviderKeys provider)
    {
        if (!look.IsPlain)
        {
            return (TrustReason.TokenInvalid, null);
        }

        if (provider.Current is not { } keys)
        {
            provider.Ask();
            return (TrustReason.ProviderUnavailable, null);
        }

        if (callers.Recall(bearer, keys.Number) is { } known)
        {
            return (TrustReason.None, known);
        }

        if (look.KeyId is { } key && !keys.KeyIds.Contains(key))
        {
            // A new key is taken up a moment later; one that was looked for and is not there is nobody's.
            return (provider.Ask() ? TrustReason.ProviderUnavailable : TrustReason.TokenInvalid, null);
        }

        var result = await context.AuthenticateAsync(IdentityWeb.TokenScheme(provider.Provider)).ConfigureAwait(false);
        if (!result.Succeeded)
        {
            return (ReasonOf(result.Failure), null);
        }

        if (OpenIdIdentity.Read(provider.Provider, result.Principal) is not { } identity)
        {
            return (TrustReason.TokenInvalid, null);
        }

        callers.Remember(bearer, keys.Number, identity);
        return (TrustReason.None, identity);
    }

    private static TrustReason ReasonOf(Exception? failure) => failure switch
    {
        SecurityTokenExpiredException => TrustReason.TokenExpired,
        SecurityTokenInvalidAudienceException => TrustReason.TokenMisdirected,
        _ => TrustReason.TokenInvalid,
    };
}
