using EHealthHub.Gateway.Composition;
using EHealthHub.Trust;
using EHealthHub.Trust.OpenId;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace EHealthHub.Gateway.SignIn;

/// <summary>What becomes of a sign-in at the provider: sent there, come back, failed. Everything else of the code flow is Microsoft.Identity.Web's.</summary>
internal sealed class ProviderSignIn(HubParts parts, ProviderKeys keys)
{
    /// <summary>Our address as we know it, whatever the request's Host header says.</summary>
    public Task Leave(RedirectContext redirect)
    {
        redirect.ProtocolMessage.RedirectUri = parts.Hub.BaseUrl + IdentityWeb.CallbackPath;
        if (redirect.Properties.GetParameter<string>("prompt") is { } prompt)
        {
            redirect.ProtocolMessage.Prompt = prompt;
        }

        return Task.CompletedTask;
    }

    /// <summary>Everything held: who it is here.</summary>
    public async Task Return(TicketReceivedContext ticket)
    {
        ticket.HandleResponse();
        var signIn = ticket.HttpContext.RequestServices.GetRequiredService<PageSignIn>();
        var reason = ticket.Principal is { } principal && OpenIdIdentity.Read(keys.Provider, principal) is { } identity
            ? await signIn.SignInBy(ticket.HttpContext, identity).ConfigureAwait(false)
            : TrustReason.SignInFailed;
        if (reason != TrustReason.None)
        {
            await signIn.Refuse(ticket.HttpContext, reason).ConfigureAwait(false);
            return;
        }

        await SignInEndpoints.GoOn(ticket.HttpContext, PageSignIn.ReturnTo(ticket.ReturnUri, SignInEndpoints.Beginning)).ConfigureAwait(false);
    }

    /// <summary>A code, state or token that does not hold is a refusal like any other; a provider that cannot be had, or signs with a key not known yet, may be there a moment later.</summary>
    public async Task Fail(RemoteFailureContext failure)
    {
        failure.HandleResponse();
        var isAway = Causes(failure.Failure).Any(e => e is HttpRequestException or TaskCanceledException || (e is SecurityTokenSignatureKeyNotFoundException && keys.Ask()));
        await failure.HttpContext.RequestServices.GetRequiredService<PageSignIn>().Refuse(failure.HttpContext, isAway ? TrustReason.ProviderUnavailable : TrustReason.SignInFailed).ConfigureAwait(false);
    }

    private static IEnumerable<Exception> Causes(Exception? failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }
}
