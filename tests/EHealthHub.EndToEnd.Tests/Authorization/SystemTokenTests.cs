using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using EHealthHub.EndToEnd.Tests.Support;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.EndToEnd.Tests.Authorization;

/// <summary>A hub with a laboratory's system, a warehouse that may ask what tokens say, and the institutions themselves as clients.</summary>
public sealed class SystemTokenHub : IAsyncLifetime, IDisposable
{
    internal HubFixture Hub { get; } = new();

    internal OAuthClient Laboratory { get; } = new("ankara-laboratory");

    internal OAuthClient Warehouse { get; } = new("warehouse");

    public async Task InitializeAsync()
    {
        await Hub.InitializeAsync();
        await OAuthClient.Register(Hub.Files, "hospital-ankara", new RegisteredClient(Laboratory.Id, "Laboratory", ClientKind.System, [Laboratory.Key], [], ["system/Observation.cruds", "system/Patient.crs"], false, false));
        await OAuthClient.Register(Hub.Files, "ministry", new RegisteredClient(Warehouse.Id, "Warehouse", ClientKind.ResourceServer, [Warehouse.Key], [], [], false, false));
    }

    public Task DisposeAsync() => Hub.DisposeAsync();

    public void Dispose()
    {
        Laboratory.Dispose();
        Warehouse.Dispose();
    }
}

public sealed class SystemTokenTests(SystemTokenHub fixture) : IClassFixture<SystemTokenHub>
{
    private HubFixture Hub => fixture.Hub;

    [Fact]
    public async Task Laboratory_reads_with_its_token_what_its_scopes_allow_and_no_more()
    {
        using var ankara = Hub.Client("hospital-ankara");
        var answer = (await Ask("hospital-ankara", fixture.Laboratory.Assertion(Hub.Files.BaseAddress), ("scope", "system/Patient.crs"))).Expect(200);
        Assert.Equal(["access_token", "expires_in", "scope", "token_type"], answer.Json.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.Equal(("Bearer", "system/Patient.crs"), ((string)answer.Json["token_type"]!, (string)answer.Json["scope"]!));
        Assert.InRange((int)answer.Json["expires_in"]!, 1, 300);

        ankara.Token = (string)answer.Json["access_token"]!;
        var patient = (await ankara.Post("fhir/Patient", Samples.Patient("Laborant"))).Expect(201).IdFromLocation();
        (await ankara.Get($"fhir/Patient/{patient}")).Expect(200);
        (await ankara.Post("fhir/Encounter", Samples.Encounter($"Patient/{patient}", "in-progress"))).Refused(403, "access-denied");
        (await ankara.Delete($"fhir/Patient/{patient}")).Refused(404);

        // The certificate alone still holds all that the hospital holds.
        ankara.Token = null;
        (await ankara.Post("fhir/Encounter", Samples.Encounter($"Patient/{patient}", "in-progress"))).Expect(201);
    }

    [Fact]
    public async Task Hospital_itself_asks_with_its_certificate_alone()
    {
        using var ankara = Hub.Client("hospital-ankara");
        var answer = (await ankara.Form("oauth/token", ("grant_type", "client_credentials"), ("client_id", "hospital-ankara"), ("scope", "system/Patient.rs"))).Expect(200);
        ankara.Token = (string)answer.Json["access_token"]!;
        (await ankara.Post("fhir/Patient", Samples.Patient("Yalnız"))).Refused(403, "access-denied");
        Assert.Equal("no-store", answer.Header("Cache-Control"));
    }

    [Theory]
    [InlineData("hospital-izmir", 401, "invalid_client", "client-unproven")]
    [InlineData("hospital-unregistered", 401, "invalid_client", "client-unproven")]
    [InlineData("hospital-revoked", 401, "invalid_client", "certificate-revoked")]
    [InlineData("dr-ayse", 401, "invalid_client", "client-unproven")]
    [InlineData(null, 401, "invalid_client", "certificate-required")]
    public async Task Assertion_on_a_connection_that_is_not_the_institution_s_is_refused(string? connection, int status, string error, string code) =>
        Refused(await Ask(connection, fixture.Laboratory.Assertion(Hub.Files.BaseAddress)), status, error, code);

    [Fact]
    public async Task Assertion_works_once()
    {
        var assertion = fixture.Laboratory.Assertion(Hub.Files.BaseAddress);
        (await Ask("hospital-ankara", assertion)).Expect(200);
        Refused(await Ask("hospital-ankara", assertion), 401, "invalid_client", "assertion-replayed");
    }

    [Fact]
    public async Task Of_many_at_once_with_the_same_assertion_one_gets_a_token()
    {
        var assertion = fixture.Laboratory.Assertion(Hub.Files.BaseAddress);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Ask("hospital-ankara", assertion)));
        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers, a => Assert.Contains(a.Status, (int[])[200, 401]));
    }

    [Fact]
    public async Task Spoiled_assertions_are_refused_each_for_its_reason()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        using var other = new OAuthClient("ankara-laboratory");
        (string Assertion, string Code)[] bad =
        [
            (fixture.Laboratory.Assertion(Hub.Files.BaseAddress, (_, c) => c["exp"] = now + 36_000), "assertion-expired"),
            (fixture.Laboratory.Assertion(Hub.Files.BaseAddress, (_, c) => (c["iat"], c["exp"]) = (now - 700, now - 400)), "assertion-expired"),
            (fixture.Laboratory.Assertion(Hub.Files.BaseAddress, (_, c) => c["aud"] = "https://elsewhere.example/oauth/token"), "assertion-misdirected"),
            (fixture.Laboratory.Assertion(Hub.Files.BaseAddress, (h, _) => h["alg"] = "none"), "assertion-invalid"),
            (fixture.Laboratory.Assertion(Hub.Files.BaseAddress, (h, _) => h["alg"] = "HS256"), "assertion-invalid"),
            (fixture.Laboratory.Assertion(Hub.Files.BaseAddress, (h, _) => h["jku"] = "https://evil.example/jwks"), "assertion-invalid"),
            (fixture.Laboratory.Assertion(Hub.Files.BaseAddress, (h, _) => h["jwk"] = new JsonObject()), "assertion-invalid"),
            (fixture.Laboratory.Assertion(Hub.Files.BaseAddress, (h, _) => h["x5c"] = new JsonArray(Hub.CertificateText("hospital-izmir"))), "assertion-invalid"),
            (other.Assertion(Hub.Files.BaseAddress), "assertion-invalid"),
            ("a.b.c", "assertion-invalid"),
        ];
        foreach (var (assertion, code) in bad)
        {
            Refused(await Ask("hospital-ankara", assertion), 401, "invalid_client", code);
        }
    }

    [Theory]
    [InlineData("system/*.cruds user/*.rs", 200, "system/Observation.cruds system/Patient.crs")]
    [InlineData("system/Condition.rs", 400, "invalid_scope")]
    [InlineData("user/*.rs openid", 400, "invalid_scope")]
    [InlineData("system/Observation.rs?category=laboratory", 200, "system/Observation.rs?category=laboratory")]
    public async Task Scopes_are_narrowed_or_refused_and_never_widened(string asked, int status, string outcome)
    {
        var answer = (await Ask("hospital-ankara", fixture.Laboratory.Assertion(Hub.Files.BaseAddress), ("scope", asked))).Expect(status);
        Assert.Equal(outcome, (string?)answer.Json[status == 200 ? "scope" : "error"]);
    }

    [Fact]
    public async Task Token_stolen_to_another_connection_is_refused()
    {
        using var izmir = Hub.Client("hospital-izmir");
        izmir.Token = await Token();
        (await izmir.Get("fhir/Patient/1")).Refused(401, "token-not-bound");
    }

    [Fact]
    public async Task Revoked_token_is_refused_at_once_and_nobody_else_can_revoke_it()
    {
        using var ankara = Hub.Client("hospital-ankara");
        var token = await Token();

        // The hospital itself is another client than its laboratory.
        (await ankara.Form("oauth/revoke", ("client_id", "hospital-ankara"), ("token", token))).Expect(200);
        ankara.Token = token;
        (await ankara.Get("fhir/Organization?_count=1")).Refused(403, "access-denied");
        ankara.Token = null;

        var proof = ("client_assertion", fixture.Laboratory.Assertion(Hub.Files.BaseAddress));
        (await ankara.Form("oauth/revoke", ("client_assertion_type", OAuthClient.AssertionType), proof, ("token", token), ("token_type_hint", "access_token"))).Expect(200);
        ankara.Token = token;
        (await ankara.Get("fhir/Patient/1")).Refused(401, "token-revoked");
        ankara.Token = null;

        var unproven = await ankara.Form("oauth/revoke", ("client_id", "ankara-laboratory"), ("token", token));
        Refused(unproven, 401, "invalid_client", "client-unproven");
        (await ankara.Form("oauth/revoke", ("client_id", "hospital-ankara"), ("token", "no-token-at-all"))).Expect(200);
        (await ankara.Form("oauth/revoke", ("client_id", "hospital-ankara"))).Expect(400);
    }

    [Fact]
    public async Task Introspection_is_for_registered_resource_servers_alone()
    {
        using var ministry = Hub.Client("ministry");
        using var ankara = Hub.Client("hospital-ankara");
        var token = await Token();
        var asked = (await Introspect(ministry, token)).Expect(200).Json;
        Assert.True((bool)asked["active"]!);
        Assert.Equal(("ankara-laboratory", "hospital-ankara", "HOPERAT"), ((string)asked["client_id"]!, (string)asked["sub"]!, (string)asked["purpose_of_use"]!));
        Assert.Equal("system/Observation.cruds system/Patient.crs", (string)asked["scope"]!);
        Assert.NotNull(asked["cnf"]!["x5t#S256"]);

        foreach (var bad in (string[])["", "a.b.c", token[..^2] + "AA", "eyJhbGciOiJub25lIn0.e30."])
        {
            var answer = await Introspect(ministry, bad);
            Assert.True(answer.Status == 400 || !(bool)answer.Json["active"]!, answer.Text);
            Assert.True(answer.Status == 400 || answer.Json.AsObject().Count == 1, answer.Text);
        }

        Refused(await ankara.Form("oauth/introspect", ("client_id", "hospital-ankara"), ("token", token)), 403, "unauthorized_client", "grant-not-allowed");
        Refused(await ankara.Form("oauth/introspect", ("client_assertion_type", OAuthClient.AssertionType), ("client_assertion", fixture.Laboratory.Assertion(Hub.Files.BaseAddress)), ("token", token)), 403, "unauthorized_client", "grant-not-allowed");
        Refused(await ankara.Form("oauth/introspect", ("client_assertion_type", OAuthClient.AssertionType), ("client_assertion", fixture.Warehouse.Assertion(Hub.Files.BaseAddress)), ("token", token)), 401, "invalid_client", "client-unproven");
        using var nobody = Hub.Client(null);
        Refused(await nobody.Form("oauth/introspect", ("token", token)), 401, "invalid_client", "certificate-required");
    }

    [Fact]
    public async Task Secrets_repeated_parameters_and_oversize_forms_are_refused()
    {
        using var ankara = Hub.Client("hospital-ankara");
        (string, string) grant = ("grant_type", "client_credentials");
        Refused(await ankara.Form("oauth/token", grant, ("client_id", "hospital-ankara"), ("client_secret", "x")), 401, "invalid_client", "client-unproven");
        Refused(await ankara.Form("oauth/token", grant, grant), 400, "invalid_request", "token-request-invalid");
        Refused(await ankara.Form("oauth/token", grant, ("x", new string('a', 70_000))), 400, "invalid_request", "token-request-invalid");
        Refused(await ankara.Post("oauth/token", "{\"grant_type\":\"client_credentials\"}"), 400, "invalid_request", "token-request-invalid");
        Refused(await ankara.Send(HttpMethod.Post, "oauth/token", new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]), [("Authorization", "Basic eDp5")]), 401, "invalid_client", "client-unproven");
        foreach (var path in (string[])["oauth/token", "oauth/introspect", "oauth/revoke"])
        {
            Assert.Equal(404, (await ankara.Get(path)).Status);
        }
    }

    [Fact]
    public async Task Documents_name_what_is_served_and_every_endpoint_they_name_answers()
    {
        using var nobody = Hub.Client(null);
        foreach (var path in (string[])["fhir/.well-known/smart-configuration", ".well-known/oauth-authorization-server", ".well-known/openid-configuration"])
        {
            var document = (await nobody.Get(path)).Expect(200).Json;
            var issuer = (string)document["issuer"]!;
            Assert.Equal(Hub.Files.BaseAddress.ToString().TrimEnd('/'), issuer);
            foreach (var (name, value) in document.AsObject().Where(p => p.Key.EndsWith("_endpoint", StringComparison.Ordinal)))
            {
                Assert.StartsWith(issuer + "/", (string)value!, StringComparison.Ordinal);
                var answer = await nobody.Form(((string)value!)[(issuer.Length + 1)..]);
                Assert.True(answer.Status is 400 or 401, $"{name}: {answer.Status}");
            }

            foreach (var grant in document["grant_types_supported"]!.AsArray())
            {
                Assert.NotEqual("unsupported_grant_type", (string?)(await nobody.Form("oauth/token", ("grant_type", (string)grant!))).Json["error"]);
            }
        }

        var keys = (await nobody.Get("oauth/jwks")).Expect(200).Json["keys"]!.AsArray();
        Assert.Equal(2, keys.Count);
        Assert.All(keys, k => Assert.Null(k!["d"]));
    }

    [Fact]
    public async Task Udap_metadata_is_signed_by_a_certificate_that_names_the_api()
    {
        using var nobody = Hub.Client(null);
        var document = (await nobody.Get("fhir/.well-known/udap")).Expect(200).Json;
        var parts = ((string)document["signed_metadata"]!).Split('.');
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!;
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
        var fhir = new Uri(Hub.Files.BaseAddress, "fhir").ToString();
        Assert.Equal(("RS256", fhir, fhir), ((string)header["alg"]!, (string)claims["iss"]!, (string)claims["sub"]!));
        using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String((string)header["x5c"]![0]!));
        using var key = certificate.GetRSAPublicKey()!;
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.Contains(fhir, certificate.Extensions.Single(e => e.Oid!.Value == "2.5.29.17").Format(false), StringComparison.Ordinal);
        Assert.Equal((string)document["token_endpoint"]!, (string)claims["token_endpoint"]!);
        Assert.Null(document["registration_endpoint"]);

        Assert.Equal(200, (await nobody.Get("fhir/.well-known/udap?community=" + Uri.EscapeDataString(Hub.Files.BaseAddress.ToString().TrimEnd('/')))).Status);
        Assert.Equal(204, (await nobody.Get("fhir/.well-known/udap?community=urn:x")).Status);
    }

    private static void Refused(FhirAnswer answer, int status, string error, string code)
    {
        answer.Expect(status);
        Assert.Equal((error, code), ((string?)answer.Json["error"], (string?)answer.Json["error_description"]));
    }

    private async Task<FhirAnswer> Ask(string? connection, string assertion, params (string, string)[] more)
    {
        using var client = Hub.Client(connection);
        return await client.Form("oauth/token", [("grant_type", "client_credentials"), ("client_assertion_type", OAuthClient.AssertionType), ("client_assertion", assertion), .. more]);
    }

    private async Task<string> Token() => (string)(await Ask("hospital-ankara", fixture.Laboratory.Assertion(Hub.Files.BaseAddress))).Expect(200).Json["access_token"]!;

    private Task<FhirAnswer> Introspect(FhirClient ministry, string token) => ministry.Form(
        "oauth/introspect", ("client_assertion_type", OAuthClient.AssertionType), ("client_assertion", fixture.Warehouse.Assertion(Hub.Files.BaseAddress)), ("token", token));
}
