using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EHealthHub.Auditor.Tests.Support;

/// <summary>A small OpenID provider that is not Entra ID: metadata, keys, an authorization endpoint that asks nobody, and a token endpoint that checks code, secret and PKCE.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Dictionary<string, (string Nonce, string Challenge)> _codes = [];

    private TestIssuer(WebApplication app) => _app = app;

    public const string ClientId = "auditor-pages";
    public const string ClientSecret = "a secret of the test";

    /// <summary>Who signs in next.</summary>
    public string Person { get; set; } = "auditor";

    /// <summary>The audience and issuer of the tokens, when not the right ones.</summary>
    public string? WrongAudience { get; set; }

    public string? WrongIssuer { get; set; }

    public string Address { get; private set; } = "";

    public static async Task<TestIssuer> Start(TestHub hub)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(hub.Pki.Load("server"))));
        var app = builder.Build();
        var issuer = new TestIssuer(app);
        app.MapGet("/.well-known/openid-configuration", issuer.Metadata);
        app.MapGet("/keys", issuer.Keys);
        app.MapGet("/authorize", issuer.Authorize);
        app.MapPost("/token", issuer.Token);
        await app.StartAsync();
        var port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        issuer.Address = $"https://localhost:{port}";
        return issuer;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
    }

    private IResult Metadata() => Results.Json(new
    {
        issuer = Address,
        authorization_endpoint = Address + "/authorize",
        token_endpoint = Address + "/token",
        jwks_uri = Address + "/keys",
        response_types_supported = new[] { "code" },
        subject_types_supported = new[] { "public" },
        id_token_signing_alg_values_supported = new[] { "ES256" },
    });

    private IResult Keys()
    {
        var q = _key.ExportParameters(false).Q;
        return Results.Json(new { keys = new[] { new { kty = "EC", use = "sig", kid = "1", crv = "P-256", alg = "ES256", x = Encode(q.X!), y = Encode(q.Y!) } } });
    }

    private IResult Authorize(HttpRequest request)
    {
        var code = Encode(RandomNumberGenerator.GetBytes(16));
        _codes[code] = (request.Query["nonce"]!, request.Query["code_challenge"]!);
        return Results.Redirect($"{request.Query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(request.Query["state"]!)}");
    }

    private async Task<IResult> Token(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (!_codes.Remove(form["code"]!, out var asked) || form["client_secret"] != ClientSecret || Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"]!))) != asked.Challenge)
        {
            return Results.BadRequest(new { error = "invalid_grant" });
        }

        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var token = Sign(new { iss = WrongIssuer ?? Address, aud = WrongAudience ?? ClientId, sub = "42", preferred_username = Person, nonce = asked.Nonce, iat = now, nbf = now, exp = now + 300 });
        return Results.Json(new { access_token = "opaque", token_type = "Bearer", expires_in = 300, id_token = token });
    }

    private string Sign(object payload)
    {
        var text = Encode(JsonSerializer.SerializeToUtf8Bytes(new { alg = "ES256", typ = "JWT", kid = "1" })) + "." + Encode(JsonSerializer.SerializeToUtf8Bytes(payload));
        return text + "." + Encode(_key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256));
    }

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
