using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using EHealthHub.Gateway.Composition;
using EHealthHub.Trust;
using EHealthHub.Trust.Apps;
using EHealthHub.Trust.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace EHealthHub.Gateway.Authorization;

/// <summary>Has Trust decide a grant, and puts the token that Trust wrote where OpenIddict would write one of its own.</summary>
internal sealed class TokenSteps(TrustParts trust, GatewayMetrics metrics)
{
    internal const string GrantClaim = "hub_grant";
    internal const string OnceClaim = "hub_once";

    private const int AssertionLengthMin = 1;

    public async ValueTask Decide(HandleTokenRequestContext context)
    {
        var call = OAuthCall.Of(context.Transaction);
        switch (context.Request.GrantType)
        {
            case OAuthServer.CardGrant:
                await ByCard(context, call).ConfigureAwait(false);
                break;

            case OpenIddictConstants.GrantTypes.ClientCredentials:
                BySystem(context, call);
                break;

            case OpenIddictConstants.GrantTypes.AuthorizationCode or OpenIddictConstants.GrantTypes.RefreshToken:
                ByPerson(context, call);
                break;

            default:
                throw new InvalidOperationException("OpenIddict let a grant pass that is not offered.");
        }
    }

    /// <summary>The token that was granted is written already.</summary>
    public ValueTask Write(GenerateTokenContext context)
    {
        var call = OAuthCall.Of(context.Transaction);
        if (context.TokenType == OpenIddictConstants.TokenTypeIdentifiers.AccessToken)
        {
            context.Token = call.Token!.AccessToken;
        }
        else if (context.TokenType == OpenIddictConstants.TokenTypeIdentifiers.IdentityToken)
        {
            context.Token = call.IdentityToken;
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask ByCard(HandleTokenRequestContext context, OAuthCall call)
    {
        if (context.Request.Assertion is not { Length: >= AssertionLengthMin } assertion)
        {
            context.Reject(OpenIddictConstants.Errors.InvalidRequest);
            return;
        }

        var (token, reason) = await trust.Tokens.IssueAsync(call.Http.Connection.ClientCertificate, assertion, call.Http.RequestAborted).ConfigureAwait(false);
        if (token is not null)
        {
            Grant(context, call, token);
            return;
        }

        metrics.Refused(reason);
        var isClient = reason is TrustReason.NoCertificate or TrustReason.Unregistered or TrustReason.Suspended;
        ClientSteps.Refuse(
            context, call, isClient ? OpenIddictConstants.Errors.InvalidClient : OpenIddictConstants.Errors.InvalidGrant, reason,
            isClient ? StatusCodes.Status401Unauthorized : StatusCodes.Status400BadRequest);
    }

    private void BySystem(HandleTokenRequestContext context, OAuthCall call)
    {
        if (trust.Systems.TryIssue(call.Client!, context.Request.Scope, out var token, out var reason))
        {
            Grant(context, call, token);
            return;
        }

        metrics.Refused(reason);
        ClientSteps.Refuse(context, call, ErrorOf(reason), reason, StatusCodes.Status400BadRequest);
    }

    /// <summary>A code or refresh token whose seal, client, address and proof key OpenIddict has looked at.</summary>
    private void ByPerson(HandleTokenRequestContext context, OAuthCall call)
    {
        var sealedBy = context.AuthorizationCodePrincipal ?? context.RefreshTokenPrincipal;
        if (sealedBy?.GetClaim(GrantClaim) is not { } text || !AppGrant.TryRead(text, out var grant) || sealedBy.GetClaim(OnceClaim) is not { } once || sealedBy.GetExpirationDate() is not { } until)
        {
            context.Reject(OpenIddictConstants.Errors.InvalidGrant);
            return;
        }

        call.Grant = grant;
        var nonce = context.AuthorizationCodePrincipal?.GetClaim(OpenIddictConstants.Claims.Private.Nonce);
        if (!trust.Apps.TryRedeem(call.Client!, grant, once, until, context.AuthorizationCodePrincipal is null ? context.Request.Scope : null, nonce, out var token, out var reason))
        {
            metrics.Refused(reason);
            ClientSteps.Refuse(context, call, ErrorOf(reason), reason, StatusCodes.Status400BadRequest);
            return;
        }

        call.Token = token.Token;
        call.IdentityToken = token.IdentityToken;
        call.Request.Caller = token.Token.Caller;
        var principal = Principal(grant);
        if (token.Renewable)
        {
            principal.SetRefreshTokenLifetime(grant.Ends - trust.Time.GetUtcNow());
        }

        // By these two OpenIddict knows what to make; the others let it see that a later request asks for no more.
        principal.SetScopes(grant.Scopes.Where(s => s switch
        {
            OpenIddictConstants.Scopes.OfflineAccess => token.Renewable,
            OpenIddictConstants.Scopes.OpenId => token.IdentityToken is not null,
            _ => true,
        }));
        context.SignIn(principal);
    }

    /// <summary>A grant as OpenIddict seals it, with an id that is good for one use.</summary>
    internal static ClaimsPrincipal Principal(AppGrant grant)
    {
        var identity = new ClaimsIdentity("hub");
        identity.SetClaim(OpenIddictConstants.Claims.Subject, grant.Person);
        identity.SetClaim(GrantClaim, grant.ToText());
        identity.SetClaim(OnceClaim, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
        var principal = new ClaimsPrincipal(identity);
        principal.SetPresenters(grant.Client);
        return principal;
    }

    private static string ErrorOf(TrustReason reason) => reason switch
    {
        TrustReason.GrantNotAllowed => OpenIddictConstants.Errors.UnauthorizedClient,
        TrustReason.ScopeNotAllowed => OpenIddictConstants.Errors.InvalidScope,
        _ => OpenIddictConstants.Errors.InvalidGrant,
    };

    private static void Grant(HandleTokenRequestContext context, OAuthCall call, IssuedToken token)
    {
        call.Token = token;
        call.Request.Caller = token.Caller;
        var identity = new ClaimsIdentity("hub");
        identity.SetClaim(OpenIddictConstants.Claims.Subject, token.Caller.Person ?? token.Caller.Institution);
        context.SignIn(new ClaimsPrincipal(identity));
    }
}
