using EHealthHub.Gateway.Pipeline;
using EHealthHub.Trust;
using EHealthHub.Trust.Apps;
using EHealthHub.Trust.Clients;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tokens;
using OpenIddict.Server;

namespace EHealthHub.Gateway.Authorization;

/// <summary>What the steps of one OAuth request hand to each other.</summary>
internal sealed class OAuthCall(HttpContext http)
{
    public HttpContext Http { get; } = http;

    public HubRequest Request { get; } = HubRequest.Of(http);

    /// <summary>The client, once proven; null before, and where a card's assertion proves carrier and card together.</summary>
    public ProvenClient? Client { get; set; }

    /// <summary>The token, once granted.</summary>
    public IssuedToken? Token { get; set; }

    /// <summary>The identity token that goes with it; null without one.</summary>
    public string? IdentityToken { get; set; }

    /// <summary>The application that sent the browser here, and who answers for it; null elsewhere.</summary>
    public (Institution Institution, RegisteredClient App)? Asking { get; set; }

    /// <summary>What a person allowed: at the authorization endpoint and when a code or refresh token comes back.</summary>
    public AppGrant? Grant { get; set; }

    /// <summary>What an introspected or revoked token says; null for one that is not ours or not good.</summary>
    public TokenFacts? Facts { get; set; }

    /// <summary>Why Trust refused; None where OpenIddict did, or nobody.</summary>
    public TrustReason Reason { get; set; }

    /// <summary>The status that goes with a refusal.</summary>
    public int Status { get; set; } = StatusCodes.Status400BadRequest;

    public static OAuthCall Of(OpenIddictServerTransaction transaction) =>
        transaction.GetProperty<OAuthCall>(nameof(OAuthCall)) ?? throw new InvalidOperationException("The request did not come through the hub's host.");
}
