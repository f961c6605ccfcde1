using EHealthHub.Gateway.Pages;
using EHealthHub.Gateway.Pipeline;

namespace EHealthHub.Gateway.SignIn;

/// <summary>The few pages around signing in, in Turkish and English.</summary>
internal static class SignInPages
{
    /// <summary>Says who one is here, until when, and offers the way out.</summary>
    public static byte[] SignedIn(PageVisit visit, string language)
    {
        var t = Words.Of(language);
        return PageFrame.Write(t, t.Say("Oturum açık", "You are signed in"), html =>
        {
            html.Write($"<p class=\"lead\">{visit.Person.Person.Name}</p><dl>").Row(t.Say("Oturumun sonu", "The session ends"), t.Moment(visit.Session.Ends)).Write($"</dl>");
            SignOutForm(html, t, visit);
        });
    }

    /// <summary>The way out, for any page of a session.</summary>
    public static void SignOutForm(Html html, Words t, PageVisit visit) =>
        html.Write($"<form method=\"post\" action=\"{PageSignIn.OutPath}\"><input type=\"hidden\" name=\"{PageSignIn.SealField}\" value=\"{visit.FormSeal}\"><button>{t.Say("Oturumu kapat", "Sign out")}</button></form>");

    /// <summary>Says that the session is over; with the provider's own sign-out where it offers one.</summary>
    public static byte[] SignedOut(string? goOn, string language)
    {
        var t = Words.Of(language);
        return PageFrame.Write(t, t.Say("Oturum kapatıldı", "You are signed out"), html =>
        {
            html.Write($"<p>{t.Say("Oturumunuz kapatıldı.", "Your session is over.")}</p>");
            if (goOn is null)
            {
                html.Write($"<p>{t.Say("Kartla girdiyseniz kartı çıkarın ve tarayıcıyı kapatın.", "If you came with a card, take it out and close the browser.")}</p>");
            }
            else
            {
                html.Write($"<p><a class=\"button yes\" href=\"{goOn}\">{t.Say("Kimlik sağlayıcıdaki oturumu da kapat", "Sign out at the identity provider too")}</a></p>");
            }
        });
    }

    /// <summary>Sends a page, or a browser onwards.</summary>
    public static Task Send(HttpContext context, HubRequest request, int status, byte[] page) => PageAnswer.Send(context, request, status, page, request.Language);
}
