using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Clients;

/// <summary>The endpoints that UDAP metadata names, and what is served there.</summary>
/// <param name="FhirBase">The API.</param>
/// <param name="Authorization">Authorization endpoint.</param>
/// <param name="Token">Token endpoint.</param>
/// <param name="Grants">grant_types_supported, of those that UDAP knows.</param>
/// <param name="Scopes">scopes_supported.</param>
public sealed record UdapEndpoints(string FhirBase, string Authorization, string Token, IReadOnlyList<string> Grants, IReadOnlyList<string> Scopes);

/// <summary>
/// UDAP metadata (HL7 FAST Security for Scalable Registration, 2), signed by a certificate that names the API's address. Programs are registered by the hub's operator and not by themselves, so that no registration endpoint is named.
/// </summary>
public static class UdapMetadata
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromDays(7);
    private static readonly string[] Versions = ["1"];
    private static readonly string[] Profiles = ["udap_authn", "udap_authz"];
    private static readonly string[] Extensions = ["hl7-b2b"];
    private static readonly string[] Algorithms = ["RS256", "RS384", "ES256", "ES384"];
    private static readonly string[] Authentication = ["private_key_jwt"];

    /// <summary>The document. <paramref name="signer"/> has its private key and names the API's address among its alternative names.</summary>
    public static byte[] Write(UdapEndpoints endpoints, X509Certificate2 signer, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Strings(json, "udap_versions_supported", Versions);
            Strings(json, "udap_profiles_supported", Profiles);
            Strings(json, "udap_authorization_extensions_supported", Extensions);
            Strings(json, "udap_authorization_extensions_required", Extensions);
            Strings(json, "udap_certifications_supported", []);
            Strings(json, "grant_types_supported", endpoints.Grants);
            Strings(json, "scopes_supported", endpoints.Scopes);
            json.WriteString("authorization_endpoint", endpoints.Authorization);
            json.WriteString("token_endpoint", endpoints.Token);
            Strings(json, "token_endpoint_auth_methods_supported", Authentication);
            Strings(json, "token_endpoint_auth_signing_alg_values_supported", Algorithms);
            json.WriteString("signed_metadata", Sign(endpoints, signer, now));
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string Sign(UdapEndpoints endpoints, X509Certificate2 signer, DateTimeOffset now)
    {
        var algorithm = JoseAlgorithm.For(signer) ?? throw new ArgumentException("The certificate's key is of no kind that signs metadata.", nameof(signer));
        var header = Encode(json =>
        {
            json.WriteString("alg", algorithm);
            json.WriteStartArray("x5c");
            json.WriteBase64StringValue(signer.RawDataMemory.Span);
            json.WriteEndArray();
        });
        var claims = Encode(json =>
        {
            json.WriteString("iss", endpoints.FhirBase);
            json.WriteString("sub", endpoints.FhirBase);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", Math.Min((now + GoodFor).ToUnixTimeSeconds(), new DateTimeOffset(signer.NotAfter.ToUniversalTime()).ToUnixTimeSeconds()));
            json.WriteString("jti", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
            json.WriteString("authorization_endpoint", endpoints.Authorization);
            json.WriteString("token_endpoint", endpoints.Token);
        });
        var signed = $"{header}.{claims}";
        return $"{signed}.{Base64Url.EncodeToString(JoseAlgorithm.Sign(signer, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static void Strings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string Encode(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }
}
