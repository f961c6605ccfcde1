using System.Collections.Immutable;
using EHealthHub.Gateway.Pages;

namespace EHealthHub.Gateway.My;

/// <summary>The way through a citizen's pages.</summary>
internal static class MyMenu
{
    /// <summary>Address below <c>/my</c>, name in both languages, and what is to be found there.</summary>
    public static ImmutableArray<(string Path, string Turkish, string English, string TurkishTold, string EnglishTold)> Items { get; } =
    [
        ("", "Kaydım", "My record", "Hakkınızda yazılanlar, türlerine göre", "What is written about you, by kind"),
        (ReportPages.Path, "Kim baktı", "Who looked", "Kaydınıza bakan, bakmaya çalışan, geri çevrilen herkes", "Everyone who looked at your record, tried to or was refused"),
        (ConsentPages.Path, "Onaylarım", "My consents", "Kime izin verdiğiniz, kime kapattığınız, bakım verenleriniz", "Whom you permit, whom you refuse, your caregivers"),
        ("/download", "İndir", "Download", "Kaydınızın tamamı tek bir FHIR belgesi olarak", "All of your record as one FHIR document"),
    ];

    public static void Write(Html html, MyVisit visit, string current)
    {
        var t = visit.Words;
        html.Write($"""<nav class="menu" aria-label="{t.Say("Sayfalarım", "My pages")}"><ul>""");
        foreach (var (path, turkish, english, _, _) in Items)
        {
            if (path == current)
            {
                html.Write($"""<li><a href="{visit.Link(path)}" aria-current="page">{t.Say(turkish, english)}</a></li>""");
            }
            else
            {
                html.Write($"""<li><a href="{visit.Link(path)}">{t.Say(turkish, english)}</a></li>""");
            }
        }

        html.Write($"</ul></nav>");
    }
}
