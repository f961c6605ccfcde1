using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using EHealthHub.Records;
using EHealthHub.Trust;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Gateway.Authorization;

/// <summary>The documents by which clients find the endpoints and the hub's keys. They say what is served and nothing else; a test asks each endpoint they name.</summary>
internal static class OAuthDocuments
{
    private static readonly string[] Grants = ["authorization_code", "client_credentials", "refresh_token", OAuthServer.CardGrant];
    private static readonly string[] ClientAuthentication = ["private_key_jwt", "tls_client_auth"];
    private static readonly string[] ResponseTypes = ["code"];
    private static readonly string[] ResponseModes = ["query"];
    private static readonly string[] ChallengeMethods = ["S256"];
    private static readonly string[] SubjectTypes = ["public"];
    private static readonly string[] IdentityAlgorithms = ["ES256"];
    private static readonly string[] Claims = ["iss", "sub", "aud", "iat", "exp", "auth_time", "nonce", "fhirUser"];
    private static readonly string[] Algorithms = ["ES256", "ES384", "RS256", "RS384", "PS256"];
    internal static readonly string[] Scopes = ["openid", "fhirUser", "offline_access", "launch/patient", "patient/*.rs", "user/*.rs", "system/*.cruds"];
    private static readonly string[] Capabilities = 
    [
        "launch-standalone", "client-public", "client-confidential-asymmetric", "sso-openid-connect", "context-standalone-patient", "permission-offline", "permission-patient", "permission-user", "permission-v2", "authorize-post",
    ];

    /// <summary>RFC 8414; SMART App Launch 2.2, conformance, is the same and its capabilities.</summary>
    public static byte[] Metadata(HubIdentity hub, bool smart)
    {
        var document = Common(hub);
        if (smart)
        {
            document["capabilities"] = Capabilities;
        }

        return JsonSerializer.SerializeToUtf8Bytes(document);
    }

    /// <summary>OpenID Connect Discovery 1.0.</summary>
    public static byte[] OpenId(HubIdentity hub)
    {
        var document = Common(hub);
        document["subject_types_supported"] = SubjectTypes;
        document["id_token_signing_alg_values_supported"] = IdentityAlgorithms;
        document["claims_supported"] = Claims;
        return JsonSerializer.SerializeToUtf8Bytes(document);
    }

    private static Dictionary<string, object> Common(HubIdentity hub)
    {
        var document = new Dictionary<string, object>
        {
            ["issuer"] = hub.BaseUrl,
            ["jwks_uri"] = hub.BaseUrl + "/oauth/jwks",
            ["token_endpoint"] = $"{hub.BaseUrl}/{OAuthServer.TokenPath}",
            ["introspection_endpoint"] = $"{hub.BaseUrl}/{OAuthServer.IntrospectionPath}",
            ["revocation_endpoint"] = $"{hub.BaseUrl}/{OAuthServer.RevocationPath}",
            ["grant_types_supported"] = Grants,
            ["authorization_endpoint"] = $"{hub.BaseUrl}/{OAuthServer.AuthorizationPath}",
            ["response_types_supported"] = ResponseTypes,
            ["response_modes_supported"] = ResponseModes,
            ["code_challenge_methods_supported"] = ChallengeMethods,
            ["authorization_response_iss_parameter_supported"] = true,
            ["scopes_supported"] = Scopes,
            ["tls_client_certificate_bound_access_tokens"] = true,
        };
        foreach (var endpoint in (string[])["token", "introspection", "revocation"])
        {
            document[endpoint + "_endpoint_auth_methods_supported"] = ClientAuthentication;
            document[endpoint + "_endpoint_auth_signing_alg_values_supported"] = Algorithms;
        }

        return document;
    }

    /// <summary>RFC 7517: the ES256 keys that sign tokens, the next one among them.</summary>
    public static byte[] KeySet(TokenKeyRing ring) =>
        JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["keys"] = ring.Published().Select(Jwk).ToArray() });

    private static Dictionary<string, string> Jwk(ITokenSigner signer)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(signer.PublicKey, out _);
        var point = key.ExportParameters(false).Q;
        return new Dictionary<string, string>
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["use"] = "sig",
            ["alg"] = "ES256",
            ["kid"] = signer.KeyId,
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y),
        };
    }
}
