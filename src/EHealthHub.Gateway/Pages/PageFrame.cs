using System.Security.Cryptography;
using System.Text;

namespace EHealthHub.Gateway.Pages;

/// <summary>The frame around every page: no script, one style sheet in the page whose hash the policy names, nothing from elsewhere, and in no frame.</summary>
internal static class PageFrame
{
    private const string Style = """
        :root{color-scheme:light dark;--ink:#1a2430;--muted:#4a5866;--paper:#fff;--soft:#f1f5f9;--line:#c3ced9;--edge:#6b7885;--brand:#0b4f8a;--on:#fff;--good:#17663a;--bad:#9c1c1a;--focus:#b04a00}
        @media (prefers-color-scheme:dark){:root{--ink:#e8edf2;--muted:#b4c0cc;--paper:#12171c;--soft:#1d252d;--line:#3d4a57;--edge:#8494a3;--brand:#8ec5ff;--on:#0c1a28;--good:#86dcaa;--bad:#ff9f99;--focus:#ffb870}}
        *{box-sizing:border-box}
        body{margin:0;font:1.0625rem/1.6 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
        a{color:var(--brand);text-underline-offset:.15em}
        :focus-visible{outline:3px solid var(--focus);outline-offset:2px}
        .skip{position:absolute;left:-100rem}
        .skip:focus{position:static;display:inline-block;padding:.5rem 1rem}
        .band,.foot,main{max-width:56rem;margin:0 auto;padding:1rem 1.25rem}
        header{background:var(--soft);border-top:.375rem solid var(--brand);border-bottom:1px solid var(--line)}
        .band{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;align-items:center;padding-block:.5rem}
        .band strong{font-size:1.125rem}
        .band a{display:inline-block;padding:.35rem 0;min-height:1.5rem}
        .band .end{margin-left:auto}
        h1{font-size:1.75rem;line-height:1.25;margin:1rem 0 .75rem;text-wrap:balance}
        h2{font-size:1.2rem;margin:2rem 0 .5rem}
        p,ul{max-width:42rem}
        section.card{margin:1.25rem 0;padding:.25rem 1.25rem 1.1rem;border:1px solid var(--line);border-radius:.5rem}
        section.card h2{margin-top:.75rem}
        dl{display:grid;grid-template-columns:minmax(9rem,max-content) 1fr;gap:.35rem 1.5rem;margin:0}
        dt{color:var(--muted)}
        dd{margin:0;overflow-wrap:anywhere}
        .lead{font-size:1.2rem;margin:.25rem 0 1rem}
        .note{color:var(--muted);font-size:.9375rem}
        .good,.bad{font-weight:600}
        .good{color:var(--good)}
        .bad{color:var(--bad)}
        nav.menu{background:var(--soft);border-bottom:1px solid var(--line)}
        nav.menu ul{max-width:56rem;margin:0 auto;padding:0 .5rem;list-style:none;display:flex;flex-wrap:wrap}
        nav.menu a{display:block;padding:.7rem .75rem;text-decoration:none;border-bottom:.2rem solid transparent}
        nav.menu a:hover{text-decoration:underline}
        nav.menu a[aria-current]{color:var(--ink);font-weight:600;border-color:var(--brand)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1rem;margin:1rem 0;padding:0;max-width:none;list-style:none}
        .tiles a{display:block;height:100%;padding:.85rem 1.1rem;border:1px solid var(--edge);border-radius:.5rem;color:inherit;text-decoration:none}
        .tiles a:hover{border-color:var(--brand);background:var(--soft)}
        .tiles .name{color:var(--brand);font-weight:600;text-decoration:underline;text-underline-offset:.15em}
        .tiles .count{display:block;font-size:1.6rem;line-height:1.3;font-variant-numeric:tabular-nums}
        .tag{display:inline-block;padding:.05rem .6rem;border:1px solid var(--edge);border-radius:1rem;font-size:.875rem}
        .stop p{margin:.4rem 0}
        .done{border-left:.375rem solid var(--good);padding:.25rem 1rem;background:var(--soft)}
        form.stack{display:grid;gap:1rem;max-width:42rem}
        fieldset{margin:0;padding:.5rem 1.1rem 1rem;border:1px solid var(--line);border-radius:.5rem}
        legend{font-weight:600;padding:0 .4rem}
        label{display:block;font-weight:600}
        .hint{display:block;font-weight:400;color:var(--muted);font-size:.9375rem}
        .choice{display:flex;gap:.75rem;align-items:flex-start;padding:.4rem 0;font-weight:400}
        .choice input{flex:none;width:1.5rem;height:1.5rem;margin:.1rem 0 0;accent-color:var(--brand)}
        input[type=text],input[type=date],select,textarea{font:inherit;width:100%;min-height:2.75rem;padding:.45rem .6rem;color:inherit;background:var(--paper);border:1px solid var(--edge);border-radius:.35rem}
        textarea{min-height:8rem}
        .stop{border-left:.375rem solid var(--bad);padding:.25rem 1rem;background:var(--soft)}
        code{font:.9rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%}
        caption{text-align:left;color:var(--muted);padding:.25rem 0}
        th,td{padding:.5rem .9rem .5rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
        .when{white-space:nowrap}
        thead th{color:var(--muted);font-weight:600}
        button,.button{font:inherit;font-weight:600;display:inline-block;min-height:2.75rem;padding:.55rem 1.4rem;margin:1rem 1rem 0 0;border:2px solid var(--brand);border-radius:.35rem;background:var(--paper);color:var(--brand);text-decoration:none;cursor:pointer}
        button.yes,.button.yes{background:var(--brand);color:var(--on)}
        footer{margin-top:2.5rem;border-top:1px solid var(--line);font-size:.9375rem;color:var(--muted)}
        @media (max-width:34rem){th,td{padding-right:.6rem}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}}
        """;

    private static readonly string StyleHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));

    /// <summary>The policy of a page whose forms lead to the hub, and from there to another origin where one is given: browsers hold form-action against the redirect too.</summary>
    public static string Policy(string? redirect) =>
        $"default-src 'none'; style-src 'sha256-{StyleHash}'; img-src data:; form-action 'self'{(redirect is null ? "" : " " + new Uri(redirect).GetLeftPart(UriPartial.Authority))}; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Writes a whole page.</summary>
    /// <param name="t">Its language.</param>
    /// <param name="title">Heading and title.</param>
    /// <param name="content">What stands below the heading.</param>
    /// <param name="otherLanguage">Address of the same page in the other language; null where there is none.</param>
    /// <param name="menu">What stands between header and heading; null for nothing.</param>
    /// <param name="receipt">The entry in the log that stands for this page; null where it is told in the header alone.</param>
    public static byte[] Write(Words t, string title, Action<Html> content, string? otherLanguage = null, string? receipt = null, Action<Html>? menu = null)
    {
        var html = new Html();

        // An empty icon: browsers would ask for one, and each request is an entry in the log.
        html.Write($"""
            <!DOCTYPE html>
            <html lang="{t.Language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title} · EHealthHub</title><link rel="icon" href="data:,"><style>
            """);
        html.Style(Style);
        html.Write($"""</style></head><body><a class="skip" href="#main">{t.Say("İçeriğe geç", "Skip to content")}</a><header><div class="band"><strong>EHealthHub</strong><span class="note">{t.Say("Ulusal e-sağlık kayıt paylaşımı", "National e-health record exchange")}</span>""");
        if (otherLanguage is not null)
        {
            html.Write($"""<a class="end" href="{otherLanguage}" lang="{t.Other}" hreflang="{t.Other}">{t.Say("English", "Türkçe")}</a>""");
        }

        html.Write($"</div></header>");
        menu?.Invoke(html);
        html.Write($"""<main id="main" tabindex="-1"><h1>{title}</h1>""");
        content(html);
        html.Write($"</main>");
        if (receipt is not null)
        {
            html.Write($"""<footer><div class="foot">{t.Say("Bu sayfanın açılması denetim günlüğüne yazıldı. Makbuz:", "That this page was opened stands in the audit log. Receipt:")} <code>{receipt}</code></div></footer>""");
        }

        return html.Write($"</body></html>").ToBytes();
    }
}
