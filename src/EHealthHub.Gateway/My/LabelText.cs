using System.Text.Json;
using EHealthHub.Gateway.Pages;

namespace EHealthHub.Gateway.My;

/// <summary>Labels of sensitivity: shown to the owner, who sees what they hide from others.</summary>
internal static class LabelText
{
    private const string Confidentiality = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
    private const string ActCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    /// <summary>A short mark beside a title; nothing for what is not labelled.</summary>
    public static void Mark(Html html, Words t, JsonElement resource)
    {
        if (Sensitivities(t, resource).Count > 0)
        {
            html.Write($"""<span class="tag">{t.Say("hassas", "sensitive")}</span>""");
        }
    }

    /// <summary>A sentence about what the labels mean for others.</summary>
    public static void Write(Html html, Words t, JsonElement resource)
    {
        if (Sensitivities(t, resource) is { Count: > 0 } reasons)
        {
            html.Write($"""<p><span class="tag">{t.Say("hassas", "sensitive")}</span> {string.Join(", ", reasons)}. {t.Say("Siz görürsünüz; izin verdikleriniz dışında kimse içeriğini görmez.", "You see it; nobody else sees what it says but those whom you permit.")}</p>""");
        }
    }

    private static List<string> Sensitivities(Words t, JsonElement resource) =>
        resource.TryGetProperty("meta", out var meta) && meta.TryGetProperty("security", out var labels) && labels.ValueKind == JsonValueKind.Array
            ? [.. labels.EnumerateArray().Select(l => Say(t, l)).Where(s => s.Length > 0).Distinct()]
            : [];

    private static string Say(Words t, JsonElement label)
    {
        var system = label.TryGetProperty("system", out var s) ? s.GetString() : null;
        var code = label.TryGetProperty("code", out var c) ? c.GetString() : null;
        return (system, code) switch
        {
            (Confidentiality, "R" or "V") => t.Say("gizli", "restricted"),
            (ActCode, "PSY" or "MH") => t.Say("ruh sağlığı", "mental health"),
            (ActCode, "SEX" or "STD") => t.Say("cinsel sağlık ve üreme sağlığı", "sexual and reproductive health"),
            (ActCode, "HIV") => t.Say("HIV", "HIV"),
            (ActCode, "ETH" or "SUD" or "ALC") => t.Say("madde kullanımı", "substance use"),
            (ActCode, "GDIS") => t.Say("genetik", "genetics"),
            (ActCode, "SDV") => t.Say("şiddet", "violence"),
            _ => "",
        };
    }
}
