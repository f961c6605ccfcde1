using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using EHealthHub.Records;
using EHealthHub.Trust;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>The documents by which clients find the token endpoint and the hub's keys.</summary>
internal static class SmartDocuments
{
    private static readonly string[] Grants = ["urn:ietf:params:oauth:grant-type:jwt-bearer"];
    private static readonly string[] ClientAuthentication = ["tls_client_auth"];
    private static readonly string[] Scopes = ["user/*.rs"];
    private static readonly string[] Capabilities = ["permission-v2"];

    /// <summary>SMART App Launch 2.2, conformance: only what is served.</summary>
    public static byte[] Configuration(HubIdentity hub) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
    {
        ["issuer"] = hub.BaseUrl,
        ["jwks_uri"] = hub.BaseUrl + "/oauth/jwks",
        ["token_endpoint"] = hub.BaseUrl + "/oauth/token",
        ["grant_types_supported"] = Grants,
        ["token_endpoint_auth_methods_supported"] = ClientAuthentication,
        ["tls_client_certificate_bound_access_tokens"] = true,
        ["scopes_supported"] = Scopes,
        ["capabilities"] = Capabilities,
    });

    /// <summary>RFC 7517: the ES256 key that signs access tokens.</summary>
    public static byte[] KeySet(ITokenSigner signer)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(signer.PublicKey, out _);
        var point = key.ExportParameters(false).Q;
        var jwk = new Dictionary<string, string>
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["use"] = "sig",
            ["alg"] = "ES256",
            ["kid"] = signer.KeyId,
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y),
        };
        return JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["keys"] = new[] { jwk } });
    }
}
