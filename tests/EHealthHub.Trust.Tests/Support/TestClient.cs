using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EHealthHub.Trust.Clients;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Trust.Tests.Support;

/// <summary>A client's side, by code of its own: a key, its registration, and an assertion that is sound until a test spoils it.</summary>
internal sealed class TestClient : IDisposable
{
    internal const string Id = "ankara-laboratory";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    internal ClientKey Key => new("k1", "ES384", Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo()));

    internal RegisteredClient Registration(ClientKind kind = ClientKind.System, bool withKey = true, params string[] scopes) =>
        new(Id, "Laboratory", kind, withKey ? [Key] : [], [], [.. scopes.Length == 0 && kind == ClientKind.System ? ["system/*.rs"] : scopes], IsPublic: false, Suspended: false);

    internal static JsonObject Header => new() { ["alg"] = "ES384", ["kid"] = "k1", ["typ"] = "JWT" };

    internal static JsonObject Claims(DateTimeOffset now) => new()
    {
        ["iss"] = Id,
        ["sub"] = Id,
        ["aud"] = TestHub.Tokens.TokenEndpoint,
        ["jti"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(16)),
        ["iat"] = now.ToUnixTimeSeconds(),
        ["exp"] = now.ToUnixTimeSeconds() + 120,
    };

    internal string Assertion(DateTimeOffset now, Action<JsonObject, JsonObject>? spoil = null)
    {
        var (header, claims) = (Header, Claims(now));
        spoil?.Invoke(header, claims);
        return Sign(header.ToJsonString(), claims.ToJsonString());
    }

    internal string Sign(string header, string claims)
    {
        var signed = TestAssertion.Encode(header) + "." + TestAssertion.Encode(claims);
        return signed + "." + Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA384));
    }

    internal static ClientStatement With(string assertion, string? clientId = null) => new(clientId, ClientGate.AssertionType, assertion);

    public void Dispose() => _key.Dispose();
}
