using System.Text.Json.Nodes;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>
/// What a page owes to everybody who reads it (WCAG 2.2 AA, as far as a program can tell), looked at in the browser itself: language, title, headings, landmarks, labels, names, contrast as computed in both colour schemes, size of what is pressed, reflow at 320 pixels, and a
/// visible focus on everything that the keyboard reaches. axe-core besides, where it was fetched.
/// </summary>
internal static class PageRules
{
    private const int TabsMax = 60;

    private const string Structure = """
        (() => {
          const faults = [], say = (what, e) => faults.push(what + (e ? ': ' + e.outerHTML.slice(0, 120) : ''));
          if (!['tr', 'en'].includes(document.documentElement.lang)) say('no language');
          if (!document.title.includes('EHealthHub')) say('no title');
          if (document.querySelectorAll('h1').length !== 1) say('not one h1');
          let level = 0;
          for (const h of document.querySelectorAll('h1,h2,h3,h4,h5,h6')) { const l = +h.tagName[1]; if (l > level + 1) say('a heading is skipped', h); level = l; }
          for (const one of ['main', 'header']) if (document.querySelectorAll(one).length !== 1) say('not one ' + one);
          for (const nav of document.querySelectorAll('nav')) if (!nav.getAttribute('aria-label')) say('a nav without a name', nav);
          for (const input of document.querySelectorAll('input:not([type=hidden]),select,textarea')) if (!input.labels.length) say('no label', input);
          for (const e of document.querySelectorAll('a,button')) if (!e.textContent.trim()) say('no name', e);
          for (const e of document.querySelectorAll('fieldset')) if (!e.querySelector('legend')) say('no legend', e);
          for (const e of document.querySelectorAll('table')) if (!e.querySelector('th[scope=col]')) say('no column headers', e);
          const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
          if (new Set(ids).size !== ids.length) say('an id twice');
          for (const e of document.querySelectorAll('[aria-labelledby],[aria-describedby]')) for (const id of ((e.getAttribute('aria-labelledby') ?? '') + ' ' + (e.getAttribute('aria-describedby') ?? '')).trim().split(/\s+/)) if (!ids.includes(id)) say('names nothing', e);
          for (const e of document.querySelectorAll('button,.button,nav a,header a,input:not([type=hidden]),select,textarea')) { const r = e.getBoundingClientRect(); if (r.height && (r.height < 24 || r.width < 24) && !e.classList.contains('skip')) say('too small to hit', e); }
          if (document.querySelector('script,iframe,object,embed,[onclick],[style],img')) say('something active or foreign');
          return faults;
        })()
        """;

    private const string Contrast = """
        (() => {
          const faults = [], lum = c => { const f = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]); };
          const rgb = s => s.match(/[\d.]+/g).map(Number);
          const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] === 1) return c; } return matchMedia('(prefers-color-scheme:dark)').matches ? [18, 18, 18] : [255, 255, 255]; };
          for (const e of document.body.querySelectorAll('*')) {
            if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
            const s = getComputedStyle(e), a = lum(rgb(s.color)), b = lum(behind(e)), ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), size = parseFloat(s.fontSize), large = size >= 24 || (size >= 18.66 && +s.fontWeight >= 700);
            if (ratio < (large ? 3 : 4.5)) faults.push(`contrast ${ratio.toFixed(2)}: ${e.outerHTML.slice(0, 120)}`);
          }
          return faults;
        })()
        """;

    private const string Focused = """
        (() => { const e = document.activeElement, s = getComputedStyle(e); return e === document.body ? 'body' : (s.outlineStyle === 'none' || parseFloat(s.outlineWidth) < 2 ? 'no focus to be seen: ' : 'ok ') + e.outerHTML.slice(0, 120); })()
        """;

    /// <summary>Everything that is wrong with the page that is shown; empty for nothing.</summary>
    public static async Task<List<string>> Faults(DevTools page)
    {
        var faults = new List<string>();
        await Add(faults, page, Structure);
        foreach (var scheme in (string[])["light", "dark"])
        {
            await page.Send("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }) });
            await Add(faults, page, Contrast);
            await Axe(faults, page);
        }

        await Narrow(faults, page);
        await Focus(faults, page);
        return [.. faults.Distinct()];
    }

    /// <summary>At 320 CSS pixels nothing needs scrolling sideways (1.4.10); a table scrolls within itself.</summary>
    private static async Task Narrow(List<string> faults, DevTools page)
    {
        await page.Send("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = 320, ["height"] = 800, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        if ((double)(await page.Evaluate("document.documentElement.scrollWidth"))! > 321)
        {
            faults.Add("wider than 320 pixels: " + await page.Evaluate("[...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > 321 && !e.closest('.scroll')).map(e => e.outerHTML.slice(0, 80)).join(' | ')"));
        }

        await page.Send("Emulation.clearDeviceMetricsOverride");
    }

    /// <summary>From the beginning, Tab by Tab: the first is the way past the menu, and wherever the focus is can be seen (2.4.7).</summary>
    private static async Task Focus(List<string> faults, DevTools page)
    {
        await page.Evaluate("document.activeElement.blur(); scrollTo(0, 0)");
        for (var i = 0; i < TabsMax; i++)
        {
            await page.Press("Tab");
            var focused = (string)(await page.Evaluate(Focused))!;
            if (focused == "body")
            {
                return;
            }

            if (i == 0 && !focused.Contains("class=\"skip\"", StringComparison.Ordinal))
            {
                faults.Add("the way past the menu is not the first: " + focused);
            }

            if (!focused.StartsWith("ok ", StringComparison.Ordinal))
            {
                faults.Add(focused);
            }
        }
    }

    private static async Task Axe(List<string> faults, DevTools page)
    {
        if (AxeCore.Path is not { } path)
        {
            return;
        }

        await page.Evaluate(await File.ReadAllTextAsync(path) + ";true");
        await Add(faults, page, "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(r => r.violations.map(v => 'axe ' + v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | ')))");
    }

    private static async Task Add(List<string> faults, DevTools page, string expression) =>
        faults.AddRange((await page.Evaluate(expression))!.AsArray().Select(f => (string)f!));
}

/// <summary>axe-core, a foreign checker of accessibility, where <c>./test</c> fetched it; the tests check without it too.</summary>
internal static class AxeCore
{
    public static string? Path { get; } = new[]
    {
        System.IO.Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "ehealthhub-tests", "axe-core-4.10.3", "axe.min.js"),
    }.FirstOrDefault(File.Exists);
}
