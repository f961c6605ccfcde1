using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EHealthHub.Operator.Preparing;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>A program of an institution with a key of its own, by code that shares nothing with the hub's.</summary>
internal sealed class OAuthClient(string id) : IDisposable
{
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    public string Id => id;

    public ClientKey Key => new("k1", "ES384", Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo()));

    public string KeySet()
    {
        var point = _key.ExportParameters(false).Q;
        return $$"""{"keys":[{"kty":"EC","crv":"P-384","kid":"k1","alg":"ES384","use":"sig","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}]}""";
    }

    /// <summary>A client assertion, sound until it is spoiled.</summary>
    public string Assertion(Uri hub, Action<JsonObject, JsonObject>? spoil = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var header = new JsonObject { ["alg"] = "ES384", ["kid"] = "k1", ["typ"] = "JWT" };
        var claims = new JsonObject
        {
            ["iss"] = id,
            ["sub"] = id,
            ["aud"] = new Uri(hub, "oauth/token").ToString(),
            ["jti"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(16)),
            ["iat"] = now,
            ["exp"] = now + 120,
        };
        spoil?.Invoke(header, claims);
        var signed = Encode(header) + "." + Encode(claims);
        return signed + "." + Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA384));
    }

    public void Dispose() => _key.Dispose();

    /// <summary>Registers programs and waits until a running hub has taken them up.</summary>
    public static async Task Register(HubDirectory hub, string institution, params RegisteredClient[] clients)
    {
        using var opened = OpenedHub.Open(hub.Layout.Root, out var fault) ?? throw new InvalidOperationException(fault);
        using var authenticator = new VaultRegistryAuthenticator(opened.Vault);
        var registry = RegistryFile.Open(hub.Layout.Registry, authenticator, TimeProvider.System);
        await using (registry)
        {
            foreach (var client in clients)
            {
                var change = registry.Change(r => r.PutClient(institution, client));
                Assert.True(change.Status == RegistryChangeStatus.Done, string.Create(CultureInfo.InvariantCulture, $"{change.Status} {change.Fault}"));
            }
        }

        await Task.Delay(TimeSpan.FromSeconds(1.2));
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
