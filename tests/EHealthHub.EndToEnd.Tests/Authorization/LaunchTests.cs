using System.Buffers.Text;
using System.Text.Json.Nodes;
using EHealthHub.EndToEnd.Tests.Support;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.EndToEnd.Tests.Authorization;

/// <summary>A hub with a citizens' application on their own devices, a hospital's web application with a key, and another application of the same hospital.</summary>
public sealed class LaunchHub : IAsyncLifetime, IDisposable
{
    internal const string Mobile = "http://127.0.0.1:7777/back";
    internal const string Ward = "https://ward.example/back?tenant=1";

    internal HubFixture Hub { get; } = new();

    internal OAuthClient WardApp { get; } = new("ward-app");

    internal OAuthClient OtherApp { get; } = new("other-app");

    public async Task InitializeAsync()
    {
        await Hub.InitializeAsync();
        string[] launch = ["openid", "fhirUser", "offline_access", "launch/patient", "patient/*.rs", "user/*.rs"];
        await OAuthClient.Register(Hub.Files, "ministry", new RegisteredClient("my-record", "Kaydım <b>", ClientKind.App, [], [Mobile], [.. launch], IsPublic: true, Suspended: false));
        await OAuthClient.Register(
            Hub.Files, "hospital-ankara",
            new RegisteredClient(WardApp.Id, "Ward", ClientKind.App, [WardApp.Key], [Ward, "https://ward.example/other"], ["openid", "offline_access", "user/*.rs"], false, false),
            new RegisteredClient(OtherApp.Id, "Other", ClientKind.App, [OtherApp.Key], [Ward], ["openid", "offline_access", "user/*.rs"], false, false));
    }

    public Task DisposeAsync() => Hub.DisposeAsync();

    public void Dispose()
    {
        WardApp.Dispose();
        OtherApp.Dispose();
    }
}

public sealed class LaunchTests(LaunchHub fixture) : IClassFixture<LaunchHub>
{
    private HubFixture Hub => fixture.Hub;

    [Fact]
    public async Task Citizen_signs_in_with_a_certificate_agrees_and_the_application_reads_the_record_and_renews()
    {
        var patient = await Zeynep();
        using var browser = Citizen();
        var page = (await browser.Open(browser.Request("openid fhirUser launch/patient offline_access patient/*.rs user/*.cruds"))).Expect(200);
        Assert.Contains("Kaydım &lt;b&gt;", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page.Text, StringComparison.Ordinal);
        var policy = page.Header("Content-Security-Policy")!;
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("form-action 'self' http://127.0.0.1:7777", policy, StringComparison.Ordinal);

        var back = browser.Returned((await browser.Press(page, "allow")).Expect(303));
        Assert.Equal((browser.State, Hub.Files.BaseAddress.ToString().TrimEnd('/')), (back["state"], back["iss"]));
        var answer = (await Redeem("citizen-zeynep", back["code"], browser)).Expect(200);
        Assert.Equal("openid fhirUser launch/patient offline_access patient/*.rs", string.Join(' ', Sorted(answer, "openid fhirUser launch/patient offline_access patient/*.rs")));
        Assert.Equal(patient, (string?)answer.Json["patient"]);
        var identity = JsonNode.Parse(Base64Url.DecodeFromChars(((string)answer.Json["id_token"]!).Split('.')[1]))!;
        Assert.Equal(("citizen-zeynep", "my-record", browser.Nonce), ((string?)identity["sub"], (string?)identity["aud"], (string?)identity["nonce"]));
        Assert.EndsWith($"/fhir/Patient/{patient}", (string)identity["fhirUser"]!, StringComparison.Ordinal);

        using var zeynep = Hub.Client("citizen-zeynep");
        zeynep.Token = (string)answer.Json["access_token"]!;
        (await zeynep.Get($"fhir/Patient/{patient}")).Expect(200);
        (await zeynep.Delete($"fhir/Patient/{patient}")).Refused(404);

        var renewed = (await Renew("citizen-zeynep", (string)answer.Json["refresh_token"]!)).Expect(200);
        zeynep.Token = (string)renewed.Json["access_token"]!;
        (await zeynep.Get($"fhir/Patient/{patient}")).Expect(200);
        Assert.NotEqual((string?)answer.Json["refresh_token"], (string?)renewed.Json["refresh_token"]);
    }

    [Fact]
    public async Task Clinician_uses_the_hospital_s_application_and_sees_her_patient()
    {
        var (patient, doctor) = await Hub.TreatedPatient("Koğuş");
        doctor.Dispose();
        using var browser = Doctor();
        var code = (await browser.Agree("openid user/*.rs"))["code"];
        var answer = (await RedeemWard(code, browser)).Expect(200);
        Assert.Null(answer.Json["refresh_token"]);
        using var ankara = Hub.Client("hospital-ankara");
        ankara.Token = (string)answer.Json["access_token"]!;
        (await ankara.Get($"fhir/Patient/{patient}")).Expect(200);
        using var izmir = Hub.Client("hospital-izmir");
        izmir.Token = ankara.Token;
        (await izmir.Get($"fhir/Patient/{patient}")).Refused(401, "token-not-bound");
    }

    [Fact]
    public async Task Code_replayed_ends_everything_that_came_of_it()
    {
        using var browser = Doctor();
        var code = (await browser.Agree("offline_access user/*.rs"))["code"];
        var first = (await RedeemWard(code, browser)).Expect(200);
        Refused(await RedeemWard(code, browser), "invalid_grant", "grant-replayed");
        using var ankara = Hub.Client("hospital-ankara");
        ankara.Token = (string)first.Json["access_token"]!;
        (await ankara.Get("fhir/Patient/1")).Refused(401, "token-revoked");
        Refused(await RenewWard((string)first.Json["refresh_token"]!), "invalid_grant", "token-revoked");
    }

    [Fact]
    public async Task Refresh_token_replayed_ends_the_whole_family()
    {
        using var browser = Doctor();
        var first = (await RedeemWard((await browser.Agree("offline_access user/*.rs"))["code"], browser)).Expect(200);
        var old = (string)first.Json["refresh_token"]!;
        var second = (await RenewWard(old)).Expect(200);
        Refused(await RenewWard(old), "invalid_grant", "grant-replayed");
        Refused(await RenewWard((string)second.Json["refresh_token"]!), "invalid_grant", "token-revoked");
        using var ankara = Hub.Client("hospital-ankara");
        ankara.Token = (string)second.Json["access_token"]!;
        (await ankara.Get("fhir/Patient/1")).Refused(401, "token-revoked");
    }

    [Fact]
    public async Task Refresh_token_taken_back_takes_its_access_tokens_along_and_asks_for_no_wider_scope()
    {
        using var browser = Doctor();
        var first = (await RedeemWard((await browser.Agree("offline_access user/Patient.rs"))["code"], browser)).Expect(200);
        Refused(await RenewWard((string)first.Json["refresh_token"]!, ("scope", "user/*.rs")), "invalid_scope", "scope-not-allowed");
        (await RenewWard((string)first.Json["refresh_token"]!, ("scope", "user/Patient.r"))).Expect(200);
        using var ankara = Hub.Client("hospital-ankara");
        (await ankara.Form("oauth/revoke", [.. Proof(fixture.WardApp), ("token", (string)first.Json["refresh_token"]!)])).Expect(200);
        ankara.Token = (string)first.Json["access_token"]!;
        (await ankara.Get("fhir/Patient/1")).Refused(401, "token-revoked");
    }

    [Fact]
    public async Task Code_of_another_client_address_or_proof_key_is_refused_and_stays_good_for_its_own()
    {
        using var browser = Doctor();
        var code = (await browser.Agree("user/*.rs"))["code"];
        using var ankara = Hub.Client("hospital-ankara");
        (string, string)[] sound = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", LaunchHub.Ward), ("code_verifier", browser.Verifier)];
        (await ankara.Form("oauth/token", [.. sound, .. Proof(fixture.OtherApp)])).Expect(400);
        foreach (var (name, value) in ((string, string?)[])
            [("redirect_uri", "https://ward.example/other"), ("redirect_uri", LaunchHub.Ward + "/"), ("redirect_uri", null), ("code_verifier", null), ("code_verifier", new string('a', 43)), ("code", code[..^4] + "AAAA"), ("code", null)])
        {
            (string, string)[] spoiled = [.. sound.Where(f => f.Item1 != name || value is not null).Select(f => f.Item1 == name ? (name, value!) : f)];
            (await ankara.Form("oauth/token", [.. spoiled, .. Proof(fixture.WardApp)])).Expect(400);
        }

        using var izmir = Hub.Client("hospital-izmir");
        (await izmir.Form("oauth/token", [.. sound, .. Proof(fixture.WardApp)])).Expect(401);
        (await RedeemWard(code, browser)).Expect(200);
    }

    [Fact]
    public async Task Code_of_a_citizen_is_worth_nothing_on_anybody_else_s_connection()
    {
        await Zeynep();
        using var browser = Citizen();
        var code = (await browser.Agree("patient/*.rs"))["code"];
        foreach (var thief in (string[])["dr-ayse", "hospital-ankara", "ministry"])
        {
            Assert.Contains((await Redeem(thief, code, browser)).Status, (int[])[400, 401]);
        }

        (await Redeem("citizen-zeynep", code, browser)).Expect(200);
    }

    [Theory]
    [InlineData("redirect_uri", "https://ward.example/back")]
    [InlineData("redirect_uri", "https://ward.example/back?tenant=1#x")]
    [InlineData("redirect_uri", "https://ward.example/back?tenant=1&x=2")]
    [InlineData("redirect_uri", "HTTPS://ward.example/back?tenant=1")]
    [InlineData("redirect_uri", "https://ward.example:443/back?tenant=1")]
    [InlineData("redirect_uri", "https://ward.example/a/../back?tenant=1")]
    [InlineData("redirect_uri", null)]
    [InlineData("client_id", "my-record")]
    [InlineData("client_id", "hospital-ankara")]
    [InlineData("client_id", "nobody")]
    [InlineData("client_id", null)]
    public async Task Request_that_is_not_exactly_the_application_s_own_sends_no_browser_anywhere(string name, string? value)
    {
        using var browser = Doctor();
        var request = browser.Request("user/*.rs");
        request[name] = value;
        var answer = await browser.Open(request);
        answer.Expect(400);
        Assert.Null(answer.Location);
        Assert.Equal("text/html", answer.ContentType);
        Assert.Contains("frame-ancestors 'none'", answer.Header("Content-Security-Policy")!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aud", "https://evil.example/fhir")]
    [InlineData("aud", null)]
    [InlineData("state", null)]
    [InlineData("code_challenge", null)]
    [InlineData("code_challenge_method", "plain")]
    [InlineData("code_challenge_method", null)]
    [InlineData("response_type", "token")]
    [InlineData("response_type", "code id_token")]
    [InlineData("response_type", null)]
    [InlineData("response_mode", "form_post")]
    [InlineData("response_mode", "fragment")]
    [InlineData("request", "eyJhbGciOiJub25lIn0.e30.")]
    [InlineData("request_uri", "https://evil.example/request")]
    [InlineData("launch", "abc")]
    public async Task Fault_of_a_request_is_told_to_the_application_once_it_and_its_address_are_proven(string name, string? value)
    {
        using var browser = Doctor();
        var request = browser.Request("user/*.rs");
        request[name] = value;
        var back = browser.Returned((await browser.Open(request)).Expect(303));
        Assert.Contains(back["error"], (string[])["invalid_request", "unsupported_response_type", "request_not_supported", "request_uri_not_supported"]);
        Assert.Equal(Hub.Files.BaseAddress.ToString().TrimEnd('/'), back["iss"]);
        Assert.Equal(name == "state" ? null : browser.State, back.GetValueOrDefault("state"));
        Assert.False(back.ContainsKey("code"));
    }

    [Fact]
    public async Task Repeated_and_oversize_parameters_are_refused()
    {
        using var client = Hub.Client("dr-ayse");
        using var browser = Doctor();
        var page = (await browser.Open(browser.Request("user/*.rs"))).Expect(200);
        Assert.Equal(400, (await client.Get("oauth/authorize?client_id=ward-app&client_id=my-record")).Status);
        var request = browser.Request("user/*.rs");
        request["state"] = new string('s', 3_000);
        (await browser.Open(request)).Expect(400);
        Assert.NotEmpty(Browser.Fields(page));
    }

    [Fact]
    public async Task Consent_cannot_be_forged_changed_borrowed_or_sent_from_elsewhere()
    {
        using var browser = Doctor();
        var page = (await browser.Open(browser.Request("user/Patient.rs"))).Expect(200);
        Denied(browser, await browser.Press(page, "allow", f => f.Name == "scope" ? ("scope", "user/*.rs") : f));
        Denied(browser, await browser.Press(page, "allow", f => f.Name == "state" ? ("state", "other") : f), state: "other");
        Denied(browser, await browser.Press(page, "allow", f => f.Name == "seal" ? ("seal", f.Value[..^4] + "AAAA") : f));
        Denied(browser, await browser.Press(page, "allow", null, ("Origin", "https://evil.example")));
        Denied(browser, await browser.Press(page, "allow", null, ("Sec-Fetch-Site", "cross-site")));
        using var mehmet = new Browser(Hub, "dr-mehmet", "ward-app", LaunchHub.Ward);
        Denied(mehmet, await mehmet.Press(page, "allow"), state: browser.State);
        var said = browser.Returned((await browser.Press(page, "deny")).Expect(303));
        Assert.Equal("access_denied", said["error"]);
        Assert.False(said.ContainsKey("code"));
        browser.Returned((await browser.Press(page, "allow", null, ("Origin", Hub.Files.BaseAddress.ToString().TrimEnd('/')), ("Sec-Fetch-Site", "same-origin"))).Expect(303))["code"].ToString();
    }

    [Theory]
    [InlineData("dr-mehmet", "user/*.rs", "access_denied", "clinician-wrong-institution")]
    [InlineData("dr-ayse", "patient/*.rs", "invalid_scope", "scope-not-allowed")]
    [InlineData("dr-ayse", "openid", "invalid_scope", "scope-not-allowed")]
    [InlineData("dr-ayse", "user/*.cud system/*.rs", "invalid_scope", "scope-not-allowed")]
    [InlineData("hospital-ankara", "user/*.rs", "access_denied", "certificate-unregistered")]
    [InlineData("hospital-revoked", "user/*.rs", "access_denied", "certificate-revoked")]
    [InlineData("auditor", "user/*.rs", "access_denied", "certificate-unregistered")]
    public async Task People_who_may_not_are_sent_back_with_the_reason(string who, string scope, string error, string code)
    {
        using var browser = new Browser(Hub, who, "ward-app", LaunchHub.Ward);
        var back = browser.Returned((await browser.Open(browser.Request(scope))).Expect(303));
        Assert.Equal((error, code, browser.State), (back["error"], back["error_description"], back["state"]));
        Assert.True(back.ContainsKey("iss"));
    }

    [Fact]
    public async Task Without_showing_a_page_nobody_agrees()
    {
        using var browser = Doctor();
        var request = browser.Request("user/*.rs");
        request["prompt"] = "none";
        Assert.Equal("consent_required", browser.Returned((await browser.Open(request)).Expect(303))["error"]);
    }

    [Fact]
    public async Task Page_speaks_turkish_to_those_who_read_it()
    {
        using var browser = Doctor();
        var page = (await browser.Open(browser.Request("user/*.rs"), ("Accept-Language", "tr-TR,tr;q=0.9"))).Expect(200);
        Assert.Contains("<html lang=\"tr\">", page.Text, StringComparison.Ordinal);
        Assert.Contains("İzin ver", page.Text, StringComparison.Ordinal);
    }

    private static void Denied(Browser browser, FhirAnswer answer, string? state = null)
    {
        var back = browser.Returned(answer.Expect(303));
        Assert.Equal("access_denied", back["error"]);
        Assert.False(back.ContainsKey("code"));
        Assert.Equal(state ?? browser.State, back["state"]);
    }

    private static void Refused(FhirAnswer answer, string error, string? code)
    {
        answer.Expect(400);
        Assert.Equal(error, (string?)answer.Json["error"]);
        if (code is not null)
        {
            Assert.Equal(code, (string?)answer.Json["error_description"]);
        }
    }

    private static IEnumerable<string> Sorted(FhirAnswer answer, string order) => ((string)answer.Json["scope"]!).Split(' ').OrderBy(s => Array.IndexOf(order.Split(' '), s));

    private Browser Citizen() => new(Hub, "citizen-zeynep", "my-record", LaunchHub.Mobile);

    private Browser Doctor() => new(Hub, "dr-ayse", "ward-app", LaunchHub.Ward);

    private (string, string)[] Proof(OAuthClient app) => [("client_assertion_type", OAuthClient.AssertionType), ("client_assertion", app.Assertion(Hub.Files.BaseAddress))];

    private async Task<FhirAnswer> Redeem(string connection, string code, Browser browser)
    {
        using var client = Hub.Client(connection);
        return await client.Form("oauth/token", ("grant_type", "authorization_code"), ("client_id", "my-record"), ("code", code), ("redirect_uri", LaunchHub.Mobile), ("code_verifier", browser.Verifier));
    }

    private async Task<FhirAnswer> RedeemWard(string code, Browser browser)
    {
        using var client = Hub.Client("hospital-ankara");
        return await client.Form("oauth/token", [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", LaunchHub.Ward), ("code_verifier", browser.Verifier), .. Proof(fixture.WardApp)]);
    }

    private async Task<FhirAnswer> Renew(string connection, string token)
    {
        using var client = Hub.Client(connection);
        return await client.Form("oauth/token", ("grant_type", "refresh_token"), ("client_id", "my-record"), ("refresh_token", token));
    }

    private async Task<FhirAnswer> RenewWard(string token, params (string, string)[] more)
    {
        using var client = Hub.Client("hospital-ankara");
        return await client.Form("oauth/token", [("grant_type", "refresh_token"), ("refresh_token", token), .. Proof(fixture.WardApp), .. more]);
    }

    /// <summary>The citizen's own record, submitted by a hospital once for all tests.</summary>
    private async Task<string> Zeynep()
    {
        using var ministry = Hub.Client("ministry");
        var id = string.Concat(Hub.Files.Certificate("citizen-zeynep").SubjectName.EnumerateRelativeDistinguishedNames().Single(n => n.GetSingleElementType().Value == "2.5.4.5").GetSingleElementValue()!.Where(char.IsAsciiDigit));
        var found = (await ministry.Get($"fhir/Patient?identifier=urn:oid:2.16.840.1.113883.3.129.1.1.1|{id}")).Expect(200).Json["entry"]?.AsArray();
        if (found is { Count: > 0 })
        {
            return (string)found[0]!["resource"]!["id"]!;
        }

        using var ankara = Hub.Client("hospital-ankara");
        return (await ankara.Post("fhir/Patient", Samples.Patient("Zeynep", id))).Expect(201).IdFromLocation();
    }
}
