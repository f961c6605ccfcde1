namespace EHealthHub.Auditor.Pages;

/// <summary>The frame around every page.</summary>
internal static class Layout
{
    private static readonly (string Address, string Key)[] Menu = [("/", "overview"), ("/entries", "entries"), ("/log", "log")];

    /// <summary>Writes a whole page. <paramref name="current"/> is the address of the menu's item that this page is; empty for none.</summary>
    public static string Page(View view, string title, string current, Action<Html> content)
    {
        var t = view.Texts;
        var html = new Html();
        html.Write($"""
            <!DOCTYPE html>
            <html lang="{Languages.Code(t.Language)}">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title} – {t["title"]}</title><link rel="stylesheet" href="/style.css"></head>
            <body>
            <a class="skip" href="#main">{t["skip"]}</a>
            <header><strong>{t["title"]}</strong>
            """);
        if (view.SignedInAs is not null)
        {
            WriteMenu(html, view, current);
        }

        var other = Languages.Code(t.Language == Language.Turkish ? Language.English : Language.Turkish);
        html.Write($"""<a href="{view.OtherLanguageAddress}" lang="{other}" hreflang="{other}">{t["other-language"]}</a></header>""");
        html.Write($"""<main id="main"><h1>{title}</h1>""");
        content(html);
        html.Write($"</main><footer>{t["footer"]}</footer></body></html>");
        return html.ToString();
    }

    /// <summary>A page that says why there is nothing else to see.</summary>
    public static string Notice(View view, string title, string explanation, string? detail) => Page(view, title, "", html =>
    {
        html.Write($"<p>{explanation}</p>");
        if (detail is not null)
        {
            html.Write($"<p><code>{detail}</code></p>");
        }
    });

    private static void WriteMenu(Html html, View view, string current)
    {
        var t = view.Texts;
        html.Write($"""<nav aria-label="{t["navigation"]}"><ul>""");
        foreach (var (address, key) in Menu)
        {
            if (address == current)
            {
                html.Write($"""<li><a href="{view.Link(address)}" aria-current="page">{t[key]}</a></li>""");
            }
            else
            {
                html.Write($"""<li><a href="{view.Link(address)}">{t[key]}</a></li>""");
            }
        }

        html.Write($"""</ul></nav><span class="who">{t["signed-in"]} <strong>{view.SignedInAs}</strong></span>""");
    }
}
