using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EHealthHub.Audit.Entries;
using EHealthHub.EndToEnd.Tests.Support;
using EHealthHub.Tests.OpenId;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.EndToEnd.Tests.SignIn;

/// <summary>Bearer tokens of a real OpenID provider on the API.</summary>
public sealed class ProviderTokenTests(ProviderHub hub) : IClassFixture<ProviderHub>
{
    [Fact]
    public async Task Citizen_reads_the_own_record_by_a_provider_s_token_through_the_portal_and_nothing_else()
    {
        var (own, others) = await Patients();
        using var portal = hub.Files.Client("hospital-ankara");
        portal.Token = await hub.Token();
        var answer = (await portal.Get($"fhir/Patient/{own}")).Expect(200);
        (await portal.Get($"fhir/Patient/{own}")).Expect(200);
        (await portal.Get($"fhir/Patient/{others}")).Refused(404);
        (await portal.Delete($"fhir/Patient/{own}")).Refused(404);
        var entry = await AuditEntries.Find(hub.Files.Layout, e => e.Kind == EntryKind.Read && e.Person == "citizen-zeynep" && e.Purpose == "PATRQT");
        Assert.True(entry.TokenId.Length > 0);
        Assert.DoesNotContain(portal.Token!, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scopes_of_the_provider_are_mapped_and_never_widened()
    {
        var (own, _) = await Patients();
        using var portal = hub.Files.Client("hospital-ankara");
        portal.Token = await hub.Token("openid own.read system/*.cruds patient/*.cruds user/*.rs");
        (await portal.Get($"fhir/Patient/{own}")).Expect(200);
        (await portal.Delete($"fhir/Patient/{own}")).Refused(404);
        portal.Token = await hub.Token("openid own.read");
        (await portal.Get($"fhir/Patient/{own}")).Expect(200);
        var refused = await portal.Get($"fhir/Observation?patient={own}");
        Assert.Contains(refused.Status, new[] { 403, 404 });
        portal.Token = await hub.Token("openid profile");
        (await portal.Get($"fhir/Patient/{own}")).Refused(403, "scope-not-allowed");
    }

    [Fact]
    public async Task Token_is_worth_nothing_on_another_connection_or_without_one()
    {
        var token = await hub.Token();
        foreach (var (name, status, code) in new[] { ("hospital-izmir", 401, "token-not-bound"), ("citizen-zeynep", 403, "certificate-unregistered"), ("hospital-revoked", 403, "certificate-revoked"), (null, 403, "certificate-required") })
        {
            using var client = hub.Files.Client(name);
            client.Token = token;
            (await client.Get("fhir/Patient/1")).Refused(status, code);
        }
    }

    [Fact]
    public async Task Spoiled_tokens_are_refused_each_for_its_reason_with_one_entry()
    {
        var token = await hub.Token();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] ByAnother(byte[] data) => other.SignData(data, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        (string Token, string Code)[] spoiled =
        [
            (Change((_, c) => c["iss"] = "https://elsewhere.example/"), "token-invalid"),
            (Change((_, c) => c["aud"] = "https://another.example"), "token-misdirected"),
            (Change((_, c) => c["aud"] = hub.Pages.Id), "token-misdirected"),
            (Change((_, c) => c.Remove("aud")), "token-misdirected"),
            (Change((_, c) => (c["iat"], c["exp"]) = (now - 600, now - 60)), "token-expired"),
            (Change((_, c) => c["exp"] = now + 36_000), "token-invalid"),
            (Change((_, c) => c.Remove("exp")), "token-invalid"),
            (Change((_, c) => c["nbf"] = now + 600), "token-invalid"),
            (Change((_, c) => c["iat"] = now + 600), "token-invalid"),
            (Change((_, c) => c.Remove("sub")), "token-invalid"),
            (Change((h, _) => h["alg"] = "none", _ => []), "token-invalid"),
            (Change((h, _) => h["alg"] = "HS256", d => HMACSHA256.HashData("key"u8, d)), "token-invalid"),
            (Change((h, _) => h["crit"] = new JsonArray("exp")), "token-invalid"),
            (Change((h, _) => h["typ"] = "logout+jwt"), "token-invalid"),
            (Change((_, _) => { }, ByAnother), "token-invalid"),
            (Change((h, _) => h["jwk"] = Jwk(other), ByAnother), "token-invalid"),
            (Change((h, _) => h.Remove("kid"), ByAnother), "token-invalid"),
            (Change((_, c) => c["cnf"] = new JsonObject { ["x5t#S256"] = new string('A', 43) }), "token-not-bound"),
            (Change((_, c) => c["cnf"] = new JsonObject { ["jkt"] = "x" }), "token-not-bound"),
            (Change((_, c) => c["client_id"] = "somebody-else"), "client-unproven"),
            (Change((_, c) => c.Remove("client_id")), "client-unproven"),
            (Change((_, c) => c["azp"] = "two-programs"), "client-unproven"),
            (Change((_, c) => c["national_id"] = "12345678950"), "person-unregistered"),
            (Change((_, c) => c["national_id"] = "not a number"), "person-unregistered"),
            (Change((_, c) => c.Remove("national_id")), "person-unregistered"),
            (await hub.Token(kind: "id_token"), "token-misdirected"),
            (token[..^4] + "AAAA", "token-invalid"),
            (token + "A", "token-invalid"),
            ("a.b.c", "token-invalid"),
            (new string('a', 9_000), "token-invalid"),
        ];
        using var portal = hub.Files.Client("hospital-ankara");
        foreach (var (bad, code) in spoiled)
        {
            portal.Token = bad;
            var answer = await portal.Get("fhir/Patient/1");
            Assert.True(answer.OutcomeCodeOrNull == code, $"{code} expected, got {answer.Status} {answer.OutcomeCodeOrNull}: {Claims(bad)}");
            answer.Refused(code is "client-unproven" or "person-unregistered" ? 403 : 401, code);
            Assert.DoesNotContain(bad, answer.Text, StringComparison.Ordinal);
        }

        await AuditEntries.Find(hub.Files.Layout, e => e.Kind == EntryKind.Refusal && e.Reason == "TokenMisdirected" && e.Institution == "hospital-ankara");
        await AuditEntries.Find(hub.Files.Layout, e => e.Kind == EntryKind.Refusal && e.Reason == "PersonUnregistered" && e.Institution == "hospital-ankara");

        string Change(Action<JsonObject, JsonObject> change, Func<byte[], byte[]>? sign = null) => hub.Provider.Resign(token, change, sign);
    }

    [Fact]
    public async Task Binding_that_is_there_holds_and_may_be_demanded()
    {
        var (own, _) = await Patients();
        var token = await hub.Token();
        var thumbprint = System.Buffers.Text.Base64Url.EncodeToString(Convert.FromHexString(CertificateThumbprint.Of(hub.Files.Certificate("hospital-ankara"))));
        var bound = hub.Provider.Resign(token, (_, c) => c["cnf"] = new JsonObject { ["x5t#S256"] = thumbprint });
        await hub.Start(hub.Citizens(p => p with { RequireBinding = true }));
        using var portal = hub.Files.Client("hospital-ankara");
        portal.Token = token;
        (await portal.Get($"fhir/Patient/{own}")).Refused(401, "token-not-bound");
        portal.Token = bound;
        (await portal.Get($"fhir/Patient/{own}")).Expect(200);
        await hub.Start();
    }

    [Fact]
    public async Task Suspended_citizen_and_suspended_program_are_out_at_once()
    {
        var (own, _) = await Patients();
        using var portal = hub.Files.Client("hospital-ankara");
        portal.Token = await hub.Token();
        (await portal.Get($"fhir/Patient/{own}")).Expect(200);
        await hub.Edit(r => r.Suspend("citizen-zeynep"));
        (await portal.Get($"fhir/Patient/{own}")).Refused(403, "participant-suspended");
        await hub.Edit(r => r.Resume("citizen-zeynep").Then(next => next.SuspendClient(ProviderHub.Portal.Id, true)));
        (await portal.Get($"fhir/Patient/{own}")).Refused(403, "participant-suspended");
        await hub.Edit(r => r.SuspendClient(ProviderHub.Portal.Id, false));
        (await portal.Get($"fhir/Patient/{own}")).Expect(200);
    }

    [Fact]
    public async Task A_new_key_of_the_provider_is_taken_up_and_strangers_keys_make_it_ask_no_more_than_it_must()
    {
        var (own, _) = await Patients();
        var old = await hub.Token();
        using var portal = hub.Files.Client("hospital-ankara");
        await Task.Delay(TimeSpan.FromSeconds(6));
        await hub.Provider.ChangeKey();
        portal.Token = await hub.Token();
        var asked = hub.Provider.KeysAsked;
        (await portal.Get($"fhir/Patient/{own}")).Refused(503, "provider-unavailable");
        await Eventually(async () => (await portal.Get($"fhir/Patient/{own}")).Status == 200);
        for (var i = 0; i < 20; i++)
        {
            portal.Token = hub.Provider.Resign(old, (h, _) => h["kid"] = $"made-up-{i}");
            (await portal.Get($"fhir/Patient/{own}")).Refused(401, "token-invalid");
        }

        Assert.Equal(asked + 1, hub.Provider.KeysAsked);
        portal.Token = old;
        (await portal.Get($"fhir/Patient/{own}")).Refused(401, "token-invalid");
    }

    [Fact]
    public async Task A_provider_that_is_down_when_the_hub_starts_is_503_and_is_taken_up_when_it_is_back()
    {
        var (own, _) = await Patients();
        var token = await hub.Token();
        await hub.Provider.Stop();
        await hub.Start();
        using var portal = hub.Files.Client("hospital-ankara");
        portal.Token = token;
        var answer = (await portal.Get($"fhir/Patient/{own}")).Refused(503, "provider-unavailable");
        Assert.NotNull(answer.Header("Retry-After"));
        await hub.Provider.Resume();
        await Eventually(async () => (await portal.Get($"fhir/Patient/{own}")).Status == 200);
    }

    [Fact]
    public async Task Staff_are_those_whom_the_registry_knows_by_issuer_and_subject()
    {
        await hub.Start(hub.Citizens(p => p with { Use = Trust.OpenId.ProviderUse.Staff, NationalIdClaim = "", ScopeMap = [] }));
        using var portal = hub.Files.Client("hospital-ankara");
        portal.Token = await hub.Token("openid", new OpenIdUser("staff-1", Name: "Denetçi"));
        Assert.NotEqual("person-unregistered", (await portal.Get("fhir/Patient/1")).OutcomeCodeOrNull);
        await AuditEntries.Find(hub.Files.Layout, e => e.Person == "auditor" && e.Purpose == "HCOMPL");
        portal.Token = await hub.Token("openid", new OpenIdUser("staff-2", Role: "hub-auditor"));
        (await portal.Get("fhir/Patient/1")).Refused(403, "person-unregistered");
        await hub.Start(hub.Citizens(p => p with { Use = Trust.OpenId.ProviderUse.Staff, NationalIdClaim = "", ScopeMap = [], AuditorRole = "hub-auditor" }));
        Assert.NotEqual("person-unregistered", (await portal.Get("fhir/Patient/1")).OutcomeCodeOrNull);
        await hub.Start();
    }

    [Fact]
    public async Task People_and_their_logins_are_registered_by_command()
    {
        var issuer = hub.Provider.Authority;
        foreach (var (arguments, good) in new (string[], bool)[]
        {
            (["registry", "citizen", "citizen-can", "--name", "Can", "--national-id", "12345678950"], true),
            (["registry", "citizen", "citizen-can", "--name", "Can", "--national-id", "12345678950"], false),
            (["registry", "citizen", "citizen-wrong", "--name", "Can", "--national-id", "12345678951"], false),
            (["registry", "staff", "auditor-2", "--name", "Deniz", "--reason", "second pair of eyes"], true),
            (["registry", "login", "auditor-2", "--issuer", issuer + "/", "--subject", "staff-7"], true),
            (["registry", "login", "operator", "--issuer", issuer, "--subject", "staff-7"], false),
            (["registry", "login", "dr-ayse", "--issuer", issuer, "--subject", "staff-8"], false),
            (["registry", "login", "auditor-2", "--issuer", "http://insecure", "--subject", "x"], false),
        })
        {
            var (code, output) = await hub.Files.Hub(arguments);
            Assert.True((code == 0) == good, string.Join(' ', arguments) + ": " + output);
        }

        Assert.Contains("staff-7 at " + issuer, (await hub.Files.Hub("registry", "show", "auditor-2")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await hub.Files.Hub("registry", "login", "auditor-2", "--issuer", issuer, "--subject", "staff-7", "--remove")).Code);
        Assert.Empty(hub.Registry().PersonById("auditor-2")!.Logins);
    }

    private static async Task Eventually(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 400; i++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(100);
        }

        Assert.Fail("It did not come to hold within forty seconds.");
    }

    private static JsonObject Jwk(ECDsa key)
    {
        var point = key.ExportParameters(false).Q;
        return new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = System.Buffers.Text.Base64Url.EncodeToString(point.X), ["y"] = System.Buffers.Text.Base64Url.EncodeToString(point.Y) };
    }

    private static string Claims(string token) => token.Split('.') is [_, { Length: > 4 } claims, ..] && System.Buffers.Text.Base64Url.IsValid(claims) ? Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(claims)) : token[..Math.Min(40, token.Length)];

    private async Task<(string Own, string Others)> Patients()
    {
        using var ankara = hub.Files.Client("hospital-ankara");
        using var ministry = hub.Files.Client("ministry");
        var found = await ministry.Get($"fhir/Patient?identifier={Uri.EscapeDataString(Samples.NationalIdSystem)}|{hub.ZeynepId}");
        var own = (string?)found.Json["entry"]?[0]?["resource"]?["id"] ?? (await ankara.Post("fhir/Patient", Samples.Patient("Yılmaz", hub.ZeynepId))).Expect(201).IdFromLocation();
        return (own, (await ankara.Post("fhir/Patient", Samples.Patient("Başka"))).Expect(201).IdFromLocation());
    }
}
