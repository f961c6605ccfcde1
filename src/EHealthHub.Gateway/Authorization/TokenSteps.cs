using System.Security.Claims;
using EHealthHub.Gateway.Composition;
using EHealthHub.Trust;
using EHealthHub.Trust.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace EHealthHub.Gateway.Authorization;

/// <summary>Has Trust decide a grant, and puts the token that Trust wrote where OpenIddict would write one of its own.</summary>
internal sealed class TokenSteps(TrustParts trust, GatewayMetrics metrics)
{
    private const int AssertionLengthMin = 1;

    public ValueTask Decide(HandleTokenRequestContext context)
    {
        var call = OAuthCall.Of(context.Transaction);
        switch (context.Request.GrantType)
        {
            case OAuthServer.CardGrant:
                ByCard(context, call);
                break;

            case OpenIddictConstants.GrantTypes.ClientCredentials:
                BySystem(context, call);
                break;

            default:
                throw new InvalidOperationException("OpenIddict let a grant pass that is not offered.");
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The token that was granted is written already.</summary>
    public ValueTask Write(GenerateTokenContext context)
    {
        var call = OAuthCall.Of(context.Transaction);
        if (context.TokenType == OpenIddictConstants.TokenTypeIdentifiers.AccessToken)
        {
            context.Token = call.Token!.AccessToken;
        }

        return ValueTask.CompletedTask;
    }

    private void ByCard(HandleTokenRequestContext context, OAuthCall call)
    {
        if (context.Request.Assertion is not { Length: >= AssertionLengthMin } assertion)
        {
            context.Reject(OpenIddictConstants.Errors.InvalidRequest);
            return;
        }

        if (trust.Tokens.TryIssue(call.Http.Connection.ClientCertificate, assertion, out var token, out var reason, out _))
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
