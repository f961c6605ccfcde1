using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust;
using EHealthHub.Trust.Apps;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Revocation;

namespace EHealthHub.Gateway.Pages;

/// <summary>What the page of somebody's identity is made of.</summary>
/// <param name="Person">Whom the hub takes the holder of the card for.</param>
/// <param name="Certificate">The card's certificate on the connection.</param>
/// <param name="Standing">What says that it is not revoked; null where that ended since it was proven.</param>
/// <param name="Registry">Where they work.</param>
/// <param name="Now">When.</param>
internal sealed record ShownIdentity(SignedInPerson Person, X509Certificate2 Certificate, RevocationStanding? Standing, RegistrySnapshot Registry, DateTimeOffset Now);

/// <summary>Whom the hub takes the holder of a card for, and by what: for them alone.</summary>
internal static class IdentityPage
{
    public static byte[] Write(Words t, ShownIdentity shown, string otherLanguage, string receipt)
    {
        var person = shown.Person.Person;
        return PageFrame.Write(t, t.Say("Hub sizi kim olarak tanıyor", "Whom the hub takes you for"), html =>
        {
            html.Write($"""<p class="lead"><strong>{person.Name}</strong>, {KindText(t, person.Kind)}</p>""");
            WriteIdentity(html, t, shown.Person);
            WriteCard(html, t, shown);
            if (person.Kind == PersonKind.Clinician)
            {
                WriteEmployments(html, t, shown);
            }
        }, otherLanguage, receipt);
    }

    /// <summary>The first two digits and the last two: enough to know one's own number again, and too little to learn it over a shoulder.</summary>
    public static string Masked(string nationalId) => nationalId.Length < 5 ? new string('*', nationalId.Length) : nationalId[..2] + new string('*', nationalId.Length - 4) + nationalId[^2..];

    private static void WriteIdentity(Html html, Words t, SignedInPerson signedIn)
    {
        html.Write($"""<section class="card" aria-labelledby="who"><h2 id="who">{t.Say("Kimlik", "Identity")}</h2><dl>""");
        html.Row(t.Say("Ad", "Name"), signedIn.Person.Name).Row(t.Say("Tür", "Kind"), KindText(t, signedIn.Person.Kind));
        if (signedIn.Person.NationalId is { } id)
        {
            html.Row(t.Say("T.C. kimlik numarası", "National id"), Masked(id));
        }

        html.Row(t.Say("Hub'daki kimlik", "Id at the hub"), signedIn.Person.Id);
        html.Row(t.Say("Kullanım amacı", "Purpose of use"), $"{PurposeText(t, signedIn.Person.Kind)} ({signedIn.Caller.Purpose})");
        html.Write($"</dl></section>");
    }

    private static void WriteCard(Html html, Words t, ShownIdentity shown)
    {
        var certificate = shown.Certificate;
        html.Write($"""<section class="card" aria-labelledby="card"><h2 id="card">{t.Say("Kartın sertifikası", "The card's certificate")}</h2><dl>""");
        html.Row(t.Say("Veren", "Issued by"), certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true));
        html.Row(t.Say("Geçerlilik", "Valid"), $"{t.Day(certificate.NotBefore.ToUniversalTime())} – {t.Day(certificate.NotAfter.ToUniversalTime())}");
        html.Write($"<dt>{t.Say("Parmak izi (SHA-256)", "Fingerprint (SHA-256)")}</dt><dd><code>{Grouped(shown.Person.Certificate)}</code></dd>");
        html.Write($"<dt>{t.Say("İptal durumu", "Revocation")}</dt>");
        if (shown.Standing is { } standing)
        {
            html.Write($"""<dd><span class="good">{t.Say("İptal edilmemiş", "Not revoked")}</span>, {SourceText(t, standing.Kind)} {t.Moment(standing.ThisUpdate)}<br><span class="note">{t.Say("Yenisi gelmezse en geç şu zamana kadar sayılır:", "If nothing newer comes, this counts until:")} {t.Moment(standing.CountsUntil)}</span></dd>""");
        }
        else
        {
            html.Write($"""<dd class="bad">{t.Say("Şu anda bilinmiyor", "Not known now")}</dd>""");
        }

        html.Write($"</dl></section>");
    }

    private static void WriteEmployments(Html html, Words t, ShownIdentity shown)
    {
        html.Write($"""<section class="card" aria-labelledby="work"><h2 id="work">{t.Say("Kurumlar ve görevler", "Institutions and roles")}</h2>""");
        if (shown.Person.Person.Employments.IsEmpty)
        {
            html.Write($"<p>{t.Say("Kayıtlı bir kurumunuz yok; hiçbir kaydı açamazsınız.", "No institution is registered for you, so no record opens.")}</p></section>");
            return;
        }

        html.Write($"""<div class="scroll" tabindex="0" role="region" aria-labelledby="work"><table><thead><tr><th scope="col">{t.Say("Kurum", "Institution")}</th><th scope="col">{t.Say("Görev", "Role")}</th><th scope="col">{t.Say("Başlangıç", "From")}</th><th scope="col">{t.Say("Bitiş", "Until")}</th><th scope="col">{t.Say("Durum", "State")}</th></tr></thead><tbody>""");
        foreach (var employment in shown.Person.Person.Employments.OrderByDescending(e => e.From))
        {
            var institution = shown.Registry.InstitutionById(employment.Institution);
            html.Write($"""<tr><th scope="row">{institution?.Name ?? employment.Institution}</th><td>{RoleText(t, employment.Role)}</td><td>{t.Day(employment.From)}</td><td>{(employment.Until is { } until ? t.Day(until) : t.Say("açık", "open"))}</td>""");
            if (employment.IsCurrent(shown.Now) && institution is { Suspended: false })
            {
                html.Write($"""<td class="good">{t.Say("sürüyor", "current")}</td></tr>""");
            }
            else
            {
                html.Write($"<td>{StateText(t, employment, institution, shown.Now)}</td></tr>");
            }
        }

        html.Write($"</tbody></table></div></section>");
    }

    private static string StateText(Words t, Employment employment, Institution? institution, DateTimeOffset now) =>
        employment.From > now ? t.Say("henüz başlamadı", "not begun")
        : !employment.IsCurrent(now) ? t.Say("sona erdi", "over")
        : institution is null ? t.Say("kurum kayıtlı değil", "institution not registered")
        : t.Say("kurum askıda", "institution suspended");

    private static string KindText(Words t, PersonKind kind) => kind == PersonKind.Citizen ? t.Say("vatandaş", "citizen") : t.Say("sağlık çalışanı", "clinician");

    /// <summary>Roles are the registry's own codes; those that it gives by default have words.</summary>
    private static string RoleText(Words t, string role) => role switch
    {
        "physician" => t.Say("hekim", "physician"),
        "nurse" => t.Say("hemşire", "nurse"),
        "pharmacist" => t.Say("eczacı", "pharmacist"),
        _ => role,
    };

    private static string PurposeText(Words t, PersonKind kind) => kind == PersonKind.Citizen ? t.Say("kendi kaydı", "own record") : t.Say("tedavi", "treatment");

    private static string SourceText(Words t, RevocationKind kind) => kind == RevocationKind.Ocsp
        ? t.Say("vereninin OCSP yanıtına göre:", "by the OCSP answer of its issuer as of")
        : t.Say("vereninin iptal listesine göre:", "by the revocation list of its issuer as of");

    /// <summary>Groups of four, as people compare them.</summary>
    private static string Grouped(string hex) => string.Join(' ', hex.Chunk(4).Select(c => new string(c)));
}
