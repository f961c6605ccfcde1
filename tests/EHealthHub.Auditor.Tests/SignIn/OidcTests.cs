using System.Net;
using EHealthHub.Auditor.SignIn;
using EHealthHub.Auditor.Tests.Support;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Auditor.Tests.SignIn;

public class OidcTests
{
    [Fact]
    public async Task An_auditor_signs_in_at_an_issuer_that_is_not_Entra_ID()
    {
        await using var hub = TestHub.Create();
        await using var issuer = await TestIssuer.Start(hub);
        await using var host = await hub.Start(Settings(hub, issuer));
        using var browser = Browser(hub, host);
        using var page = await Follow(browser, "/log");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("Denetçi", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await hub.Change(r => r.Suspend("auditor"));
        await Eventually.Hold(async () => (await browser.GetAsync("/log")).StatusCode == HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("operator", "not-an-auditor")]
    [InlineData("dr-ayse", "not-an-auditor")]
    [InlineData("somebody", "certificate-unregistered")]
    public async Task Whom_the_registry_does_not_know_as_an_auditor_is_refused_after_signing_in(string person, string reason)
    {
        await using var hub = TestHub.Create();
        await using var issuer = await TestIssuer.Start(hub);
        issuer.Person = person;
        await using var host = await hub.Start(Settings(hub, issuer));
        using var browser = Browser(hub, host);
        using var page = await Follow(browser, "/");
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        Assert.Contains($"<code>{reason}</code>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_of_another_issuer_or_for_another_audience_opens_nothing(bool issuerIsWrong)
    {
        await using var hub = TestHub.Create();
        await using var issuer = await TestIssuer.Start(hub);
        issuer.WrongIssuer = issuerIsWrong ? "https://elsewhere.example" : null;
        issuer.WrongAudience = issuerIsWrong ? null : "another-client";
        await using var host = await hub.Start(Settings(hub, issuer));
        using var browser = Browser(hub, host);
        using var page = await Follow(browser, "/");
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        Assert.Contains("<code>sign-in-failed</code>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var again = await browser.GetAsync("/log");
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
    }

    [Fact]
    public async Task A_certificate_goes_before_a_session_and_is_still_examined()
    {
        await using var hub = TestHub.Create();
        await using var issuer = await TestIssuer.Start(hub);
        await using var host = await hub.Start(Settings(hub, issuer));
        using var auditor = hub.Client(host, "auditor");
        Assert.Equal(HttpStatusCode.OK, (await auditor.GetAsync("/log")).StatusCode);
        using var hospital = hub.Client(host, "hospital-ankara");
        Assert.Equal(HttpStatusCode.Forbidden, (await hospital.GetAsync("/log")).StatusCode);
    }

    [Fact]
    public void Faulty_settings_are_all_named()
    {
        var faults = new OidcSettings { Authority = "http://insecure", MetadataAddress = "x", CertificateAuthority = "/nowhere", SessionMinutes = 1 }.Faults();
        Assert.Equal(5, faults.Count);
    }

    private static (string, string)[] Settings(TestHub hub, TestIssuer issuer) =>
    [
        ("Oidc:Authority", issuer.Address), ("Oidc:ClientId", TestIssuer.ClientId), ("Oidc:ClientSecret", TestIssuer.ClientSecret), ("Oidc:CertificateAuthority", hub.Pki.AuthorityPath),
    ];

    private static HttpClient Browser(TestHub hub, Auditor.Composition.AuditorHost host) => hub.Client(host, null);

    /// <summary>Follows redirects as a browser does, over hosts.</summary>
    private static async Task<HttpResponseMessage> Follow(HttpClient browser, string address)
    {
        var at = new Uri(browser.BaseAddress!, address);
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
