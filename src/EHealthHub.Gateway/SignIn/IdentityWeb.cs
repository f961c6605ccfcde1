using EHealthHub.Trust.OpenId;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Identity.Web;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace EHealthHub.Gateway.SignIn;

/// <summary>
/// Registers Microsoft.Identity.Web for Entra ID and for any other issuer alike. Its own issuer validator asks for the claims of Entra ID, and the network; so issuers, keys and audience are given to it.
/// </summary>
internal static class IdentityWeb
{
    /// <summary>Where the provider sends the browser back to.</summary>
    public const string CallbackPath = "/sign-in/callback";

    /// <summary>Name of the scheme of sign-in on the pages.</summary>
    public const string PageScheme = "openid-pages";

    private const string UnusedScheme = "openid-unused";

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SignInWithin = TimeSpan.FromMinutes(10);

    // RS256, RS384, ES256, ES384: what the hub itself signs and takes; no MAC, and no "none".
    private static readonly string[] Algorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384];

    /// <summary>Name of the scheme of a provider's bearer tokens.</summary>
    public static string TokenScheme(OpenIdProvider provider) => "openid-tokens-" + provider.Use;

    /// <summary>Bearer tokens.</summary>
    public static void AddTokens(IServiceCollection services, ProviderKeys keys)
    {
        var provider = keys.Provider;
        var scheme = TokenScheme(provider);
        services.AddAuthentication().AddMicrosoftIdentityWebApi(
            bearer => bearer.Audience = provider.Audience,
            identity =>
            {
                Identify(identity, provider);
                identity.AllowWebApiToBeAuthorizedByACL = true; // scopes are looked at by Trust
            },
            scheme);
        services.Configure<JwtBearerOptions>(scheme, bearer =>
        {
            bearer.Authority = provider.Issuer;
            bearer.ConfigurationManager = keys;
            bearer.RefreshOnIssuerKeyNotFound = false;
            bearer.MapInboundClaims = false;
            bearer.SaveToken = false;
            bearer.IncludeErrorDetails = false;
            Validate(bearer.TokenValidationParameters, provider, provider.Audience);
        });
    }

    /// <summary>Sign-in on the pages by code flow with PKCE. What comes of it is handed to <paramref name="signIn"/>; no token and no claim is kept.</summary>
    public static void AddPages(IServiceCollection services, ProviderKeys keys, IDataProtectionProvider protection, ProviderSignIn signIn)
    {
        var provider = keys.Provider;
        services.AddAuthentication().AddMicrosoftIdentityWebApp(
            identity =>
            {
                Identify(identity, provider);
                identity.ClientSecret = provider.ClientSecret;
            },
            cookie => cookie.DataProtectionProvider = protection,
            PageScheme,
            UnusedScheme);
        services.Configure<OpenIdConnectOptions>(PageScheme, oidc =>
        {
            oidc.Authority = provider.Issuer;
            oidc.ConfigurationManager = keys;
            oidc.Configuration = null;
            oidc.RefreshOnIssuerKeyNotFound = false;
            oidc.CallbackPath = CallbackPath;
            oidc.DataProtectionProvider = protection;
            oidc.BackchannelHttpHandler = ProviderDocuments.Handler(provider);
            oidc.BackchannelTimeout = TimeSpan.FromSeconds(10);
            oidc.RemoteAuthenticationTimeout = SignInWithin;
            oidc.ResponseType = OpenIdConnectResponseType.Code;
            oidc.ResponseMode = OpenIdConnectResponseMode.Query;
            oidc.UsePkce = true;
            oidc.SaveTokens = false;
            oidc.GetClaimsFromUserInfoEndpoint = false;
            oidc.TokenHandler = new JsonWebTokenHandler { MapInboundClaims = false };
            oidc.DisableTelemetry = true;
            oidc.Scope.Clear();
            oidc.Scope.Add("openid");
            oidc.Scope.Add("profile");
            oidc.ProtocolValidator.RequireNonce = true;
            oidc.ProtocolValidator.NonceLifetime = SignInWithin;
            Harden(oidc.CorrelationCookie, "__Host-signin.");
            Harden(oidc.NonceCookie, "__Host-nonce.");
            Validate(oidc.TokenValidationParameters, provider, provider.ClientId);
            oidc.Events.OnRedirectToIdentityProvider = signIn.Leave;
            oidc.Events.OnTicketReceived = signIn.Return;
            oidc.Events.OnRemoteFailure = signIn.Fail;
        });
    }

    private static void Identify(MicrosoftIdentityOptions identity, OpenIdProvider provider)
    {
        identity.Instance = provider.Issuer;
        identity.TenantId = provider.TenantId.Length > 0 ? provider.TenantId : "common";
        identity.ClientId = provider.ClientId.Length > 0 ? provider.ClientId : provider.Audience;
    }

    private static void Harden(CookieBuilder cookie, string name)
    {
        cookie.Name = name;
        cookie.Path = "/";
        cookie.HttpOnly = true;
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = CookieSecurePolicy.Always;
    }

    private static void Validate(TokenValidationParameters parameters, OpenIdProvider provider, string audience)
    {
        parameters.IssuerValidator = null;
        parameters.ValidateIssuer = true;
        parameters.ValidIssuer = null;
        parameters.ValidIssuers = provider.Issuers;
        parameters.ValidateAudience = true;
        parameters.AudienceValidator = null;
        parameters.ValidAudience = audience;
        parameters.ValidAudiences = null;
        parameters.ValidAlgorithms = Algorithms;
        parameters.RequireSignedTokens = true;
        parameters.RequireExpirationTime = true;
        parameters.ValidateLifetime = true;
        parameters.ValidateIssuerSigningKey = false; // the keys are the provider's own, looked at when they were fetched
        parameters.IssuerSigningKeyResolver = null;
        parameters.IssuerSigningKeyValidator = null;
        parameters.IssuerSigningKeyValidatorUsingConfiguration = null;
        parameters.ClockSkew = ClockSkew;
    }
}
