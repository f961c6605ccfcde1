using System.Buffers.Text;
using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace EHealthHub.Tests.OpenId;

/// <summary>Who sits before the browser, as the provider knows them.</summary>
public sealed record OpenIdUser(string Subject, string? NationalId = null, string? Name = null, string? Role = null);

/// <summary>A program that the provider knows.</summary>
public sealed record OpenIdClient(string Id, string Secret, string Redirect);

/// <summary>A real OpenID provider on loopback: OpenIddict's server with code flow and PKCE, that asks nobody for a password but believes who the test says is there.</summary>
public sealed class OpenIdHost : IAsyncDisposable
{
    public const string Audience = "https://api.hub.example";

    private readonly X509Certificate2 _tls;
    private readonly int _port;
    private readonly List<OpenIdClient> _clients = [];
    private WebApplication? _app;
    private SecurityKey _key = NewKey();

    private OpenIdHost(X509Certificate2 tls, int port) => (_tls, _port) = (tls, port);

    /// <summary>Who is there.</summary>
    public OpenIdUser User { get; set; } = new("nobody");

    /// <summary>Lifetime of access tokens.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Changes to what the next tokens say, identity tokens included.</summary>
    public Action<ClaimsIdentity>? Spoil { get; set; }

    /// <summary>What the last browser that was sent here asked for.</summary>
    public IReadOnlyDictionary<string, string?> Asked { get; private set; } = new Dictionary<string, string?>();

    /// <summary>How often keys were asked for.</summary>
    public int KeysAsked { get; private set; }

    public string Authority => FormattableString.Invariant($"https://localhost:{_port}");

    public static async Task<OpenIdHost> Start(X509Certificate2 tls, int port)
    {
        var host = new OpenIdHost(tls, port);
        await host.Resume();
        return host;
    }

    public void Add(params OpenIdClient[] clients) => _clients.InsertRange(0, clients);

    /// <summary>Nobody answers any more.</summary>
    public async Task Stop()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            _app = null;
        }
    }

    /// <summary>Answers (again) at the same address, with the key of now.</summary>
    public async Task Resume()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, _port, l => l.UseHttps(https =>
        {
            https.ServerCertificate = _tls;
            https.OnAuthenticate = static (_, ssl) => ssl.AllowTlsResume = false;
        })));
        builder.Services.AddOpenIddict().AddServer(Configure);
        _app = builder.Build();
        _app.UseMiddleware<Count>(this);
        _app.UseAuthentication();
        await _app.StartAsync();
        await WarmUp();
    }

    /// <summary>The first answers of a process are slow, and whoever waits for a provider waits for ten seconds only: on a busy machine the tests would try that instead.</summary>
    private async Task WarmUp()
    {
        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == _tls.GetCertHashString() } }) { Timeout = TimeSpan.FromMinutes(1) };
        foreach (var document in new[] { "/.well-known/openid-configuration", "/.well-known/jwks" })
        {
            using var answer = await http.GetAsync(Authority + document);
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Signs with another key from now on, and publishes no other.</summary>
    public async Task ChangeKey(bool publish = true)
    {
        _key = NewKey();
        if (publish)
        {
            await Stop();
            await Resume();
        }
    }

    /// <summary>Walks the code flow as a program does, and gives the tokens.</summary>
    public async Task<JsonNode> Tokens(HttpClient http, OpenIdClient client, string scope)
    {
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        using var sent = await http.GetAsync(
            $"{Authority}/authorize?response_type=code&client_id={client.Id}&redirect_uri={Uri.EscapeDataString(client.Redirect)}&scope={Uri.EscapeDataString(scope)}&state=s&nonce=n&code_challenge={challenge}&code_challenge_method=S256");
        var code = sent.Headers.Location!.Query[1..].Split('&').Single(p => p.StartsWith("code=", StringComparison.Ordinal))[5..];
        using var form = new FormUrlEncodedContent(
        [
            new("grant_type", "authorization_code"), new("code", Uri.UnescapeDataString(code)), new("redirect_uri", client.Redirect), new("client_id", client.Id), new("client_secret", client.Secret), new("code_verifier", verifier),
        ]);
        using var answer = await http.PostAsync(Authority + "/token", form);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    /// <summary>A token like the given one, changed, and signed with the provider's own key unless told otherwise.</summary>
    public string Resign(string token, Action<JsonObject, JsonObject> change, Func<byte[], byte[]>? sign = null)
    {
        var parts = token.Split('.');
        var (header, claims) = (Parse(parts[0]), Parse(parts[1]));
        change(header, claims);
        var signed = Encode(header) + "." + Encode(claims);
        var signature = sign is null ? ((ECDsaSecurityKey)_key).ECDsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256) : sign(Encoding.ASCII.GetBytes(signed));
        return signed + "." + Base64Url.EncodeToString(signature);
    }

    public async ValueTask DisposeAsync() => await Stop();

    private static ECDsaSecurityKey NewKey() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)) };

    private void Configure(OpenIddictServerBuilder server)
    {
        server.SetIssuer(new Uri(Authority));
        server.SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token").SetEndSessionEndpointUris("logout");
        server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
        server.EnableDegradedMode().DisableAccessTokenEncryption().DisableScopeValidation();
        server.AddEphemeralEncryptionKey().AddSigningKey(_key);
        server.SetAccessTokenLifetime(Lifetime);
        server.UseAspNetCore();
        server.AddEventHandler<ValidateAuthorizationRequestContext>(b => b.UseInlineHandler(Check));
        server.AddEventHandler<HandleAuthorizationRequestContext>(b => b.UseInlineHandler(SignIn));
        server.AddEventHandler<ValidateTokenRequestContext>(b => b.UseInlineHandler(Check));
        server.AddEventHandler<HandleTokenRequestContext>(b => b.UseInlineHandler(Exchange));
        server.AddEventHandler<ValidateEndSessionRequestContext>(b => b.UseInlineHandler(static _ => ValueTask.CompletedTask));
        server.AddEventHandler<HandleEndSessionRequestContext>(b => b.UseInlineHandler(static context =>
        {
            context.SignOut();
            return ValueTask.CompletedTask;
        }));
    }

    private ValueTask Check(ValidateAuthorizationRequestContext context)
    {
        Asked = context.Request.GetParameters().ToDictionary(p => p.Key, p => (string?)p.Value);
        if (_clients.Find(c => c.Id == context.ClientId) is not { } client || client.Redirect != context.RedirectUri)
        {
            context.Reject(OpenIddictConstants.Errors.InvalidClient);
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask Check(ValidateTokenRequestContext context)
    {
        if (!_clients.Any(c => c.Id == context.ClientId && c.Secret == context.ClientSecret))
        {
            context.Reject(OpenIddictConstants.Errors.InvalidClient);
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask SignIn(HandleAuthorizationRequestContext context)
    {
        var identity = new ClaimsIdentity("provider");
        identity.AddClaim(new Claim("sub", User.Subject));
        Add(identity, "national_id", User.NationalId);
        Add(identity, "name", User.Name);
        Add(identity, "roles", User.Role);
        Spoil?.Invoke(identity);
        var principal = new ClaimsPrincipal(identity);
        principal.SetScopes(context.Request.GetScopes());
        principal.SetResources(Audience);
        principal.SetDestinations(static _ => [OpenIddictConstants.Destinations.AccessToken, OpenIddictConstants.Destinations.IdentityToken]);
        context.SignIn(principal);
        return ValueTask.CompletedTask;
    }

    private static ValueTask Exchange(HandleTokenRequestContext context)
    {
        var principal = context.AuthorizationCodePrincipal!;
        principal.SetDestinations(static _ => [OpenIddictConstants.Destinations.AccessToken, OpenIddictConstants.Destinations.IdentityToken]);
        context.SignIn(principal);
        return ValueTask.CompletedTask;
    }

    private static void Add(ClaimsIdentity identity, string type, string? value)
    {
        if (value is not null)
        {
            identity.AddClaim(new Claim(type, value));
        }
    }

    private static JsonObject Parse(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part))!.AsObject();

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private sealed class Count(Microsoft.AspNetCore.Http.RequestDelegate next, OpenIdHost host)
    {
        public Task InvokeAsync(Microsoft.AspNetCore.Http.HttpContext context)
        {
            if (context.Request.Path == "/.well-known/jwks")
            {
                host.KeysAsked++;
            }

            return next(context);
        }
    }
}
