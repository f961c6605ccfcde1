using System.Text.Json;
using EHealthHub.Gateway.Pages;

namespace EHealthHub.Gateway.My;

/// <summary>The common codes of <c>status</c> and <c>clinicalStatus</c> in words; another code as it is.</summary>
internal static class StatusText
{
    public static string Of(Words t, JsonElement resource)
    {
        var code = resource.TryGetProperty("clinicalStatus", out var clinical) ? ResourceText.Say(clinical)
            : resource.TryGetProperty("status", out var status) ? ResourceText.Say(status) : "";
        return Say(t, code);
    }

    public static string Say(Words t, string code) => code switch
    {
        "active" => t.Say("sürüyor", "active"),
        "inactive" => t.Say("sürmüyor", "inactive"),
        "resolved" => t.Say("geçti", "resolved"),
        "recurrence" => t.Say("yineledi", "recurred"),
        "remission" => t.Say("yatıştı", "in remission"),
        "finished" or "completed" => t.Say("tamamlandı", "completed"),
        "in-progress" => t.Say("sürüyor", "in progress"),
        "planned" => t.Say("planlandı", "planned"),
        "arrived" => t.Say("gelindi", "arrived"),
        "cancelled" => t.Say("iptal edildi", "cancelled"),
        "stopped" => t.Say("durduruldu", "stopped"),
        "on-hold" => t.Say("ara verildi", "on hold"),
        "final" => t.Say("kesin", "final"),
        "preliminary" => t.Say("ön sonuç", "preliminary"),
        "amended" or "corrected" => t.Say("düzeltildi", "corrected"),
        "entered-in-error" => t.Say("yanlışlıkla girilmiş", "entered in error"),
        "current" => t.Say("güncel", "current"),
        "superseded" => t.Say("yenilendi", "superseded"),
        "rejected" => t.Say("geri çevrildi", "rejected"),
        "proposed" => t.Say("önerildi", "proposed"),
        "draft" => t.Say("taslak", "draft"),
        "requested" => t.Say("istendi", "requested"),
        _ => code,
    };
}
