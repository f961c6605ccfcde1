using EHealthHub.Auditor.Logs;

namespace EHealthHub.Auditor.Pages;

/// <summary>Where each log stands.</summary>
internal static class LogPage
{
    public static string Write(View view, IReadOnlyList<LogState> states) => Layout.Page(view, view.Texts["log"], "/log", html =>
    {
        var t = view.Texts;
        html.Write($"<p>{t["log-explained"]}</p>");
        if (states.Count == 0)
        {
            html.Write($"<p>{t["no-log"]}</p>");
        }

        foreach (var state in states)
        {
            html.Write($"<h2>{state.Origin}</h2><dl><dt>{t["state"]}</dt>");
            WriteState(html, t, state);
            html.Write($"<dt>{t["verified"]}</dt><dd>{view.Number(state.Verified)}</dd>");
            if (state.Signed is { } signed)
            {
                html.Write($"""<dt>{t["signed"]}</dt><dd>{view.Number(signed.Size)}</dd><dt>{t["root"]}</dt><dd class="hash">{signed.Root}</dd>""");
            }

            if (state.Kept is { } kept)
            {
                html.Write($"</dl><details><summary>{t["kept"]}</summary><pre>{kept.Text}</pre></details>");
            }
            else
            {
                html.Write($"</dl>");
            }
        }
    });

    private static void WriteState(Html html, Texts t, LogState state)
    {
        if (state.Problem.Length > 0)
        {
            html.Write($"""<dd class="bad" role="alert">{t["broken"]}: {state.Problem}</dd>""");
        }
        else if (state.Signed is { } signed && state.Verified == signed.Size)
        {
            html.Write($"""<dd class="good">{t["whole"]}</dd>""");
        }
        else
        {
            html.Write($"<dd>{t["reading"]}</dd>");
        }
    }
}
