using EHealthHub.Exchange;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Gateway.Pages;

namespace EHealthHub.Gateway.My;

/// <summary>The pages for what did not go as wished.</summary>
internal static class MyAnswers
{
    /// <summary>An act's refusal in words, with its status and entry.</summary>
    public static Task Refused(MyVisit visit, ActResult result)
    {
        var t = visit.Words;
        visit.Request.Receipt = result.Receipt;
        return visit.Show(result.Failure!.Status, t.Say("Bu yapılamadı", "This could not be done"), "", html =>
        {
            html.Write($"""<div class="stop">""");
            foreach (var issue in result.Failure.Issues.Take(5))
            {
                html.Write($"<p>{OutcomeTexts.For(issue, t.Language)} <code>{issue.Code}</code></p>");
            }

            html.Write($"""</div><p><a href="{visit.Link("")}">{t.Say("Kaydıma dön", "Back to my record")}</a></p>""");
        });
    }

    /// <summary>Where the hub holds no record of the citizen.</summary>
    public static async Task NoRecord(MyVisit visit, MyGate gate, string current)
    {
        var t = visit.Words;
        await gate.Record(visit, "no-record").ConfigureAwait(false);
        await visit.Show(StatusCodes.Status200OK, t.Say("Kaydım", "My record"), current, html => html.Write($"<p>{t.Say("Hakkınızda henüz bir kayıt yok. Bir sağlık kuruluşu ilk kaydı gönderdiğinde burada görünür.", "There is no record of you yet. It shows here once a care provider sends the first one.")}</p>")).ConfigureAwait(false);
    }
}
