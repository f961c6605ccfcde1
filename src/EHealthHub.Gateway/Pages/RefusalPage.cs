using System.Globalization;
using EHealthHub.Audit.Entries;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pipeline;
using EHealthHub.Trust;

namespace EHealthHub.Gateway.Pages;

/// <summary>Why somebody does not get in, in words: what the API tells by a code, and no more than that.</summary>
internal static class RefusalPage
{
    /// <summary>Counts the refusal in the log, and sends the page.</summary>
    public static async Task Send(HubParts parts, HttpContext http, HubRequest request, Words t, TrustReason reason, string interaction)
    {
        var status = IdentifyCaller.FailureOf(reason).Status;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = request.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        request.Receipt = await parts.Acts.Refusals.Count(EntryKind.Refusal, reason.ToString(), request.Source, interaction, status, http.RequestAborted).ConfigureAwait(false);
        await PageAnswer.Send(http, request, status, Write(t, reason, PageLanguage.Other(http, t), request.Receipt.ToString()), t.Language).ConfigureAwait(false);
    }

    /// <summary>The page of a refusal. <paramref name="otherLanguage"/>: its address in the other language.</summary>
    public static byte[] Write(Words t, TrustReason reason, string otherLanguage, string receipt) => PageFrame.Write(
        t,
        t.Say("Giriş yapılamadı", "You are not let in"),
        html =>
        {
            var (what, then) = Text(t, reason);
            html.Write($"""<div class="stop"><p class="lead">{what}</p></div><p>{then}</p><p class="note">{t.Say("Neden kodu:", "Code of the reason:")} <code>{TrustReasons.PublicCode(reason)}</code></p>""");
        },
        otherLanguage,
        receipt);

    private static (string What, string Then) Text(Words t, TrustReason reason) => reason switch
    {
        TrustReason.NoCertificate => (
            t.Say("Tarayıcınız bir sertifika göndermedi.", "Your browser sent no certificate."),
            t.Say("Kartınızı okuyucuya takın, tarayıcıyı kapatıp yeniden açın ve sorulduğunda kartın sertifikasını seçin.", "Put your card into its reader, close the browser and open it again, and choose the card's certificate when asked.")),
        TrustReason.Expired => (
            t.Say("Sertifikanızın süresi dolmuş.", "Your certificate has expired."),
            t.Say("Kartı veren kuruluştan yenisini isteyin.", "Ask whoever issued the card for a new one.")),
        TrustReason.NotYetValid => (
            t.Say("Sertifikanızın süresi henüz başlamamış.", "Your certificate is not valid yet."),
            t.Say("Başlangıç gününden sonra yeniden deneyin.", "Come again after the day on which it begins.")),
        TrustReason.Revoked => (
            t.Say("Sertifikanız iptal edilmiş.", "Your certificate has been revoked."),
            t.Say("Kartı siz iptal ettirmediyseniz hemen kartı veren kuruluşa başvurun.", "If it was not you who had it revoked, turn to whoever issued the card at once.")),
        TrustReason.RevocationUnknown => (
            t.Say("Sertifikanızın iptal edilip edilmediği şu anda öğrenilemiyor.", "Whether your certificate was revoked cannot be found out now."),
            t.Say("Biraz sonra yeniden deneyin.", "Come again in a little while.")),
        TrustReason.UnknownIssuer or TrustReason.UnknownToIssuer or TrustReason.WrongUsage or TrustReason.WeakKey => (
            t.Say("Sertifikanız burada geçerli bir kart sertifikası değil.", "Your certificate is not that of a card that counts here."),
            t.Say("Birden çok sertifikanız varsa tarayıcıyı kapatıp yeniden açın ve kartınızınkini seçin.", "If you have several, close the browser, open it again, and choose that of your card.")),
        TrustReason.Suspended => (
            t.Say("Kaydınız askıya alınmış.", "Your registration is suspended."),
            t.Say("Kurumunuzun yetkilisine başvurun.", "Turn to whoever is in charge of it at your institution.")),
        TrustReason.PersonUnregistered => (
            t.Say("Oturum açtınız, ama burada kayıtlı değilsiniz.", "You signed in, but you are not registered here."),
            t.Say("Bu sayfalar kayıtlı vatandaşlar içindir.", "These pages are for registered citizens.")),
        TrustReason.SignInFailed => (
            t.Say("Kimlik sağlayıcının yanıtı kabul edilmedi.", "The identity provider's answer was not accepted."),
            t.Say("Baştan başlayarak yeniden deneyin.", "Begin anew and try again.")),
        TrustReason.ProviderUnavailable => (
            t.Say("Kimlik sağlayıcıya şu anda ulaşılamıyor.", "The identity provider cannot be reached now."),
            t.Say("Biraz sonra yeniden deneyin.", "Come again in a little while.")),
        TrustReason.NotSignedIn => (
            t.Say("Oturumunuz yok ya da sona ermiş.", "You are not signed in, or your session is over."),
            t.Say("Yeniden oturum açın.", "Sign in again.")),
        TrustReason.FormForged => (
            t.Say("Bu form bu oturumun sayfasından gelmedi.", "This form did not come from a page of this session."),
            t.Say("Sayfayı yeniden açıp baştan deneyin.", "Open the page again and try anew.")),
        _ => (
            t.Say("Sertifikanız kayıtlı bir sağlık çalışanına ya da vatandaşa ait değil.", "Your certificate belongs to no registered clinician or citizen."),
            t.Say("Bu sayfalar kişiler içindir; kurumların ve görevlilerin sertifikaları burada kullanılmaz.", "These pages are for people; certificates of institutions and staff are of no use here.")),
    };
}
