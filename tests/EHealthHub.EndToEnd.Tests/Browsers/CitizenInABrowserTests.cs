using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Browsers;

/// <summary>The citizens' pages in a real Chromium, by the keyboard, and what they owe to everybody who reads them.</summary>
public sealed class CitizenInABrowserTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [ChromiumFact]
    public async Task A_citizen_goes_through_the_own_pages_and_each_is_readable_for_everybody_in_both_languages()
    {
        var patient = await Zeynep.Record(hub);
        using var home = await BrowserHome.Create(hub.Files);
        await home.Put(hub.Files.Exportable(Zeynep.Name));
        await using var browser = await Chromium.Start(home);
        foreach (var language in (string[])["tr", "en"])
        {
            foreach (var path in (string[])["me", "my", "my/record/Observation", "my/record/Condition", $"my/record/Patient/{patient}", "my/record/Nonsense", "my/report", "my/consents", "my/download"])
            {
                var shown = await browser.Page.Open($"{hub.Files.BaseAddress}{path}?lang={language}");
                Assert.Equal(path.EndsWith("Nonsense", StringComparison.Ordinal) ? 404 : 200, shown.Status);
                Assert.Equal(language, (string?)await browser.Page.Evaluate("document.documentElement.lang"));
                Assert.Empty((await PageRules.Faults(browser.Page)).Select(f => path + ": " + f));
            }
        }

        Assert.DoesNotContain(browser.Page.Complaints, c => !c.Contains("404", StringComparison.Ordinal));
    }

    [ChromiumFact]
    public async Task What_a_page_owes_is_missed_where_it_is_missing()
    {
        using var home = await BrowserHome.Create(hub.Files);
        await home.Put(hub.Files.Exportable(Zeynep.Name));
        await using var browser = await Chromium.Start(home);
        await browser.Page.Open(new Uri(hub.Files.BaseAddress, "my/download").ToString());
        await browser.Page.Evaluate("""document.querySelector('main').insertAdjacentHTML('beforeend', '<h4>x</h4><p id="p">too pale to read</p><input><button></button>'); document.getElementById('p').style.color = '#bbb'; document.querySelector('button').style.outline = 'none'; true""");
        var faults = await PageRules.Faults(browser.Page);
        string[] own = ["a heading is skipped", "no label", "no name", "contrast", "something active", "no focus to be seen"];
        foreach (var wanted in AxeCore.Path is null ? own : [.. own, "axe label", "axe color-contrast"])
        {
            Assert.True(faults.Exists(f => f.StartsWith(wanted, StringComparison.Ordinal)), $"{wanted} is not among: {string.Join('\n', faults)}");
        }
    }

    [ChromiumFact]
    public async Task From_the_record_to_one_entry_by_links_alone()
    {
        await Zeynep.Record(hub);
        using var home = await BrowserHome.Create(hub.Files);
        await home.Put(hub.Files.Exportable(Zeynep.Name));
        await using var browser = await Chromium.Start(home, language: "tr");
        await browser.Page.Open(new Uri(hub.Files.BaseAddress, "my").ToString());
        var conditions = await browser.Page.Follow("Tanılar");
        Assert.Contains("1 giriş", conditions.Text, StringComparison.Ordinal);
        var entry = await browser.Page.Follow("Migren <b>aurasız</b>");
        Assert.Contains("20.11.2026", entry.Text, StringComparison.Ordinal);
        var visit = await browser.Page.Follow("Muayene ve yatışlar");
        Assert.Equal(200, visit.Status);
    }
}
