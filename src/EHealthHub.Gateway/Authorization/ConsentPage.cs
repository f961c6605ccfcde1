using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using EHealthHub.Trust;
using EHealthHub.Trust.Apps;
using EHealthHub.Trust.Institutions;
using OpenIddict.Abstractions;

namespace EHealthHub.Gateway.Authorization;

/// <summary>
/// The pages before which people decide: who asks, for what, for how long, in Turkish and English. No script, one style sheet in the page whose hash the policy names, nothing from elsewhere, and in no frame.
/// </summary>
internal static class ConsentPage
{
    private const string Style = """
        body{font-family:system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;line-height:1.5;color:#1b1b1b;background:#fff}
        h1{font-size:1.4rem}dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem}dt{font-weight:600}dd{margin:0}
        button{font:inherit;padding:.6rem 1.4rem;margin:1rem 1rem 0 0;border:2px solid #0b4f8a;border-radius:.3rem;background:#fff;color:#0b4f8a}
        button.yes{background:#0b4f8a;color:#fff}button:focus-visible{outline:3px solid #c45500;outline-offset:2px}
        """;

    private static readonly string StyleHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));

    /// <summary>The policy of a page whose form leads to the hub, and from there to the application: browsers hold form-action against the redirect too.</summary>
    public static string Policy(string? redirect) =>
        $"default-src 'none'; style-src 'sha256-{StyleHash}'; form-action 'self'{(redirect is null ? "" : " " + new Uri(redirect).GetLeftPart(UriPartial.Authority))}; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Asks.</summary>
    public static byte[] Ask(OpenIddictRequest request, string seal, SignedInPerson person, (Institution Institution, RegisteredClient App) asking, AppGrant grant, string language)
    {
        var t = new Words(language == "tr");
        var page = new StringBuilder();
        page.Append("<dl>");
        Row(page, t.Say("Uygulama", "Application"), asking.App.Name);
        Row(page, t.Say("Sorumlu kurum", "Answered for by"), asking.Institution.Name);
        Row(page, t.Say("Siz", "You"), person.Person.Name);
        if (grant.Institution is { } institution)
        {
            Row(page, t.Say("Adına", "On behalf of"), institution);
        }

        page.Append("</dl><h2>").Append(t.Say("İstenen izinler", "What it asks for")).Append("</h2><ul>");
        foreach (var scope in grant.Scopes)
        {
            page.Append("<li>").Append(Encode(t.Scope(scope))).Append("</li>");
        }

        page.Append("</ul><p>").Append(t.Say("İzin en geç şu zamana kadar geçerlidir (UTC): ", "The permission lasts until, at the latest (UTC): "))
            .Append(grant.Ends.UtcDateTime.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture)).Append("</p><form method=\"post\" action=\"/oauth/authorize\">");
        foreach (var name in FormSeal.Parameters)
        {
            if ((string?)request[name] is { Length: > 0 } value)
            {
                page.Append("<input type=\"hidden\" name=\"").Append(name).Append("\" value=\"").Append(Encode(value)).Append("\">");
            }
        }

        page.Append("<input type=\"hidden\" name=\"").Append(FormSeal.Field).Append("\" value=\"").Append(seal).Append("\">")
            .Append("<button class=\"yes\" name=\"consent\" value=\"allow\">").Append(t.Say("İzin ver", "Allow")).Append("</button>")
            .Append("<button name=\"consent\" value=\"deny\">").Append(t.Say("Reddet", "Refuse")).Append("</button></form>");
        return Page(t, t.Say("Bir uygulama kayıtlara erişmek istiyor", "An application asks for access to records"), page.ToString());
    }

    /// <summary>Says why nothing came of it, where there is nobody to send the browser back to.</summary>
    public static byte[] Refuse(string code, string language)
    {
        var t = new Words(language == "tr");
        return Page(t, t.Say("Oturum açılamadı", "Signing in failed"), $"<p>{t.Say("Uygulamanın isteği ya da kartınız kabul edilmedi.", "The application's request or your card was not accepted.")}</p><p><code>{Encode(code)}</code></p>");
    }

    private static byte[] Page(Words t, string title, string content) => Encoding.UTF8.GetBytes(
        $"<!DOCTYPE html><html lang=\"{t.Language}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title} · EHealthHub</title><style>{Style}</style></head><body><main><h1>{title}</h1>{content}</main></body></html>");

    private static void Row(StringBuilder page, string name, string value) => page.Append("<dt>").Append(name).Append("</dt><dd>").Append(Encode(value)).Append("</dd>");

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    private sealed class Words(bool turkish)
    {
        public string Language => turkish ? "tr" : "en";

        public string Say(string tr, string en) => turkish ? tr : en;

        public string Scope(string scope) => scope switch
        {
            "openid" => Say("Kim olduğunuzu bilmek", "Know who you are"),
            "fhirUser" => Say("Rehberdeki kaydınızı bilmek", "Know your entry in the directory"),
            "offline_access" => Say("Siz yokken de erişimi sürdürmek", "Keep access while you are away"),
            "launch/patient" => Say("Hangi hastanın siz olduğunu bilmek", "Know which patient you are"),
            _ => Data(scope),
        };

        /// <summary>level/Type.letters, perhaps with a query.</summary>
        private string Data(string scope)
        {
            var slash = scope.IndexOf('/', StringComparison.Ordinal);
            var dot = scope.IndexOf('.', StringComparison.Ordinal);
            var question = scope.IndexOf('?', StringComparison.Ordinal);
            var (type, letters) = (scope[(slash + 1)..dot], question < 0 ? scope[(dot + 1)..] : scope[(dot + 1)..question]);
            var what = type == "*" ? Say("bütün kayıt türleri", "records of every type") : type;
            var acts = letters.Select(l => l switch
            {
                'c' => Say("ekleme", "add"),
                'r' => Say("okuma", "read"),
                'u' => Say("değiştirme", "change"),
                'd' => Say("silme", "delete"),
                _ => Say("arama", "search"),
            });
            return $"{(scope.StartsWith("patient/", StringComparison.Ordinal) ? Say("Kendi kaydınız", "Your own record") : Say("Görebildiğiniz kayıtlar", "Records that you may see"))}: {what} ({string.Join(", ", acts)}){(question < 0 ? "" : " " + scope[question..])}";
        }
    }
}
