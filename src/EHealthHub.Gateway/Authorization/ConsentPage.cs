using EHealthHub.Gateway.Pages;
using EHealthHub.Trust;
using EHealthHub.Trust.Apps;
using EHealthHub.Trust.Institutions;
using OpenIddict.Abstractions;

namespace EHealthHub.Gateway.Authorization;

/// <summary>
/// The pages before which people decide: who asks, for what, for how long, in Turkish and English.
/// </summary>
internal static class ConsentPage
{
    /// <summary>Asks.</summary>
    public static byte[] Ask(OpenIddictRequest request, string seal, SignedInPerson person, (Institution Institution, RegisteredClient App) asking, AppGrant grant, string language)
    {
        var t = Words.Of(language);
        return PageFrame.Write(t, t.Say("Bir uygulama kayıtlara erişmek istiyor", "An application asks for access to records"), page =>
        {
            page.Write($"<dl>").Row(t.Say("Uygulama", "Application"), asking.App.Name).Row(t.Say("Sorumlu kurum", "Answered for by"), asking.Institution.Name).Row(t.Say("Siz", "You"), person.Person.Name);
            if (grant.Institution is { } institution)
            {
                page.Row(t.Say("Adına", "On behalf of"), institution);
            }

            page.Write($"</dl><h2>{t.Say("İstenen izinler", "What it asks for")}</h2><ul>");
            foreach (var scope in grant.Scopes)
            {
                page.Write($"<li>{ScopeText(t, scope)}</li>");
            }

            page.Write($"""</ul><p>{t.Say("İzin en geç şu zamana kadar geçerlidir:", "The permission lasts until, at the latest:")} {t.Moment(grant.Ends)}</p><form method="post" action="/oauth/authorize">""");
            foreach (var name in FormSeal.Parameters)
            {
                if ((string?)request[name] is { Length: > 0 } value)
                {
                    page.Write($"""<input type="hidden" name="{name}" value="{value}">""");
                }
            }

            page.Write($"""<input type="hidden" name="{FormSeal.Field}" value="{seal}"><button class="yes" name="consent" value="allow">{t.Say("İzin ver", "Allow")}</button><button name="consent" value="deny">{t.Say("Reddet", "Refuse")}</button></form>""");
        });
    }

    /// <summary>Says why nothing came of it, where there is nobody to send the browser back to.</summary>
    public static byte[] Refuse(string code, string language)
    {
        var t = Words.Of(language);
        return PageFrame.Write(t, t.Say("Oturum açılamadı", "Signing in failed"), page =>
            page.Write($"<p>{t.Say("Uygulamanın isteği ya da kartınız kabul edilmedi.", "The application's request or your card was not accepted.")}</p><p><code>{code}</code></p>"));
    }

    private static string ScopeText(Words t, string scope) => scope switch
    {
        "openid" => t.Say("Kim olduğunuzu bilmek", "Know who you are"),
        "fhirUser" => t.Say("Rehberdeki kaydınızı bilmek", "Know your entry in the directory"),
        "offline_access" => t.Say("Siz yokken de erişimi sürdürmek", "Keep access while you are away"),
        "launch/patient" => t.Say("Hangi hastanın siz olduğunu bilmek", "Know which patient you are"),
        _ => DataText(t, scope),
    };

    /// <summary>level/Type.letters, perhaps with a query.</summary>
    private static string DataText(Words t, string scope)
    {
        var slash = scope.IndexOf('/', StringComparison.Ordinal);
        var dot = scope.IndexOf('.', StringComparison.Ordinal);
        var question = scope.IndexOf('?', StringComparison.Ordinal);
        var (type, letters) = (scope[(slash + 1)..dot], question < 0 ? scope[(dot + 1)..] : scope[(dot + 1)..question]);
        var what = type == "*" ? t.Say("bütün kayıt türleri", "records of every type") : type;
        var acts = letters.Select(l => l switch
        {
            'c' => t.Say("ekleme", "add"),
            'r' => t.Say("okuma", "read"),
            'u' => t.Say("değiştirme", "change"),
            'd' => t.Say("silme", "delete"),
            _ => t.Say("arama", "search"),
        });
        return $"{(scope.StartsWith("patient/", StringComparison.Ordinal) ? t.Say("Kendi kaydınız", "Your own record") : t.Say("Görebildiğiniz kayıtlar", "Records that you may see"))}: {what} ({string.Join(", ", acts)}){(question < 0 ? "" : " " + scope[question..])}";
    }
}
