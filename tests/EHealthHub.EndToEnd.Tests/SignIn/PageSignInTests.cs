using System.Net;
using System.Security.Cryptography;
using EHealthHub.Audit.Entries;
using EHealthHub.EndToEnd.Tests.Support;
using EHealthHub.Tests.OpenId;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.EndToEnd.Tests.SignIn;

/// <summary>Sign-in on the pages: at a real OpenID provider, and by certificate.</summary>
public sealed class PageSignInTests(ProviderHub hub) : IClassFixture<ProviderHub>
{
    [Fact]
    public async Task A_citizen_without_a_certificate_is_led_to_the_provider_comes_back_signed_in_and_signs_out()
    {
        SitsThere();
        using var browser = new PageBrowser(hub);
        var page = (await browser.Walk("signed-in")).Expect(200);
        Assert.Contains("Zeynep", WebUtility.HtmlDecode(page.Text), StringComparison.Ordinal);
        Assert.Equal(["/signed-in", "/sign-in", "/authorize", "/sign-in/callback", "/signed-in"], browser.Walked.Select(a => a.AbsolutePath));
        Assert.Equal(("S256", "code", "openid profile"), (hub.Provider.Asked["code_challenge_method"], hub.Provider.Asked["response_type"], hub.Provider.Asked["scope"]));
        Assert.Equal(hub.Pages.Redirect, hub.Provider.Asked["redirect_uri"]);
        Assert.DoesNotContain("<script", page.Text, StringComparison.Ordinal);
        var cookie = browser.Session!;
        Assert.True(cookie is { HttpOnly: true, Secure: true, Path: "/" } && cookie.Expires < DateTime.MaxValue);
        await AuditEntries.Find(hub.Files.Layout, e => e.Interaction == "sign-in" && e.Reason == "signed-in" && e.Person == "citizen-zeynep");

        var stolen = cookie.Value;
        var bye = (await browser.Post("sign-out", PageBrowser.Fields(page))).Expect(200);
        Assert.Contains($"{hub.Provider.Authority}/logout?client_id={hub.Pages.Id}", WebUtility.HtmlDecode(bye.Text), StringComparison.Ordinal);
        Assert.Null(browser.Session);
        await AuditEntries.Find(hub.Files.Layout, e => e.Interaction == "sign-out" && e.Person == "citizen-zeynep");

        // Taken back at the hub, not only forgotten by the browser.
        using var thief = new PageBrowser(hub);
        thief.Cookies.Add(new Cookie("__Host-ehealthhub", stolen, "/", "localhost") { Secure = true });
        var answer = (await thief.Get(thief.At("signed-in"))).Expect(303);
        Assert.StartsWith("/sign-in?return=", answer.Location!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_signs_in_too_and_its_session_is_worth_nothing_without_it()
    {
        using var browser = new PageBrowser(hub, "citizen-zeynep");
        (await browser.Walk("signed-in")).Expect(200);
        Assert.Equal(["/signed-in", "/sign-in", "/signed-in"], browser.Walked.Select(a => a.AbsolutePath));
        using var thief = new PageBrowser(hub);
        thief.Cookies.Add(new Cookie("__Host-ehealthhub", browser.Session!.Value, "/", "localhost") { Secure = true });
        (await thief.Get(thief.At("signed-in"))).Expect(303);
        using var doctor = new PageBrowser(hub, "dr-ayse");
        doctor.Cookies.Add(new Cookie("__Host-ehealthhub", browser.Session!.Value, "/", "localhost") { Secure = true });
        (await doctor.Get(doctor.At("signed-in"))).Expect(303);
        using var hospital = new PageBrowser(hub, "hospital-ankara");
        Assert.Contains("certificate-unregistered", (await hospital.Walk("signed-in")).Expect(403).Text, StringComparison.Ordinal);
        using var revoked = new PageBrowser(hub, "hospital-revoked");
        Assert.Contains("certificate-revoked", (await revoked.Walk("signed-in")).Expect(403).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_not_registered_here_is_refused_after_signing_in_there()
    {
        foreach (var user in new[] { new OpenIdUser("stranger", "12345678950"), new OpenIdUser("no-id"), new OpenIdUser("staff-1") })
        {
            hub.Provider.User = user;
            using var browser = new PageBrowser(hub);
            Assert.Contains("<code>person-unregistered</code>", (await browser.Walk("signed-in")).Expect(403).Text, StringComparison.Ordinal);
            Assert.Null(browser.Session);
        }
    }

    [Fact]
    public async Task A_suspended_citizen_is_out_of_an_open_session_at_once()
    {
        SitsThere();
        using var browser = new PageBrowser(hub);
        (await browser.Walk("signed-in")).Expect(200);
        await hub.Edit(r => r.Suspend("citizen-zeynep"));
        Assert.Contains("participant-suspended", (await browser.Get(browser.At("signed-in"))).Expect(403).Text, StringComparison.Ordinal);
        await hub.Edit(r => r.Resume("citizen-zeynep"));
        (await browser.Get(browser.At("signed-in"))).Expect(200);
    }

    [Fact]
    public async Task An_authorization_response_works_once_in_the_browser_that_asked_for_it_and_with_its_own_state()
    {
        SitsThere();
        using var browser = new PageBrowser(hub);
        await browser.Walk("signed-in", before: IsCallback);
        var response = browser.Walked[^1];
        using var other = new PageBrowser(hub);
        Failed(await other.Get(response));
        using var second = new PageBrowser(hub);
        await second.Walk("signed-in", before: IsCallback);

        // Another's response in one's own browser: somebody would go on in the attacker's account.
        Failed(await second.Get(response));
        Failed(await browser.Get(new Uri(response.ToString().Replace("state=", "state=A", StringComparison.Ordinal))));
        Failed(await browser.Get(browser.At("sign-in/callback")));
        Failed(await browser.Get(browser.At("sign-in/callback?code=abc")));
        Failed(await browser.Get(browser.At("sign-in/callback?error=access_denied&state=x")));
        (await browser.Walk(response)).Expect(200);
        Assert.NotNull(browser.Session);
        using var late = new PageBrowser(hub);
        Failed(await browser.Get(response));
    }

    [Fact]
    public async Task An_identity_token_with_another_nonce_or_no_subject_signs_nobody_in()
    {
        foreach (var type in new[] { "nonce" })
        {
            SitsThere();
            using var browser = new PageBrowser(hub);
            hub.Provider.Spoil = identity => identity.AddClaim(new System.Security.Claims.Claim(type, "another"));
            await browser.Walk("signed-in", before: IsCallback);
            hub.Provider.Spoil = null;

            // The nonce is in a cookie of the browser: a response that was begun elsewhere finds none of its own.
            foreach (Cookie cookie in browser.Cookies.GetCookies(hub.Files.BaseAddress))
            {
                cookie.Expired = cookie.Name.StartsWith("__Host-nonce", StringComparison.Ordinal);
            }

            Failed(await browser.Get(browser.Walked[^1]));
        }
    }

    [Fact]
    public async Task Nobody_is_led_elsewhere_after_signing_in()
    {
        SitsThere();
        foreach (var evil in new[] { "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "/%0d%0aSet-Cookie: x", "/\u0130", "javascript:alert(1)", "", "/sign-in?return=/sign-in", new string('/', 5_000) })
        {
            using var browser = new PageBrowser(hub);
            (await browser.Walk("sign-in?return=" + Uri.EscapeDataString(evil))).Expect(200);
            Assert.All(browser.Walked, a => Assert.Equal("localhost", a.Host));
            using var card = new PageBrowser(hub, "citizen-zeynep");
            await card.Walk("sign-in?return=" + Uri.EscapeDataString(evil));
            Assert.All(card.Walked, a => Assert.Equal("localhost", a.Host));
        }
    }

    [Fact]
    public async Task A_session_that_another_began_is_not_gone_on_in()
    {
        SitsThere();
        using var attacker = new PageBrowser(hub);
        (await attacker.Walk("signed-in")).Expect(200);
        using var victim = new PageBrowser(hub);
        victim.Cookies.Add(new Cookie("__Host-ehealthhub", attacker.Session!.Value, "/", "localhost") { Secure = true });
        (await victim.Walk("sign-in")).Expect(200);
        Assert.NotEqual(attacker.Session.Value, victim.Session!.Value);

        // The planted session is over by that, and what was made up is none.
        (await attacker.Get(attacker.At("signed-in"))).Expect(303);
        foreach (var made in new[] { "x", Convert.ToBase64String(RandomNumberGenerator.GetBytes(120)), victim.Session.Value[..^4] + "AAAA", new string('A', 4_000) })
        {
            using var browser = new PageBrowser(hub);
            browser.Cookies.Add(new Cookie("__Host-ehealthhub", made, "/", "localhost") { Secure = true });
            (await browser.Get(browser.At("signed-in"))).Expect(303);
        }
    }

    [Fact]
    public async Task Signing_out_cannot_be_forged_from_elsewhere()
    {
        SitsThere();
        using var browser = new PageBrowser(hub);
        var page = (await browser.Walk("signed-in")).Expect(200);
        var fields = PageBrowser.Fields(page);
        Forged(await browser.Post("sign-out", []));
        Forged(await browser.Post("sign-out", [("seal", "x")]));
        Forged(await browser.Post("sign-out", fields, ("Origin", "https://evil.example")));
        Forged(await browser.Post("sign-out", fields, ("Sec-Fetch-Site", "cross-site")));
        using var other = new PageBrowser(hub);
        Forged(await browser.Post("sign-out", PageBrowser.Fields((await other.Walk("signed-in")).Expect(200))));
        (await browser.Get(browser.At("signed-in"))).Expect(200);
        (await browser.Post("sign-out", fields, ("Origin", hub.Files.BaseAddress.ToString().TrimEnd('/')), ("Sec-Fetch-Site", "same-origin"))).Expect(200);
        Assert.Contains("not-signed-in", (await browser.Post("sign-out", fields)).Expect(403).Text, StringComparison.Ordinal);

        static void Forged(FhirAnswer answer) => Assert.Contains("<code>form-forged</code>", answer.Expect(403).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_consent_page_leads_to_the_provider_and_back_and_the_portal_gets_a_token_for_the_citizen()
    {
        SitsThere();
        using var browser = new PageBrowser(hub);
        var verifier = System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var challenge = System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(verifier)));
        string Authorize(string more = "") => $"oauth/authorize?response_type=code&client_id={ProviderHub.Portal.Id}&redirect_uri={Uri.EscapeDataString(ProviderHub.Portal.Redirect)}&scope=patient%2F*.rs&state=s&aud={Uri.EscapeDataString(browser.At("fhir").ToString())}&code_challenge={challenge}&code_challenge_method=S256{more}";
        Assert.Contains("error=login_required", (await browser.Get(browser.At(Authorize("&prompt=none")))).Expect(303).Location!, StringComparison.Ordinal);
        var page = (await browser.Walk(Authorize())).Expect(200);
        Assert.Contains("Portal", page.Text, StringComparison.Ordinal);
        using var other = new PageBrowser(hub);
        (await other.Walk("signed-in")).Expect(200);
        Assert.Contains("error=access_denied", (await other.Post("oauth/authorize", [.. PageBrowser.Fields(page), ("consent", "allow")])).Expect(303).Location!, StringComparison.Ordinal);

        var back = (await browser.Post("oauth/authorize", [.. PageBrowser.Fields(page), ("consent", "allow")])).Expect(303).Location!;
        var code = Uri.UnescapeDataString(back.Split("code=")[1].Split('&')[0]);
        using var portal = hub.Files.Client("hospital-ankara");
        var answer = (await portal.Form("oauth/token", ("grant_type", "authorization_code"), ("client_id", ProviderHub.Portal.Id), ("code", code), ("redirect_uri", ProviderHub.Portal.Redirect), ("code_verifier", verifier))).Expect(200);
        portal.Token = (string)answer.Json["access_token"]!;
        (await portal.Get("fhir/Patient/no-such-patient")).Refused(404);
        await AuditEntries.Find(hub.Files.Layout, e => e.Person == "citizen-zeynep" && e.Purpose == "PATRQT" && e.Interaction == "read");
    }

    [Fact]
    public async Task An_application_on_people_s_own_devices_is_refused_without_their_certificate()
    {
        await OAuthClient.Register(hub.Files, "ministry", new RegisteredClient("own-device", "Own", ClientKind.App, [], ["http://127.0.0.1:7777/back"], ["patient/*.rs"], IsPublic: true, Suspended: false));
        SitsThere();
        using var browser = new PageBrowser(hub);
        var answer = await browser.Walk(
            $"oauth/authorize?response_type=code&client_id=own-device&redirect_uri={Uri.EscapeDataString("http://127.0.0.1:7777/back")}&scope=patient%2F*.rs&state=s&aud={Uri.EscapeDataString(browser.At("fhir").ToString())}&code_challenge={new string('a', 43)}&code_challenge_method=S256",
            before: a => a.Port == 7777);
        Assert.Contains("error_description=certificate-required", answer.Location!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_is_away_is_503_and_never_a_fault()
    {
        SitsThere();
        using var browser = new PageBrowser(hub);
        await browser.Walk("signed-in", before: IsCallback);
        await hub.Provider.Stop();
        var answer = (await browser.Get(browser.Walked[^1])).Expect(503);
        Assert.Contains("<code>provider-unavailable</code>", answer.Text, StringComparison.Ordinal);
        Assert.NotNull(answer.Header("Retry-After"));
        await hub.Start();
        using var another = new PageBrowser(hub);
        (await another.Walk("signed-in")).Expect(503);
        await hub.Provider.Resume();
        await hub.Start();
        (await another.Walk("signed-in")).Expect(200);
    }

    private static bool IsCallback(Uri address) => address.AbsolutePath == "/sign-in/callback";

    private static void Failed(FhirAnswer answer) => Assert.Contains("<code>sign-in-failed</code>", answer.Expect(403).Text, StringComparison.Ordinal);

    private void SitsThere() => hub.Provider.User = new OpenIdUser("zeynep@provider", hub.ZeynepId, "Zeynep");
}
