using System.Collections.Frozen;
using EHealthHub.Audit.Entries;
using EHealthHub.Auditor.Index;

namespace EHealthHub.Auditor.Pages;

/// <summary>Every word of the pages, in English and Turkish, by key.</summary>
internal sealed class Texts(Language language)
{
    private static readonly FrozenDictionary<string, (string English, string Turkish)> All = new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["title"] = ("EHealthHub audit", "EHealthHub denetim"),
        ["skip"] = ("Skip to content", "İçeriğe geç"),
        ["navigation"] = ("Pages", "Sayfalar"),
        ["overview"] = ("Overview", "Genel bakış"),
        ["entries"] = ("Entries", "Kayıtlar"),
        ["log"] = ("Log state", "Günlük durumu"),
        ["other-language"] = ("Türkçe", "English"),
        ["signed-in"] = ("Signed in as", "Oturum açan"),
        ["footer"] = (
            "Entries are shown once a signed checkpoint covers them and their hashes have been recomputed here.",
            "Kayıtlar, imzalı bir denetim noktası onları kapsadığında ve özetleri burada yeniden hesaplandığında gösterilir."),

        ["total"] = ("Events in all logs", "Tüm günlüklerdeki olaylar"),
        ["by-kind"] = ("By kind", "Türe göre"),
        ["by-outcome"] = ("By outcome", "Sonuca göre"),
        ["by-purpose"] = ("By purpose of use", "Kullanım amacına göre"),
        ["count"] = ("Count", "Sayı"),
        ["plot"] = ("Accesses for each hour of the last two days", "Son iki günde saat başına erişimler"),
        ["plot-granted"] = ("granted", "izin verilen"),
        ["plot-refused"] = ("refused", "reddedilen"),
        ["plot-table"] = ("The same as a table", "Aynısı tablo olarak"),
        ["hour"] = ("Hour (UTC)", "Saat (UTC)"),

        ["filter"] = ("Filter", "Süzgeç"),
        ["apply"] = ("Show", "Göster"),
        ["clear"] = ("Clear", "Temizle"),
        ["any"] = ("any", "tümü"),
        ["patient"] = ("Patient (id)", "Hasta (kimlik)"),
        ["actor"] = ("Actor", "Kişi"),
        ["institution"] = ("Institution", "Kurum"),
        ["purpose"] = ("Purpose", "Amaç"),
        ["kind"] = ("Kind", "Tür"),
        ["outcome"] = ("Outcome", "Sonuç"),
        ["day"] = ("Day (UTC)", "Gün (UTC)"),
        ["matching"] = ("matching entries", "eşleşen kayıt"),
        ["page"] = ("Page", "Sayfa"),
        ["previous"] = ("Newer", "Daha yeni"),
        ["next"] = ("Older", "Daha eski"),
        ["narrow"] = ("Only the newest 10,000 can be paged through; narrow the filter for older ones.", "Yalnızca en yeni 10.000 kayıt sayfalanır; daha eskileri için süzgeci daraltın."),
        ["none-match"] = ("No entry matches.", "Eşleşen kayıt yok."),

        ["entry"] = ("Entry", "Kayıt"),
        ["time"] = ("Time (UTC)", "Zaman (UTC)"),
        ["index"] = ("Index", "Sıra"),
        ["role"] = ("Role", "Rol"),
        ["interaction"] = ("Interaction", "İşlem"),
        ["resource"] = ("Resource", "Kaynak"),
        ["patients"] = ("Patients", "Hastalar"),
        ["status"] = ("Status", "Durum kodu"),
        ["reason"] = ("Rule or reason", "Kural veya neden"),
        ["detail"] = ("Detail", "Ayrıntı"),
        ["request-id"] = ("Request id", "İstek kimliği"),
        ["certificate"] = ("Certificate (SHA-256)", "Sertifika (SHA-256)"),
        ["token"] = ("Token id", "Belirteç kimliği"),
        ["source"] = ("Source", "Kaynak adres"),
        ["events"] = ("Events", "Olay sayısı"),
        ["intent"] = ("Intent", "Niyet kaydı"),
        ["commit"] = ("Commit sequence", "İşleme sırası"),
        ["hashes"] = ("Hashes", "Özetler"),
        ["proof"] = ("Proof of inclusion", "İçerme kanıtı"),
        ["proof-holds"] = (
            "Verified just now, with the log's public key alone: the checkpoint below is signed, and from the leaf hash the hashes of the proof lead to its root. The text is a C2SP tlog-proof that others can check.",
            "Şimdi, yalnızca günlüğün açık anahtarıyla doğrulandı: aşağıdaki denetim noktası imzalı ve yaprak özetinden kanıttaki özetlerle onun köküne ulaşılıyor. Metin, başkalarının da denetleyebileceği bir C2SP tlog-proof belgesidir."),
        ["proof-fails"] = ("The proof does NOT hold. Report this at once.", "Kanıt GEÇERSİZ. Derhal bildirin."),
        ["leaf-hash"] = ("Leaf hash", "Yaprak özeti"),
        ["root"] = ("Root", "Kök"),
        ["unreadable"] = ("The entry cannot be opened with the keys held here.", "Kayıt, buradaki anahtarlarla açılamıyor."),

        ["origin"] = ("Origin", "Köken"),
        ["verified"] = ("Verified here", "Burada doğrulanan"),
        ["signed"] = ("Signed by the log", "Günlüğün imzaladığı"),
        ["kept"] = ("Checkpoint kept", "Saklanan denetim noktası"),
        ["state"] = ("State", "Durum"),
        ["whole"] = ("whole", "bütün"),
        ["reading"] = ("being read", "okunuyor"),
        ["broken"] = ("NOT whole", "BÜTÜN DEĞİL"),
        ["no-log"] = ("There is no log yet.", "Henüz günlük yok."),
        ["log-explained"] = (
            "The entries of each log are read from its files, their hashes recomputed, and the root compared with the one that the log signed. The newest checkpoint is kept here, so that a log that is cut or put back to an older state is noticed after a restart too. For a report on every file: ./hub audit verify.",
            "Her günlüğün kayıtları dosyalarından okunur, özetleri yeniden hesaplanır ve kök, günlüğün imzaladığıyla karşılaştırılır. En yeni denetim noktası burada saklanır; böylece kesilen veya eski hâline döndürülen bir günlük yeniden başlatmadan sonra da fark edilir. Her dosya için rapor: ./hub audit verify."),

        ["refused"] = ("No access", "Erişim yok"),
        ["refused-explained"] = ("These pages are for registered auditors. You were refused for this reason:", "Bu sayfalar kayıtlı denetçiler içindir. Ret nedeni:"),
        ["not-found"] = ("Not found", "Bulunamadı"),
        ["not-found-explained"] = ("There is no such page or entry, or no checkpoint covers the entry yet.", "Böyle bir sayfa veya kayıt yok ya da kaydı kapsayan bir denetim noktası henüz yok."),
        ["bad-filter"] = ("The filter is not understood", "Süzgeç anlaşılamadı"),
        ["bad-filter-explained"] = ("This parameter is unknown, given twice, or out of bounds:", "Bu parametre bilinmiyor, iki kez verilmiş veya sınır dışında:"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<EntryKind, (string English, string Turkish)> Kinds = new Dictionary<EntryKind, (string, string)>
    {
        [EntryKind.Read] = ("Read", "Okuma"),
        [EntryKind.SearchAsked] = ("Search asked", "Arama istendi"),
        [EntryKind.SearchReleased] = ("Search released", "Arama sonucu verildi"),
        [EntryKind.WriteIntent] = ("Write intended", "Yazma niyeti"),
        [EntryKind.WriteOutcome] = ("Write done", "Yazma sonucu"),
        [EntryKind.Refusal] = ("Refusal", "Ret"),
        [EntryKind.TokenIssued] = ("Token issued", "Belirteç verildi"),
        [EntryKind.Administration] = ("Administration", "Yönetim"),
        [EntryKind.Open] = ("Open information", "Açık bilgi"),
        [EntryKind.AuditRead] = ("Audit read", "Denetim okuması"),
        [EntryKind.Heads] = ("Patients' heads written down", "Hasta zincirlerinin uçları yazıldı"),
        [EntryKind.Alert] = ("Alert", "Uyarı"),
        [EntryKind.Incident] = ("Incident", "Olay"),
        [EntryKind.SignIn] = ("Sign-in", "Oturum açma"),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<Outcome, (string English, string Turkish)> Outcomes = new Dictionary<Outcome, (string, string)>
    {
        [Outcome.Granted] = ("granted", "izin verildi"),
        [Outcome.Refused] = ("refused", "reddedildi"),
        [Outcome.Failed] = ("failed", "başarısız"),
    }.ToFrozenDictionary();

    /// <summary>The page's language.</summary>
    public Language Language => language;

    /// <summary>All keys.</summary>
    public static IEnumerable<string> Keys => All.Keys;

    public string this[string key] => Pick(All[key]);

    public string Of(EntryKind kind) => Kinds.TryGetValue(kind, out var text) ? Pick(text) : kind.ToString();

    public string Of(Outcome outcome) => Pick(Outcomes[outcome]);

    private string Pick((string English, string Turkish) text) => language == Language.Turkish ? text.Turkish : text.English;
}
