using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using EHealthHub.Auditor.Tests.Support;
using EHealthHub.Tests.OpenId;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.OpenId;

namespace EHealthHub.Auditor.Tests.SignIn;

/// <summary>Sign-in of staff at a real OpenID provider that is not Entra ID.</summary>
public class OidcTests
{
    private const string ClientId = "auditor-pages";
    private const string ClientSecret = "a secret of the test";

    [Fact]
    public async Task An_auditor_signs_in_at_an_issuer_that_is_not_Entra_ID()
    {
        await using var hub = TestHub.Create();
        await using var issuer = await Issuer(hub);
        await hub.Change(r => r.AddLogin("auditor", new OpenIdLogin(issuer.Authority, "staff-1")));
        await using var host = await hub.Start(Settings(hub, issuer));
        Listen(issuer, host);
        using var browser = hub.Client(host, null);
        using var page = await Follow(browser, "/log");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("Denetçi", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("S256", issuer.Asked["code_challenge_method"]);

        await hub.Change(r => r.Suspend("auditor"));
        await Eventually.Hold(async () => (await browser.GetAsync("/log")).StatusCode == HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("operator", "not-an-auditor")]
    [InlineData("dr-ayse", "person-unregistered")]
    [InlineData("somebody", "person-unregistered")]
    public async Task Whom_the_registry_does_not_know_as_an_auditor_is_refused_after_signing_in(string person, string reason)
    {
        await using var hub = TestHub.Create();
        await using var issuer = await Issuer(hub);
        issuer.Spoil = identity => identity.AddClaim(new Claim("staff_id", person));
        await using var host = await hub.Start([.. Settings(hub, issuer), ("Oidc:Staff:PersonClaim", "staff_id")]);
        Listen(issuer, host);
        using var browser = hub.Client(host, null);
        await Refused(await Follow(browser, "/"), HttpStatusCode.Forbidden, reason);
    }

    [Fact]
    public async Task A_role_makes_an_auditor_only_where_the_configuration_says_so_and_the_registry_can_silence_them()
    {
        await using var hub = TestHub.Create();
        await using var issuer = await Issuer(hub);
        issuer.User = new OpenIdUser("staff-9", Name: "Bilge", Role: "hub-auditor");
        await using (var host = await hub.Start(Settings(hub, issuer)))
        {
            Listen(issuer, host);
            using var browser = hub.Client(host, null);
            await Refused(await Follow(browser, "/"), HttpStatusCode.Forbidden, "person-unregistered");
        }

        await using var believing = await hub.Start([.. Settings(hub, issuer), ("Oidc:Staff:AuditorRole", "hub-auditor")]);
        Listen(issuer, believing);
        using var again = hub.Client(believing, null);
        using var page = await Follow(again, "/log");
        Assert.Contains("Bilge", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await hub.Change(r => r.AddLogin("auditor", new OpenIdLogin(issuer.Authority, "staff-9")).Then(next => next.Suspend("auditor")));
        await Eventually.Hold(async () => (await again.GetAsync("/log")).StatusCode == HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_answer_works_once_in_the_browser_that_asked_and_a_provider_that_is_away_is_503()
    {
        await using var hub = TestHub.Create();
        await using var issuer = await Issuer(hub);
        await using var host = await hub.Start(Settings(hub, issuer));
        Listen(issuer, host);
        using var browser = hub.Client(host, null);
        var callback = await Callback(browser);
        using var other = hub.Client(host, null);
        await Refused(await other.GetAsync(callback), HttpStatusCode.Forbidden, "sign-in-failed");
        await Refused(await browser.GetAsync(callback.ToString().Replace("state=", "state=A", StringComparison.Ordinal)), HttpStatusCode.Forbidden, "sign-in-failed");
        await issuer.Stop();
        await Refused(await browser.GetAsync(callback), HttpStatusCode.ServiceUnavailable, "provider-unavailable");
        await issuer.Resume();
        await Refused(await browser.GetAsync(callback), HttpStatusCode.Forbidden, "sign-in-failed");
    }

    [Fact]
    public async Task A_key_that_the_provider_never_published_opens_nothing()
    {
        await using var hub = TestHub.Create();
        await using var issuer = await Issuer(hub);
        await using var host = await hub.Start(Settings(hub, issuer));
        Listen(issuer, host);
        await issuer.ChangeKey();
        using var browser = hub.Client(host, null);
        await Refused(await Follow(browser, "/"), HttpStatusCode.Forbidden, "sign-in-failed");
        using var again = await browser.GetAsync("/log");
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
    }

    [Fact]
    public async Task A_provider_that_was_never_there_is_503()
    {
        await using var hub = TestHub.Create();
        await using var issuer = await Issuer(hub);
        await issuer.Stop();
        await using var host = await hub.Start(Settings(hub, issuer));
        using var browser = hub.Client(host, null);
        await Refused(await browser.GetAsync("/"), HttpStatusCode.ServiceUnavailable, "provider-unavailable");
    }

    [Fact]
    public async Task A_certificate_goes_before_a_session_and_is_still_examined()
    {
        await using var hub = TestHub.Create();
        await using var issuer = await Issuer(hub);
        await using var host = await hub.Start(Settings(hub, issuer));
        using var auditor = hub.Client(host, "auditor");
        Assert.Equal(HttpStatusCode.OK, (await auditor.GetAsync("/log")).StatusCode);
        using var hospital = hub.Client(host, "hospital-ankara");
        Assert.Equal(HttpStatusCode.Forbidden, (await hospital.GetAsync("/log")).StatusCode);
    }

    private static async Task<OpenIdHost> Issuer(TestHub hub)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        var issuer = await OpenIdHost.Start(hub.Pki.Load("server"), port);
        issuer.User = new OpenIdUser("staff-1", Name: "Denetçi");
        return issuer;
    }

    private static (string, string)[] Settings(TestHub hub, OpenIdHost issuer) =>
    [
        ("Oidc:Staff:Authority", issuer.Authority), ("Oidc:Staff:ClientId", ClientId), ("Oidc:Staff:ClientSecret", ClientSecret), ("Oidc:Staff:CertificateAuthority", hub.Pki.AuthorityPath),
    ];

    private static void Listen(OpenIdHost issuer, Auditor.Composition.AuditorHost host) => issuer.Add(new OpenIdClient(ClientId, ClientSecret, $"https://localhost:{host.Port}/signin-oidc"));

    private static async Task Refused(HttpResponseMessage response, HttpStatusCode status, string reason)
    {
        using (response)
        {
            var page = await response.Content.ReadAsStringAsync();
            Assert.True(status == response.StatusCode, $"{response.StatusCode} {page}");
            Assert.Contains($"<code>{reason}</code>", page, StringComparison.Ordinal);
        }
    }

    private static async Task<Uri> Callback(HttpClient browser)
    {
        using var sent = await browser.GetAsync("/");
        using var back = await browser.GetAsync(sent.Headers.Location);
        return back.Headers.Location!;
    }

    /// <summary>Follows redirects as a browser does, over hosts; and begins again, as its user would, while a provider is too slow on a busy machine to be waited for.</summary>
    private static async Task<HttpResponseMessage> Follow(HttpClient browser, string address)
    {
        for (var attempt = 0; ; attempt++)
        {
            var response = await Walk(browser, new Uri(browser.BaseAddress!, address));
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable || attempt == 5)
            {
                return response;
            }

            response.Dispose();
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private static async Task<HttpResponseMessage> Walk(HttpClient browser, Uri at)
    {
        for (var i = 0; i < 10; i++)
        {
            var response = await browser.GetAsync(at);
            if (response.Headers.Location is not { } next)
            {
                return response;
            }

            at = new Uri(at, next);
            response.Dispose();
        }

        throw new InvalidOperationException("Too many redirects.");
    }
}
