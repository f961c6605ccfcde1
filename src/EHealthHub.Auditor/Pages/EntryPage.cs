using System.Globalization;
using EHealthHub.Auditor.Logs;

namespace EHealthHub.Auditor.Pages;

/// <summary>One entry, with the proof that it stands in the log, computed while the page is made.</summary>
internal static class EntryPage
{
    private const int PatientsMax = 200;

    public static string Write(View view, ShownEntry shown, EntryProof proof) => Layout.Page(view, $"{view.Texts["entry"]} {shown.Index}", "", html =>
    {
        WriteContent(html, view, shown);
        WriteProof(html, view, proof);
    });

    private static void WriteContent(Html html, View view, ShownEntry shown)
    {
        var t = view.Texts;
        html.Write($"""<dl><dt>{t["origin"]}</dt><dd>{shown.Origin}</dd><dt>{t["index"]}</dt><dd>{shown.Index}</dd>""");
        if (shown.Entry is not { } e)
        {
            html.Write($"""</dl><p class="bad">{t["unreadable"]}</p>""");
            return;
        }

        foreach (var (key, value) in new (string, string)[]
        {
            ("time", View.Time(e.Time)), ("kind", t.Of(e.Kind)), ("outcome", t.Of(shown.Outcome)), ("institution", e.Institution), ("actor", e.Person), ("role", e.Role), ("purpose", e.Purpose),
            ("interaction", e.Interaction), ("resource", e.ResourceId.Length > 0 ? $"{e.ResourceType}/{e.ResourceId}" : e.ResourceType), ("status", e.Status == 0 ? "" : Text(e.Status)),
            ("reason", e.Reason), ("detail", e.Detail), ("request-id", e.RequestId), ("certificate", e.Certificate), ("token", e.TokenId), ("source", e.Source), ("events", e.Count > 1 ? Text(e.Count) : ""),
            ("commit", e.CommitSequence == 0 ? "" : Text(e.CommitSequence)), ("hashes", Convert.ToHexStringLower(e.Hashes.Span)),
        })
        {
            if (value.Length > 0)
            {
                html.Write($"<dt>{t[key]}</dt><dd>{value}</dd>");
            }
        }

        if (e.IntentIndex >= 0)
        {
            html.Write($"""<dt>{t["intent"]}</dt><dd><a href="{view.Link(new ShownEntry(shown.Origin, e.IntentIndex, null).Address)}">{e.IntentIndex}</a></dd>""");
        }

        if (!e.Patients.IsEmpty)
        {
            html.Write($"<dt>{t["patients"]}</dt><dd>");
            EntriesPage.WritePatients(html, view, e, PatientsMax);
            html.Write($"</dd>");
        }

        html.Write($"</dl>");
    }

    private static void WriteProof(Html html, View view, EntryProof proof)
    {
        var t = view.Texts;
        html.Write($"<h2>{t["proof"]}</h2>");
        if (proof.Finding.Holds)
        {
            html.Write($"""<p class="good">{t["proof-holds"]}</p>""");
        }
        else
        {
            html.Write($"""<p class="bad" role="alert">{t["proof-fails"]} {proof.Finding.Problem}</p>""");
        }

        html.Write($"""<dl><dt>{t["leaf-hash"]}</dt><dd class="hash">{proof.LeafHash}</dd></dl><pre>{proof.Text}</pre>""");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
