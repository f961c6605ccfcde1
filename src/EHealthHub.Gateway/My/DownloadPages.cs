using System.Globalization;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pages;
using EHealthHub.Gateway.Pipeline;

namespace EHealthHub.Gateway.My;

/// <summary>The whole record as a file.</summary>
internal sealed class DownloadPages(HubParts parts, MyGate gate)
{
    public async Task Page(MyVisit visit)
    {
        if (visit.Patient is null)
        {
            await MyAnswers.NoRecord(visit, gate, "/download").ConfigureAwait(false);
            return;
        }

        await gate.Record(visit, "page-shown").ConfigureAwait(false);
        var t = visit.Words;
        await visit.Show(StatusCodes.Status200OK, t.Say("Kaydımı indir", "Download my record"), "/download", html =>
        {
            html.Write($"""
                <p>{t.Say("Kaydınızın tamamını tek bir dosya olarak alırsınız: bir FHIR R4 belgesi (JSON). Başka bir sağlık kuruluşu ya da uygulama onu okuyabilir.", "You get all of your record in one file: a FHIR R4 document (JSON). Another care provider or an application can read it.")}</p>
                <div class="stop"><p>{t.Say("Dosyada başkalarından saklanan hassas bilgiler de vardır, şifrelenmemiştir ve indirildikten sonra onu yalnızca siz koruyabilirsiniz. Ortak bir bilgisayara indirmeyin.", "The file holds what is hidden from others too, it is not encrypted, and once it is downloaded nobody but you can protect it. Do not download it to a shared computer.")}</p></div>
                <form method="post" action="{visit.Link("/download")}"><input type="hidden" name="{MyVisit.SealField}" value="{visit.Seal}"><button class="yes">{t.Say("Belgeyi indir", "Download the document")}</button></form>
                """);
        }).ConfigureAwait(false);
    }

    public async Task File(MyVisit visit)
    {
        if (visit.Patient is not { } patient)
        {
            await MyAnswers.NoRecord(visit, gate, "/download").ConfigureAwait(false);
            return;
        }

        var result = await parts.Acts.Document.Execute(visit.Act, patient, visit.Aborted).ConfigureAwait(false);
        if (result.Failure is not null)
        {
            await MyAnswers.Refused(visit, result).ConfigureAwait(false);
            return;
        }

        visit.Request.Receipt = result.Receipt;
        visit.Http.Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"ehealthhub-{parts.Time.GetUtcNow():yyyyMMdd-HHmm}.json\"");
        await Responses.Send(visit.Http, visit.Request, StatusCodes.Status200OK, result.Body, "application/fhir+json; charset=utf-8").ConfigureAwait(false);
    }
}
