using System.Security.Claims;
using EHealthHub.Auditor.Pages;
using EHealthHub.Trust.OpenId;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Identity.Web;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace EHealthHub.Auditor.SignIn;

/// <summary>Registers Microsoft.Identity.Web for Entra ID and any other issuer alike. Its own issuer validator asks for the claims of Entra ID, so issuers, keys and audience are given to it.</summary>
internal static class OidcSignIn
{
    private static readonly string[] Algorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384];

    /// <summary>Adds sign-in by code flow with PKCE and a session cookie; no token is kept, and of the claims those that say who it is.</summary>
    public static void Add(IServiceCollection services, StaffProvider staff)
    {
        var provider = staff.Provider;
        services.AddAuthentication(OpenIdConnectDefaults.AuthenticationScheme).AddMicrosoftIdentityWebApp(
            identity =>
            {
                identity.Instance = provider.Issuer;
                identity.TenantId = provider.TenantId.Length > 0 ? provider.TenantId : "common";
                identity.ClientId = provider.ClientId;
                identity.ClientSecret = provider.ClientSecret;
            },
            cookie =>
            {
                cookie.Cookie.Name = "__Host-auditor";
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.Always;
                cookie.ExpireTimeSpan = TimeSpan.FromMinutes(provider.SessionMinutes);
                cookie.SlidingExpiration = false;
            });

        // ASP.NET would keep a key in the account's home. Sessions end with this process instead, and nothing is written outside the data directory.
        services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new KeysOfThisProcess());
        services.Configure<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme, oidc =>
        {
            oidc.Authority = provider.Issuer;
            oidc.ConfigurationManager = staff;
            oidc.RefreshOnIssuerKeyNotFound = false;
            oidc.BackchannelHttpHandler = ProviderDocuments.Handler(provider);
            oidc.BackchannelTimeout = TimeSpan.FromSeconds(10);
            oidc.ResponseType = OpenIdConnectResponseType.Code;
            oidc.ResponseMode = OpenIdConnectResponseMode.Query;
            oidc.UsePkce = true;
            oidc.SaveTokens = false;
            oidc.GetClaimsFromUserInfoEndpoint = false;
            oidc.TokenHandler = new JsonWebTokenHandler { MapInboundClaims = false };
            oidc.Scope.Clear();
            oidc.Scope.Add("openid");
            oidc.Scope.Add("profile");
            Validate(oidc.TokenValidationParameters, provider);
            oidc.Events.OnTicketReceived = ticket => Keep(ticket, provider);
            oidc.Events.OnRemoteFailure = failure => Refuse(failure, staff);
        });
    }

    /// <summary>The scheme that holds the session.</summary>
    public static string SessionScheme => CookieAuthenticationDefaults.AuthenticationScheme;

    private static void Validate(TokenValidationParameters parameters, OpenIdProvider provider)
    {
        parameters.IssuerValidator = null;
        parameters.IssuerSigningKeyValidator = null;
        parameters.IssuerSigningKeyValidatorUsingConfiguration = null;
        parameters.ValidateIssuer = true;
        parameters.ValidIssuer = null;
        parameters.ValidIssuers = provider.Issuers;
        parameters.ValidAudience = provider.ClientId;
        parameters.ValidAlgorithms = Algorithms;
        parameters.RequireSignedTokens = true;
        parameters.ClockSkew = TimeSpan.FromSeconds(30);
    }

    private static Task Keep(TicketReceivedContext ticket, OpenIdProvider provider)
    {
        var claims = ticket.Principal!.Claims.Where(c => c.Type == provider.Subject || c.Type == provider.PersonClaim || c.Type == provider.RoleClaim || c.Type == "name");
        ticket.Principal = new ClaimsPrincipal(new ClaimsIdentity(claims, OpenIdConnectDefaults.AuthenticationScheme));
        return Task.CompletedTask;
    }

    /// <summary>A code or token that does not hold is a refusal like any other, with a page that says so; a provider that cannot be had may be there a moment later.</summary>
    private static Task Refuse(RemoteFailureContext failure, StaffProvider staff)
    {
        failure.HandleResponse();
        var isAway = false;
        for (var cause = failure.Failure; cause is not null && !isAway; cause = cause.InnerException)
        {
            isAway = cause is HttpRequestException or TaskCanceledException or IOException || (cause is SecurityTokenSignatureKeyNotFoundException && staff.Ask());
        }

        var verdict = isAway ? StaffVerdict.ProviderUnavailable : StaffVerdict.SignInFailed;
        Log.Refused(failure.HttpContext.RequestServices.GetRequiredService<ILogger<StaffGate>>(), verdict.Reason, "");
        return PageEndpoints.Refused(failure.HttpContext, verdict);
    }
}
