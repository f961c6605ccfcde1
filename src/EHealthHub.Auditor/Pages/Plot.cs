using System.Globalization;
using EHealthHub.Auditor.Index;

namespace EHealthHub.Auditor.Pages;

/// <summary>Accesses over time as bars, and as a table for those who do not see bars.</summary>
internal static class Plot
{
    private const int Width = 960;
    private const int Height = 200;
    private const int Bottom = 170;
    private const int Top = 16;
    private const double BarWidth = (double)Width / Overview.Hours;

    public static void Write(Html html, View view, Overview overview)
    {
        var t = view.Texts;
        var highest = Math.Max(1, Enumerable.Range(0, Overview.Hours).Max(h => overview.Granted[h] + overview.Refused[h]));
        html.Write($"""
            <figure><svg class="plot" viewBox="0 0 {Width} {Height}" role="img" aria-labelledby="plot-title"><title id="plot-title">{t["plot"]}</title>
            <line x1="0" y1="{Bottom}" x2="{Width}" y2="{Bottom}"/><text x="0" y="12">{view.Number(highest)}</text>
            """);
        for (var hour = 0; hour < Overview.Hours; hour++)
        {
            WriteBar(html, overview, hour, highest);
        }

        html.Write($"</svg>");
        WriteTable(html, view, overview);
        html.Write($"</figure>");
    }

    private static void WriteBar(Html html, Overview overview, int hour, long highest)
    {
        var (granted, refused) = (HeightOf(overview.Granted[hour], highest), HeightOf(overview.Refused[hour], highest));
        var x = (hour * BarWidth) + 1;
        html.Write($"""<rect class="granted" x="{x}" y="{Bottom - granted}" width="{BarWidth - 2}" height="{granted}"/>""");
        html.Write($"""<rect class="refused" x="{x}" y="{Bottom - granted - refused}" width="{BarWidth - 2}" height="{refused}"/>""");
        if (overview.HourAt(hour).Hour % 6 == 0)
        {
            html.Write($"""<text x="{x}" y="{Bottom + 16}">{overview.HourAt(hour).ToString("dd.MM. HH", CultureInfo.InvariantCulture)}</text>""");
        }
    }

    private static void WriteTable(Html html, View view, Overview overview)
    {
        var t = view.Texts;
        html.Write($"""<details><summary>{t["plot-table"]}</summary><table><thead><tr><th scope="col">{t["hour"]}</th>""");
        html.Write($"""<th scope="col" class="number">{t["plot-granted"]}</th><th scope="col" class="number">{t["plot-refused"]}</th></tr></thead><tbody>""");
        for (var hour = Overview.Hours - 1; hour >= 0; hour--)
        {
            if (overview.Granted[hour] + overview.Refused[hour] > 0)
            {
                html.Write($"""<tr><th scope="row">{overview.HourAt(hour).ToString("yyyy-MM-dd HH:00", CultureInfo.InvariantCulture)}</th>""");
                html.Write($"""<td class="number">{view.Number(overview.Granted[hour])}</td><td class="number">{view.Number(overview.Refused[hour])}</td></tr>""");
            }
        }

        html.Write($"</tbody></table></details>");
    }

    /// <summary>What happened at all can be seen: at least one pixel.</summary>
    private static double HeightOf(long count, long highest) => count == 0 ? 0 : Math.Max(1, (double)count * (Bottom - Top) / highest);
}
