using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Reports;
using EHealthHub.Gateway.Pages;

namespace EHealthHub.Gateway.My;

/// <summary>An event of the access report in words.</summary>
internal static class EventText
{
    public static string Purpose(Words t, string code) => code switch
    {
        "TREAT" => t.Say("tedavi", "treatment"),
        "ETREAT" => t.Say("acil tedavi", "emergency treatment"),
        "BTG" => t.Say("camı kırma (acil erişim)", "breaking the glass"),
        "HPAYMT" => t.Say("ödeme", "payment"),
        "HOPERAT" => t.Say("kurumun işleyişi", "operations"),
        "PUBHLTH" => t.Say("halk sağlığı", "public health"),
        "HRESCH" => t.Say("araştırma", "research"),
        "PATRQT" => t.Say("hastanın isteği", "patient's request"),
        "HCOMPL" => t.Say("denetim", "compliance"),
        "HSYSADMIN" => t.Say("yönetim", "administration"),
        _ => code,
    };

    public static string Did(Words t, AccessEvent one)
    {
        var verb = Verb(t, one);
        var what = one.ResourceType.Length == 0 ? "" : one.ResourceType == "Patient" ? t.Say("kimlik bilgileri", "who you are") : Kind(t, one.ResourceType);
        var count = one.Kind == EntryKind.SearchReleased ? FormattableString.Invariant($" ({one.Count})") : "";
        return what.Length == 0 ? verb + count : $"{what}: {verb}{count}";
    }

    private static string Kind(Words t, string type)
    {
        var kind = RecordKind.Of(type);
        return t.Say(kind.Turkish, kind.English);
    }

    private static string Verb(Words t, AccessEvent one) => one.Interaction switch
    {
        "read" or "vread" => t.Say("okuma", "read"),
        "history-instance" => t.Say("geçmişini okuma", "read its history"),
        "create" => t.Say("ekleme", "add"),
        "update" or "patch" => t.Say("değiştirme", "change"),
        "delete" => t.Say("silme", "delete"),
        "transaction" or "batch" => t.Say("toplu gönderim", "submit together"),
        "$everything" => t.Say("kaydın tamamı", "whole record"),
        "$aggregate" => t.Say("toplu sayımda yer alma", "counted among many"),
        "$document" => t.Say("belge olarak indirme", "download as a document"),
        AccessReport.Interaction => t.Say("bu rapor", "this report"),
        _ when one.Interaction.StartsWith("search", StringComparison.Ordinal) => one.Kind == EntryKind.SearchReleased ? t.Say("bulunanları görme", "see what was found") : t.Say("arama", "search"),
        _ => one.Interaction,
    };
}
