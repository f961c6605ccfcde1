using System.Security.Cryptography.X509Certificates;
using EHealthHub.Auditor.Pages;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Identity.Web;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace EHealthHub.Auditor.SignIn;

/// <summary>Registers Microsoft.Identity.Web for any issuer. Its own issuer validator asks for the claims of Entra ID, so issuer, metadata and audience are set explicitly.</summary>
internal static class OidcSignIn
{
    /// <summary>Adds sign-in by code flow with PKCE and a session cookie; neither tokens nor claims beyond the person's id are kept.</summary>
    public static void Add(IServiceCollection services, OidcSettings settings)
    {
        services.AddAuthentication(OpenIdConnectDefaults.AuthenticationScheme).AddMicrosoftIdentityWebApp(
            identity =>
            {
                identity.Instance = settings.Authority;
                identity.TenantId = "common";
                identity.ClientId = settings.ClientId;
                identity.ClientSecret = settings.ClientSecret;
            },
            cookie =>
            {
                cookie.Cookie.Name = "__Host-auditor";
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.Always;
                cookie.ExpireTimeSpan = TimeSpan.FromMinutes(settings.SessionMinutes);
                cookie.SlidingExpiration = false;
            });
        services.Configure<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme, oidc =>
        {
            oidc.Authority = settings.Authority;
            oidc.MetadataAddress = settings.MetadataAddress.Length > 0 ? settings.MetadataAddress : settings.Authority.TrimEnd('/') + "/.well-known/openid-configuration";
            oidc.ResponseType = OpenIdConnectResponseType.Code;
            oidc.ResponseMode = OpenIdConnectResponseMode.Query;
            oidc.UsePkce = true;
            oidc.SaveTokens = false;
            oidc.MapInboundClaims = false;
            oidc.Scope.Clear();
            oidc.Scope.Add("openid");
            oidc.Scope.Add("profile");
            oidc.TokenValidationParameters.IssuerValidator = null;
            oidc.TokenValidationParameters.ValidateIssuer = true;
            oidc.TokenValidationParameters.ValidIssuer = settings.Authority.TrimEnd('/');
            oidc.TokenValidationParameters.ValidIssuers = [settings.Authority.TrimEnd('/'), settings.Authority.TrimEnd('/') + "/"];
            oidc.TokenValidationParameters.ValidAudience = settings.ClientId;
            oidc.Events.OnRemoteFailure = Refuse;
            if (settings.CertificateAuthority.Length > 0)
            {
                oidc.BackchannelHttpHandler = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = Only(settings.CertificateAuthority) } };
            }
        });
    }

    /// <summary>A code or token that does not hold is a refusal like any other, with a page that says so.</summary>
    private static Task Refuse(RemoteFailureContext failure)
    {
        failure.HandleResponse();
        Log.Refused(failure.HttpContext.RequestServices.GetRequiredService<ILogger<StaffGate>>(), StaffVerdict.SignInFailed.Reason, "");
        return PageEndpoints.Refused(failure.HttpContext, StaffVerdict.SignInFailed);
    }

    private static X509ChainPolicy Only(string authorityFile)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.ImportFromPemFile(authorityFile);
        return policy;
    }

    /// <summary>The scheme that holds the session.</summary>
    public static string SessionScheme => CookieAuthenticationDefaults.AuthenticationScheme;
}
