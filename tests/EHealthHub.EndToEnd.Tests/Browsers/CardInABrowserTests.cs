using System.Security.Cryptography.X509Certificates;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Browsers;

/// <summary>A real Chromium with a card: whom it lets in, whom not, and what the page says.</summary>
public sealed class CardInABrowserTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private string Me => new Uri(hub.Files.BaseAddress, "me").ToString();

    [ChromiumFact]
    public async Task A_clinician_s_card_opens_the_page_that_says_whom_the_hub_takes_them_for_in_both_languages()
    {
        using var home = await BrowserHome.Create(hub.Files);
        var card = hub.Files.Certificate("dr-ayse");
        await home.Put(card);
        await using var browser = await Chromium.Start(home);

        var shown = await browser.Page.Open(Me);
        Assert.Equal(200, shown.Status);
        Assert.Contains("Whom the hub takes you for", shown.Text, StringComparison.Ordinal);
        Assert.Contains("Ayşe Demir, clinician", shown.Text, StringComparison.Ordinal);
        Assert.Contains("Ankara Şehir Hastanesi (gösterim)", shown.Text, StringComparison.Ordinal);
        Assert.Contains("Not revoked", shown.Text, StringComparison.Ordinal);
        Assert.Contains(card.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant(), shown.Text.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains(shown.Headers["ehealthhub-receipt"], shown.Text, StringComparison.Ordinal);

        // The style sheet that the policy names by its hash is in force, and nothing was forbidden: the page asks for nothing else.
        Assert.Equal("1px", (string?)await browser.Page.Evaluate("getComputedStyle(document.querySelector('.card')).borderTopWidth"));
        Assert.Empty(browser.Page.Complaints);
        Assert.Equal("en", (string?)await browser.Page.Evaluate("document.documentElement.lang"));

        // The keyboard alone: past the link that skips, the one to the other language.
        var turkish = await browser.Page.After(async () =>
        {
            await browser.Page.Press("Tab");
            await browser.Page.Press("Tab");
            await browser.Page.Press("Enter");
        });
        Assert.Equal(200, turkish.Status);
        Assert.Contains("Hub sizi kim olarak tanıyor", turkish.Text, StringComparison.Ordinal);
        Assert.Contains("sağlık çalışanı", turkish.Text, StringComparison.Ordinal);
        Assert.Equal("tr", (string?)await browser.Page.Evaluate("document.documentElement.lang"));

        var entry = await AuditEntries.Find(hub.Files.Layout, e => e.Interaction == "identity-page" && e.Person == "dr-ayse");
        Assert.Equal("page-shown", entry.Reason);
    }

    [ChromiumTheory]
    [InlineData("hospital-ankara", "certificate-unregistered")]
    [InlineData("auditor", "certificate-unregistered")]
    [InlineData("hospital-revoked", "certificate-revoked")]
    [InlineData("unregistered card", "certificate-unregistered")]
    [InlineData("revoked card", "certificate-revoked")]
    [InlineData("impostor's card", "certificate-unknown-issuer")]
    [InlineData("expired card", "certificate-required")]
    [InlineData("", "certificate-required")]
    public async Task Whoever_else_is_refused_on_a_page_that_says_why_and_nothing_more(string whose, string code)
    {
        using var home = await BrowserHome.Create(hub.Files);
        using var card = await CardOf(whose);
        if (card is not null)
        {
            await home.Put(card);
        }

        await using var browser = await Chromium.Start(home);
        var shown = await browser.Page.Open(Me);
        Assert.Equal(403, shown.Status);
        Assert.Contains("You are not let in", shown.Text, StringComparison.Ordinal);
        Assert.Contains(code, shown.Text, StringComparison.Ordinal);
        Assert.Contains(shown.Headers["ehealthhub-receipt"], shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Ayşe", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Mehmet", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(browser.Page.Complaints, c => !c.Contains("403", StringComparison.Ordinal));
    }

    [ChromiumWithCardFact]
    public async Task A_card_in_a_token_opens_the_page_once_its_pin_was_typed_into_the_browser_s_window()
    {
        using var token = await SoftToken.Create(hub.Files, "dr-ayse");
        using var home = await BrowserHome.Create(hub.Files);
        await home.Put(token);
        await using var display = await Display.Start();
        await using var browser = await Chromium.Start(home, display.Name);

        var opening = browser.Page.Open(Me);
        var asked = await display.Window("Unlock Security Device");
        await display.Type(asked, "000000");
        var again = await display.Window("Unlock Security Device", asked);
        Assert.False(opening.IsCompleted, "the wrong PIN opened the page");
        await display.Type(again, SoftToken.Pin);

        var shown = await opening;
        Assert.Equal(200, shown.Status);
        Assert.Contains("Ayşe Demir, clinician", shown.Text, StringComparison.Ordinal);
    }

    /// <summary>The authority's own expired hospital is no card; an expired one Chromium itself does not offer, so that the hub sees none.</summary>
    private async Task<X509Certificate2?> CardOf(string whose)
    {
        var now = TimeProvider.System.GetUtcNow();
        switch (whose)
        {
            case "":
                return null;
            case "unregistered card":
                return IssuedCards.OfNobody(hub.Files, "11111111110");
            case "impostor's card":
                return IssuedCards.OfImpostor(hub.Files, "dr-ayse");
            case "expired card":
                return IssuedCards.Like(hub.Files, "dr-ayse", now.AddDays(-30), now.AddDays(-1));
            case "revoked card":
                var (code, output) = await hub.Files.Hub("pki", "revoke", "dr-mehmet");
                Assert.True(code == 0, output);
                using (var client = hub.Client("dr-mehmet"))
                {
                    for (var i = 0; i < 100 && (await client.Get("me")).Status == 200; i++)
                    {
                        await Task.Delay(100);
                    }
                }

                return hub.Files.Exportable("dr-mehmet");
            default:
                return hub.Files.Exportable(whose);
        }
    }
}
