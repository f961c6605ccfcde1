using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.SignIn;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace EHealthHub.Gateway.Authorization;

/// <summary>
/// OpenIddict as this hub runs it: its protocol, our decisions. It has no store ("degraded mode"): clients stand in the hub's registry, tokens are the hub's own, and every step that decides is one of ours, named here in the order in which
/// a request meets it.
/// </summary>
internal static class OAuthServer
{
    public const string AuthorizationPath = "oauth/authorize";
    public const string TokenPath = "oauth/token";
    public const string IntrospectionPath = "oauth/introspect";
    public const string RevocationPath = "oauth/revoke";

    /// <summary>RFC 7523, 2.1: a card's assertion.</summary>
    public const string CardGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    // Ours come first wherever they look at what was sent, and last before the answer.
    private const int First = int.MinValue + 1_000;

    public static void AddOAuth(this IServiceCollection services, HubParts parts, TrustParts trust, GatewayMetrics metrics, PageSignIn signIn)
    {
        services.AddSingleton(new OAuthHost(parts));
        services.AddSingleton(_ => new UdapDocument(parts));
        services.AddOpenIddict().AddServer(server =>
        {
            Protocol(server, parts, trust);
            var answers = new OAuthAnswers(parts);
            SystemSteps(server, new ClientSteps(trust, metrics), new TokenSteps(trust, metrics), new InspectionSteps(parts, trust), answers);
            PersonSteps(server, new LaunchSteps(parts, trust, metrics, new FormSeal(parts), signIn), answers);
        });
    }

    private static void Protocol(OpenIddictServerBuilder server, HubParts parts, TrustParts trust)
    {
        server.SetIssuer(new Uri(parts.Hub.BaseUrl));
        server.SetTokenEndpointUris(TokenPath).SetIntrospectionEndpointUris(IntrospectionPath).SetRevocationEndpointUris(RevocationPath);
        server.SetConfigurationEndpointUris(Array.Empty<string>()).SetJsonWebKeySetEndpointUris(Array.Empty<string>());
        server.SetAuthorizationEndpointUris(AuthorizationPath);
        server.AllowClientCredentialsFlow().AllowCustomFlow(CardGrant).AllowAuthorizationCodeFlow().AllowRefreshTokenFlow().RequireProofKeyForCodeExchange();
        server.SetAuthorizationCodeLifetime(TimeSpan.FromSeconds(60)).SetRefreshTokenLifetime(TimeSpan.FromHours(trust.Options.SessionHoursMax)).SetIdentityTokenLifetime(TimeSpan.FromSeconds(trust.Options.AppTokenSecondsMax));
        server.SetAccessTokenLifetime(TimeSpan.FromSeconds(trust.Options.TokenSecondsMax));
        server.EnableDegradedMode().AcceptAnonymousClients().DisableScopeValidation().DisableAccessTokenEncryption();
        server.Configure(options =>
        {
            options.TimeProvider = parts.Time;
            options.ClientAuthenticationMethods.Clear();
            options.ClientAuthenticationMethods.Add(OpenIddictConstants.ClientAuthenticationMethods.PrivateKeyJwt);
            options.CodeChallengeMethods.Clear();
            options.CodeChallengeMethods.Add(OpenIddictConstants.CodeChallengeMethods.Sha256);
            options.ResponseModes.Clear();
            options.ResponseModes.Add(OpenIddictConstants.ResponseModes.Query);
        });
        AddKeys(server, parts, trust);

        // It asks for a secret or an assertion; who proved itself by its certificate has neither, and who has not is refused before.
        server.RemoveEventHandler(OpenIddictServerHandlers.Exchange.ValidateClientCredentialsParameters.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.Introspection.ValidateClientCredentialsParameters.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.Revocation.ValidateClientCredentialsParameters.Descriptor);

        // It compares scopes as texts; Trust knows which one is less than another.
        server.RemoveEventHandler(OpenIddictServerHandlers.Exchange.ValidateGrantedScopes.Descriptor);
    }

    /// <summary>The endpoint that people meet.</summary>
    private static void PersonSteps(OpenIddictServerBuilder server, LaunchSteps launch, OAuthAnswers answers)
    {
        server.AddEventHandler<ExtractAuthorizationRequestContext>(b => b.UseInlineHandler(launch.Read).SetOrder(First));
        server.AddEventHandler<ValidateAuthorizationRequestContext>(b => b.UseInlineHandler(launch.Check).SetOrder(First));
        server.AddEventHandler<HandleAuthorizationRequestContext>(b => b.UseInlineHandler(launch.Ask).SetOrder(int.MaxValue - 1_000));
        server.AddEventHandler<ApplyAuthorizationResponseContext>(b => b.UseInlineHandler(answers.Authorization).SetOrder(int.MaxValue - 1_000));
    }

    private static void SystemSteps(OpenIddictServerBuilder server, ClientSteps clients, TokenSteps tokens, InspectionSteps inspection, OAuthAnswers answers)
    {
        // The form, then the client.
        server.AddEventHandler<ExtractTokenRequestContext>(b => b.UseInlineHandler(clients.ReadForm).SetOrder(First));
        server.AddEventHandler<ExtractIntrospectionRequestContext>(b => b.UseInlineHandler(clients.ReadForm).SetOrder(First));
        server.AddEventHandler<ExtractRevocationRequestContext>(b => b.UseInlineHandler(clients.ReadForm).SetOrder(First));
        server.AddEventHandler<ValidateTokenRequestContext>(b => b.UseInlineHandler(clients.Prove).SetOrder(First));
        server.AddEventHandler<ValidateIntrospectionRequestContext>(b => b.UseInlineHandler(clients.ProveResourceServer).SetOrder(First));
        server.AddEventHandler<ValidateRevocationRequestContext>(b => b.UseInlineHandler(clients.Prove).SetOrder(First));

        // The token that is asked about.
        server.AddEventHandler<ValidateTokenContext>(b => b.UseInlineHandler(inspection.ReadToken).SetOrder(OpenIddictServerHandlers.Protection.ValidateIdentityModelToken.Descriptor.Order - 1));
        server.AddEventHandler<HandleIntrospectionRequestContext>(b => b.UseInlineHandler(inspection.Describe).SetOrder(int.MaxValue - 1_000));
        server.AddEventHandler<HandleRevocationRequestContext>(b => b.UseInlineHandler(inspection.Revoke).SetOrder(int.MaxValue - 1_000));

        // The grant.
        server.AddEventHandler<HandleTokenRequestContext>(b => b.UseInlineHandler(tokens.Decide).SetOrder(int.MaxValue - 1_000));
        server.AddEventHandler<GenerateTokenContext>(b => b.UseInlineHandler(tokens.Write).SetOrder(OpenIddictServerHandlers.Protection.GenerateIdentityModelToken.Descriptor.Order - 1));

        // The answer, with its entry in the log.
        server.AddEventHandler<ApplyTokenResponseContext>(b => b.UseInlineHandler(answers.Token).SetOrder(int.MaxValue - 1_000));
        server.AddEventHandler<ApplyIntrospectionResponseContext>(b => b.UseInlineHandler(answers.Introspection).SetOrder(int.MaxValue - 1_000));
        server.AddEventHandler<ApplyRevocationResponseContext>(b => b.UseInlineHandler(answers.Revocation).SetOrder(int.MaxValue - 1_000));
    }

    /// <summary>
    /// What OpenIddict itself seals, it seals under secrets of the vault. It demands an asymmetric key besides, which never signs: access and identity tokens are written by Trust.
    /// </summary>
    private static void AddKeys(OpenIddictServerBuilder server, HubParts parts, TrustParts trust)
    {
        using var sealing = parts.Vault.Derive("oauth/seal/" + parts.Layout.GrantEpoch);
        using var signing = parts.Vault.Derive("oauth/sign/" + parts.Layout.GrantEpoch);
        server.AddEncryptionKey(new SymmetricSecurityKey(sealing.Bytes.ToArray()));
        server.AddSigningKey(new SymmetricSecurityKey(signing.Bytes.ToArray()));
        var unused = System.Security.Cryptography.ECDsa.Create();
        unused.ImportSubjectPublicKeyInfo(trust.Keys.Published()[0].PublicKey, out _);
        server.AddSigningKey(new ECDsaSecurityKey(unused));
    }
}
