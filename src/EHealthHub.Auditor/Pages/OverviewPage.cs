using EHealthHub.Auditor.Index;

namespace EHealthHub.Auditor.Pages;

/// <summary>How much of what, and when; each number leads to its entries.</summary>
internal static class OverviewPage
{
    public static string Write(View view, Overview overview, IndexNames names) => Layout.Page(view, view.Texts["overview"], "/", html =>
    {
        var t = view.Texts;
        html.Write($"<p>{t["total"]}: <strong>{view.Number(overview.Total)}</strong></p>");
        Plot.Write(html, view, overview);
        html.Write($"""<div class="columns">""");
        WriteCounts(html, view, "by-kind", overview.Kinds.Select(k => (t.Of(k.Kind), $"/entries?kind={k.Kind}", k.Count)));
        WriteCounts(html, view, "by-outcome", overview.Outcomes.Select(o => (t.Of(o.Outcome), $"/entries?outcome={o.Outcome}", o.Count)));
        WriteCounts(html, view, "by-purpose", overview.Purposes.Where(p => p.Purpose != 0).Select(p => (names.Purposes[p.Purpose], $"/entries?purpose={Uri.EscapeDataString(names.Purposes[p.Purpose])}", p.Count)));
        html.Write($"</div>");
    });

    private static void WriteCounts(Html html, View view, string caption, IEnumerable<(string Name, string Address, long Count)> counts)
    {
        html.Write($"""<table><caption>{view.Texts[caption]}</caption><tbody>""");
        foreach (var (name, address, count) in counts.OrderByDescending(c => c.Count))
        {
            html.Write($"""<tr><th scope="row"><a href="{view.Link(address)}">{name}</a></th><td class="number">{view.Number(count)}</td></tr>""");
        }

        html.Write($"</tbody></table>");
    }
}
