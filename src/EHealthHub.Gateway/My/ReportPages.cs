using System.Globalization;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Reports;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pages;
using EHealthHub.Gateway.Pipeline;

namespace EHealthHub.Gateway.My;

/// <summary>Who looked at the record, tried to, or was refused: the access report for its owner, and the file that proves it whole.</summary>
internal sealed class ReportPages(HubParts parts, MyGate gate)
{
    public const string Path = "/report";

    private const int ShownMax = 50;

    public async Task Page(MyVisit visit)
    {
        if (visit.Patient is not { } patient)
        {
            await MyAnswers.NoRecord(visit, gate, Path).ConfigureAwait(false);
            return;
        }

        var cursor = visit.Http.Request.Query["_cursor"] is [{ Length: > 0 } asked] ? asked : null;
        var (result, page) = await parts.Acts.Report.Read(visit.Act, patient, ShownMax, cursor, visit.Aborted).ConfigureAwait(false);
        if (page is null)
        {
            await MyAnswers.Refused(visit, result).ConfigureAwait(false);
            return;
        }

        visit.Request.Receipt = result.Receipt;
        var t = visit.Words;
        await visit.Show(StatusCodes.Status200OK, t.Say("Kim baktı", "Who looked"), Path, html =>
        {
            html.Write($"<p>{t.Say("Kaydınıza bakan, bakmaya çalışan ya da geri çevrilen herkes, en yenisi önce. Liste denetim günlüğünün kendisinden gelir; sizin bu sayfayı açmanız da oradadır.", "Everyone who looked at your record, tried to or was refused, the newest first. The list comes from the audit log itself; that you opened this page stands there too.")}</p>");
            WriteEvents(html, visit, page);
            WriteProof(html, visit);
        }).ConfigureAwait(false);
    }

    /// <summary>The report with its proof, as the API gives it.</summary>
    public async Task File(MyVisit visit)
    {
        if (visit.Patient is not { } patient)
        {
            await MyAnswers.NoRecord(visit, gate, Path).ConfigureAwait(false);
            return;
        }

        var result = await parts.Acts.Report.Execute(visit.Act, patient, [new("_count", AccessReport.CountMax.ToString(CultureInfo.InvariantCulture)), new("proof", "true")], visit.Words.Language, visit.Aborted).ConfigureAwait(false);
        if (result.Failure is not null)
        {
            await MyAnswers.Refused(visit, result).ConfigureAwait(false);
            return;
        }

        visit.Request.Receipt = result.Receipt;
        visit.Http.Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"ehealthhub-report-{parts.Time.GetUtcNow():yyyyMMdd-HHmm}.json\"");
        await Responses.Send(visit.Http, visit.Request, StatusCodes.Status200OK, result.Body, "application/fhir+json; charset=utf-8").ConfigureAwait(false);
    }

    private static void WriteEvents(Html html, MyVisit visit, AccessReportPage page)
    {
        var t = visit.Words;
        html.Write($"""<div class="scroll" tabindex="0" role="region" aria-label="{t.Say("Kim baktı", "Who looked")}"><table><thead><tr><th scope="col">{t.Say("Zaman", "When")}</th><th scope="col">{t.Say("Kim", "Who")}</th><th scope="col">{t.Say("Amaç", "For what")}</th><th scope="col">{t.Say("Ne yaptı", "Did what")}</th><th scope="col">{t.Say("Sonuç", "Outcome")}</th></tr></thead><tbody>""");
        foreach (var one in page.Events)
        {
            html.Write($"""<tr><td class="when">{t.Moment(one.Time)}</td><th scope="row">{(one.Person == visit.Person.Person.Id ? t.Say("Siz", "You") : one.PersonName.Length > 0 ? one.PersonName : one.InstitutionName)}""");
            if (one.PersonName.Length > 0 && one.InstitutionName.Length > 0)
            {
                html.Write($"""<span class="hint">{one.InstitutionName}</span>""");
            }

            html.Write($"</th><td>{EventText.Purpose(t, one.Purpose)}</td><td>{EventText.Did(t, one)}</td>");
            var why = one.Rule is { } rule ? t.Say(rule.Turkish, rule.English) : one.IsRefused ? one.Reason : "";
            if (one.IsRefused)
            {
                html.Write($"""<td><span class="bad">{t.Say("geri çevrildi", "refused")}</span>""");
            }
            else
            {
                html.Write($"""<td><span class="good">{t.Say("izin verildi", "granted")}</span>""");
            }

            html.Write($"""<span class="hint">{why}</span>""");
            if (one.Statement.Length > 0)
            {
                html.Write($"""<span class="hint">{t.Say("Kendi sözleriyle:", "In their own words:")} {one.Statement}</span>""");
            }

            html.Write($"</td></tr>");
        }

        html.Write($"</tbody></table></div>");
        if (page.Next is { } next)
        {
            html.Write($"""<p><a class="button" href="{visit.Link($"{Path}?_cursor={Uri.EscapeDataString(next)}")}">{t.Say("Daha eskiler", "Older ones")}</a></p>""");
        }
    }

    private static void WriteProof(Html html, MyVisit visit)
    {
        var t = visit.Words;
        html.Write($"""
            <h2>{t.Say("Eksiksiz olduğunun kanıtı", "Proof that nothing is missing")}</h2>
            <p>{t.Say("Bu dosya, hakkınızdaki hiçbir girişin listeden çıkarılmadığını kanıtlar. Onu hub'a güvenmeden, ayrı bir programla (./hub audit) siz ya da güvendiğiniz biri denetleyebilir.", "This file proves that no entry about you was left out of the list. You, or somebody whom you trust, can check it without trusting the hub, by a program of its own (./hub audit).")}</p>
            <form method="post" action="{visit.Link(Path)}"><input type="hidden" name="{MyVisit.SealField}" value="{visit.Seal}"><button>{t.Say("Kanıtıyla indir", "Download with its proof")}</button></form>
            """);
    }
}
