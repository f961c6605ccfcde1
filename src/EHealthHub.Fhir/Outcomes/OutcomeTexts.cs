using System.Collections.Frozen;

namespace EHealthHub.Fhir.Outcomes;

/// <summary>Texts for people, in English and Turkish, by the hub's code; for a code without one, by the IssueType. They say what happened, never about whom.</summary>
public static class OutcomeTexts
{
    private const string Table = """
        allok | Done. | Tamamlandı.
        body-empty | The request has no content. | İsteğin içeriği boş.
        body-too-large | The request is too large. | İstek çok büyük.
        json-malformed | The content is not well-formed JSON. | İçerik geçerli bir JSON değil.
        json-invalid-utf8 | The content is not UTF-8 text. | İçerik UTF-8 metni değil.
        json-not-an-object | The content is not a JSON object. | İçerik bir JSON nesnesi değil.
        json-too-deep | The content is nested too deeply. | İçerik çok fazla iç içe geçmiş.
        json-too-many-members | An object has too many members. | Bir nesnenin çok fazla üyesi var.
        json-too-many-tokens | The content has too many parts. | İçerik çok fazla parçadan oluşuyor.
        json-duplicate-member | A member appears twice. | Bir üye iki kez yazılmış.
        json-name-escaped | A member's name is written with an escape. | Bir üyenin adı kaçış dizisiyle yazılmış.
        json-lone-surrogate | A text contains half a character. | Bir metin yarım karakter içeriyor.
        resource-type-missing | The resource does not say its type. | Kaynağın türü belirtilmemiş.
        resource-type-unknown | The type of the resource is not known in FHIR R4. | Kaynağın türü FHIR R4'te tanımlı değil.
        bundle-type | This kind of bundle cannot be processed here. | Bu tür bir paket burada işlenemez.
        bundle-too-many-entries | The bundle has too many entries. | Pakette çok fazla kayıt var.
        bundle-entry | An entry of the bundle is not shaped as its request needs. | Paketteki bir kayıt, isteğinin gerektirdiği biçimde değil.
        bundle-request-url | The request URL of an entry is not understood. | Bir kaydın istek adresi anlaşılamadı.
        bundle-duplicate-full-url | Two entries have the same fullUrl. | İki kaydın fullUrl değeri aynı.
        bundle-duplicate-identity | Two entries concern the same resource. | İki kayıt aynı kaynakla ilgili.
        reference-unresolved | A reference names no entry of the bundle. | Bir başvuru paketteki hiçbir kaydı göstermiyor.
        condition-not-supported | This condition is not supported; the hub decides conditions by one exact identifier. | Bu koşul desteklenmiyor; merkez koşulları tek bir tam kimlik numarasıyla değerlendirir.
        if-match | The version condition is not understood. | Sürüm koşulu anlaşılamadı.
        element-unknown | An element is not defined for this type. | Bir öge bu tür için tanımlı değil.
        element-missing | A required element is missing. | Zorunlu bir öge eksik.
        element-empty | An element is empty. | Bir öge boş.
        element-not-array | An element must be a list. | Bir öge liste olmalıdır.
        element-is-array | An element must not be a list. | Bir öge liste olmamalıdır.
        element-json-type | An element has the wrong JSON type. | Bir ögenin JSON türü yanlış.
        element-null | An element is null. | Bir öge null.
        choice-twice | Only one of several alternatives may be given. | Seçeneklerden yalnızca biri verilebilir.
        primitive-format | A value does not have the form of its type. | Bir değer, türünün gerektirdiği biçimde değil.
        primitive-range | A value is out of range. | Bir değer aralık dışında.
        code-not-in-value-set | A code is not in its value set. | Bir kod, değer kümesinde yok.
        reference-target | A reference names a type that is not allowed here. | Bir başvuru burada izin verilmeyen bir türü gösteriyor.
        reference-format | A reference is not understood. | Bir başvuru anlaşılamadı.
        ref-1 | A local reference names no contained resource. | Yerel bir başvuru, içerilen bir kaynağı göstermiyor.
        contained-id | A contained resource needs an id of its own. | İçerilen kaynağın kendine ait bir kimliği olmalıdır.
        narrative-unsafe | The narrative contains something that is not allowed. | Anlatım metni izin verilmeyen bir içerik taşıyor.
        narrative-malformed | The narrative is not well-formed XHTML. | Anlatım metni geçerli bir XHTML değil.
        national-id-checksum | The national identity number is not valid. | T.C. kimlik numarası geçerli değil.
        profile-cardinality | A profile asks for a different number of this element. | Profil, bu ögenin farklı sayıda olmasını gerektiriyor.
        profile-fixed | A profile fixes this value. | Profil bu değeri sabitliyor.
        profile-binding | A profile allows only certain codes here. | Profil burada yalnızca belirli kodlara izin veriyor.
        profile-constraint | A rule of a profile is broken. | Profilin bir kuralına uyulmamış.
        profile-type | A profile is for another type of resource. | Profil başka bir kaynak türü içindir.
        too-many-issues | There are more problems than are listed. | Listelenenden daha fazla sorun var.
        """;

    private const string TypeTable = """
        invalid | The content is not valid. | İçerik geçerli değil.
        structure | The content is not structured as it should be. | İçeriğin yapısı olması gerektiği gibi değil.
        required | A required element is missing. | Zorunlu bir öge eksik.
        value | A value is not valid. | Bir değer geçerli değil.
        invariant | A rule of the specification is broken. | Belirtimin bir kuralına uyulmamış.
        security | The request was refused for security reasons. | İstek güvenlik nedeniyle reddedildi.
        login | Identification is needed. | Kimlik doğrulaması gerekiyor.
        unknown | The caller is not known. | Arayan tanınmıyor.
        expired | The session or credential has expired. | Oturumun veya kimlik belgesinin süresi dolmuş.
        forbidden | This is not permitted. | Bu işleme izin yok.
        suppressed | Some information was left out. | Bazı bilgiler gösterilmedi.
        processing | The request could not be processed. | İstek işlenemedi.
        not-supported | This is not supported. | Bu işlem desteklenmiyor.
        duplicate | This already exists. | Bu kayıt zaten var.
        multiple-matches | More than one record matches. | Birden fazla kayıt eşleşiyor.
        not-found | Not found. | Bulunamadı.
        deleted | The record was deleted. | Kayıt silinmiş.
        too-long | The content is too long. | İçerik çok uzun.
        code-invalid | A code is not valid. | Bir kod geçerli değil.
        extension | An extension is not acceptable. | Bir uzantı kabul edilemez.
        too-costly | The request would be too costly. | İstek çok maliyetli.
        business-rule | A rule of the hub is broken. | Merkezin bir kuralına uyulmamış.
        conflict | The record was changed meanwhile. | Kayıt bu arada değişti.
        transient | A passing disturbance; try again later. | Geçici bir aksaklık; daha sonra yeniden deneyin.
        lock-error | The record is in use; try again. | Kayıt kullanımda; yeniden deneyin.
        no-store | The store is not available. | Kayıt deposu kullanılamıyor.
        exception | An unexpected fault; it was logged. | Beklenmeyen bir hata oluştu; kayda geçirildi.
        timeout | It took too long. | İşlem çok uzun sürdü.
        incomplete | The answer is incomplete. | Yanıt eksik.
        throttled | Too many requests; slow down. | Çok fazla istek; lütfen yavaşlayın.
        informational | For information. | Bilgi.
        """;

    private static readonly FrozenDictionary<string, (string English, string Turkish)> ByCode = Parse(Table);
    private static readonly FrozenDictionary<string, (string English, string Turkish)> ByType = Parse(TypeTable);

    /// <summary>The text for an issue; <paramref name="language"/> is <c>tr</c> or <c>en</c>, anything else is English.</summary>
    public static string For(Issue issue, string language)
    {
        var (english, turkish) = ByCode.TryGetValue(issue.Code, out var texts) || ByType.TryGetValue(issue.Type, out texts) ? texts : ByType["processing"];
        return language == "tr" ? turkish : english;
    }

    private static FrozenDictionary<string, (string English, string Turkish)> Parse(string table) =>
        table.Split('\n').Select(line => line.Split(" | ")).ToFrozenDictionary(p => p[0].Trim(), p => (p[1], p[2].Trim()), StringComparer.Ordinal);
}
