using System.Collections.Frozen;

namespace EHealthHub.Fhir.Outcomes;

/// <summary>Texts for people, in English and Turkish, by the hub's code; for a code without one, by the IssueType. They say what happened, never about whom.</summary>
public static class OutcomeTexts
{
    private const string Table = """
        include-too-costly | Too many resources would come along. | Yanıta çok fazla kaynak eklenecekti.
        document-too-large | The record is too large for one document. | Kayıt tek bir belge için fazla büyük.
        parameters-expected | A Parameters resource is expected. | Parameters kaynağı bekleniyor.
        parameter-unknown | The operation does not know this parameter. | İşlem bu parametreyi tanımıyor.
        criteria-too-fine | Figures over many are not asked for so finely. | Toplu sayılar bu kadar ayrıntılı sorulmaz.
        project-missing | The token is for no registered project. | Belirteç, kayıtlı bir proje için değil.
        questions-too-many | The project has asked too often today. | Proje bugün çok fazla soru sordu.
        definition-in-use | Another definition rests on this one. | Bu tanıma dayanan başka bir tanım var.
        audit-events-not-written | Audit events are made of the audit log and cannot be written. | Denetim olayları denetim kaydından üretilir; yazılamaz.
        audit-sort | Audit events come newest first; they can be sorted by no other order. | Denetim olayları en yeniden eskiye sıralanır; başka bir sıralama yoktur.
        audit-chain | This chain is not served for audit events. | Denetim olaylarında bu zincirleme ölçüt kullanılamıyor.
        audit-total | Too many audit events would have to be counted. | Çok fazla denetim olayının sayılması gerekirdi.
        definition-built-in | This definition is part of the hub and cannot be changed. | Bu tanım merkezin bir parçasıdır ve değiştirilemez.
        emergency-unknown | There is no such emergency access. | Böyle bir acil durum erişimi yok.
        emergency-closed | This emergency access was judged already. | Bu acil durum erişimi daha önce değerlendirildi.
        employment-practitioner-unknown | No clinician is registered with this identity. | Bu kimlikle kayıtlı bir hekim yok.
        employment-institution-unknown | No care provider is registered with this code. | Bu kodla kayıtlı bir sağlık kuruluşu yok.
        employment-not-authoritative | What a participant wrote gives no authority. | Bir katılımcının yazdığı kayıt yetki vermez.
        employment-role-missing | The role of the employment is missing. | Görevlendirmenin rolü eksik.
        employment-period | The period of the employment cannot be told. | Görevlendirmenin dönemi anlaşılamıyor.
        employment-too-many | The clinician has too many employments. | Hekimin çok fazla görevlendirmesi var.
        legal-hold | The record is under a legal hold. | Kayıt yasal saklama altında.
        case-unknown | There is no such case. | Böyle bir dosya yok.
        case-state | The case is in another state. | Dosya başka bir aşamada.
        masked | What was masked cannot be stored in place of what it stands for. | Maskelenmiş bir kaynak, yerine durduğu kaynak olarak saklanamaz.
        labels-too-many | The resource has too many security labels. | Kaynağın güvenlik etiketleri çok fazla.
        references-too-many | The submission refers to too many resources. | Gönderi çok fazla kaynağa atıf yapıyor.
        subsetted | A part of a resource cannot be stored as the whole. | Bir kaynağın yalnızca bir kısmı, tamamı yerine saklanamaz.
        consent-not-understood | The consent has something that the hub could not enforce. | Onayda, merkezin uygulayamayacağı bir öge var.
        consent-incomplete | The consent lacks what every consent must have. | Onayda, her onayda bulunması gereken bir öge eksik.
        consent-too-large | The consent has too many provisions. | Onayda çok fazla hüküm var.
        allok | Done. | Tamamlandı.
        body-empty | The request has no content. | İsteğin içeriği boş.
        body-too-large | The request is too large. | İstek çok büyük.
        body-incomplete | The content did not arrive whole. | İçerik eksik geldi.
        range-not-satisfiable | The range lies beyond the end of the content. | İstenen aralık içeriğin sonunun ötesinde.
        json-malformed | The content is not well-formed JSON. | İçerik geçerli bir JSON değil.
        json-invalid-utf8 | The content is not UTF-8 text. | İçerik UTF-8 metni değil.
        json-not-an-object | The content is not a JSON object. | İçerik bir JSON nesnesi değil.
        json-too-deep | The content is nested too deeply. | İçerik çok fazla iç içe geçmiş.
        json-too-many-members | An object has too many members. | Bir nesnenin çok fazla üyesi var.
        json-too-many-tokens | The content has too many parts. | İçerik çok fazla parçadan oluşuyor.
        json-duplicate-member | A member appears twice. | Bir üye iki kez yazılmış.
        json-name-escaped | A member's name is written with an escape. | Bir üyenin adı kaçış dizisiyle yazılmış.
        json-lone-surrogate | A text contains half a character. | Bir metin yarım karakter içeriyor.
        xml-malformed | The content is not well-formed XML. | İçerik geçerli bir XML değil.
        xml-dtd | XML with a document type is not accepted. | Belge türü bildirimi içeren XML kabul edilmiyor.
        xml-encoding | The XML must be in UTF-8. | XML, UTF-8 ile kodlanmış olmalıdır.
        xml-too-deep | The content is nested too deeply. | İçerik çok fazla iç içe geçmiş.
        xml-too-many-attributes | An XML element has too many or too long attributes. | Bir XML ögesinin öznitelikleri çok fazla veya çok uzun.
        xml-too-many-elements | The content has too many parts. | İçerik çok fazla parçadan oluşuyor.
        xml-namespace | An XML element is not in the namespace that FHIR gives it. | Bir XML ögesi, FHIR'in öngördüğü ad alanında değil.
        xml-attribute | An XML attribute is not defined here. | Bir XML özniteliği burada tanımlı değil.
        xml-text | There is text between the XML elements. | XML ögelerinin arasında metin var.
        xml-order | The XML elements are not in FHIR's order. | XML ögeleri FHIR'in sırasında değil.
        xml-resource | Exactly one resource is expected here. | Burada tam olarak bir kaynak bekleniyor.
        xml-not-possible | This content cannot be written as XML. | Bu içerik XML olarak yazılamıyor.
        patch-not-an-array | A JSON Patch is a list of operations. | JSON Patch, işlemlerin listesidir.
        patch-too-many-operations | The patch has too many operations. | Yama çok fazla işlem içeriyor.
        patch-operation | An operation of the patch is not understood. | Yamanın bir işlemi anlaşılamadı.
        patch-path | A path of the patch is not understood. | Yamanın bir yolu anlaşılamadı.
        patch-target | The patch does not fit the resource: a path leads to nothing there, or to too much. | Yama kaynağa uymuyor: bir yol hiçbir ögeye ya da fazla ögeye götürüyor.
        patch-value | A value of the patch does not fit its place. | Yamanın bir değeri yerine uymuyor.
        patch-test-failed | A test of the patch failed, so nothing was changed. | Yamanın bir sınaması tutmadı; hiçbir şey değiştirilmedi.
        patch-identity | A patch cannot change the type or the id of a resource. | Yama, kaynağın türünü veya kimliğini değiştiremez.
        resource-type-missing | The resource does not say its type. | Kaynağın türü belirtilmemiş.
        resource-type-unknown | The type of the resource is not known in FHIR R4. | Kaynağın türü FHIR R4'te tanımlı değil.
        deferred-unknown | No deferred request with this name is known to you. | Bu ada sahip, bildiğiniz bir ertelenmiş istek yok.
        deferred-too-many | Too many requests of yours are deferred. | Ertelenmiş çok fazla isteğiniz var.
        deferred-too-large | The result is too large to be kept. | Sonuç saklanamayacak kadar büyük.
        meta-system-scope | The labels in use across a type or the whole hub are for system scopes. | Bir türde ya da tüm merkezde kullanılan etiketler yalnızca sistem kapsamı içindir.
        bundle-type | This kind of bundle cannot be processed here. | Bu tür bir paket burada işlenemez.
        bundle-too-many-entries | The bundle has too many entries. | Pakette çok fazla kayıt var.
        bundle-entry | An entry of the bundle is not shaped as its request needs. | Paketteki bir kayıt, isteğinin gerektirdiği biçimde değil.
        bundle-operation | An operation that changes something has no place in a transaction. | Değişiklik yapan bir işlem, işlem paketinin (transaction) parçası olamaz.
        bundle-request-url | The request URL of an entry is not understood. | Bir kaydın istek adresi anlaşılamadı.
        bundle-duplicate-full-url | Two entries have the same fullUrl. | İki kaydın fullUrl değeri aynı.
        bundle-duplicate-identity | Two entries concern the same resource. | İki kayıt aynı kaynakla ilgili.
        reference-unresolved | A reference names no entry of the bundle. | Bir başvuru paketteki hiçbir kaydı göstermiyor.
        condition-not-supported | This condition is not supported for this method. | Bu koşul bu yöntem için desteklenmiyor.
        condition-invalid | The condition is not a search that can be decided. | Koşul, değerlendirilebilecek bir arama değil.
        condition-many | Several resources match the condition. | Koşulla birden fazla kaynak eşleşiyor.
        condition-id | The id in the content is not that of the resource that matches the condition. | İçerikteki kimlik, koşulla eşleşen kaynağın kimliği değil.
        condition-id-own | Only a system scope may choose an id; leave it out. | Kimliği yalnızca sistem kapsamı seçebilir; kimliği yazmayın.
        condition-id-taken | A resource with this id exists, and does not match the condition. | Bu kimliğe sahip bir kaynak var ve koşulla eşleşmiyor.
        conditions-too-many | The request has too many conditions that need a search. | İstekte arama gerektiren çok fazla koşul var.
        history-system-scope | The history of more than one resource is for system scopes. | Birden fazla kaynağın geçmişi yalnızca sistem kapsamına açıktır.
        already-exists | The resource exists already. | Kaynak zaten var.
        patch-not-supported | A patch of this kind is not supported. | Bu tür bir yama desteklenmiyor.
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
        dom-6 | The resource has no narrative for people. | Kaynakta insanlar için bir anlatım metni yok.
        narrative-unsafe | The narrative contains something that is not allowed. | Anlatım metni izin verilmeyen bir içerik taşıyor.
        narrative-malformed | The narrative is not well-formed XHTML. | Anlatım metni geçerli bir XHTML değil.
        national-id-checksum | The national identity number is not valid. | T.C. kimlik numarası geçerli değil.
        profile-cardinality | A profile asks for a different number of this element. | Profil, bu ögenin farklı sayıda olmasını gerektiriyor.
        profile-pattern | A profile fixes this value. | Profil bu değeri sabitliyor.
        profile-too-large | The resource is too large for the profile it names. | Kaynak, belirttiği profil için çok büyük.
        profile-unreadable | The rules of a profile cannot be decided on this resource. | Bir profilin kuralları bu kaynak için değerlendirilemiyor.
        profile-binding | A profile allows only certain codes here. | Profil burada yalnızca belirli kodlara izin veriyor.
        profile-type | A profile is for another type of resource. | Profil başka bir kaynak türü içindir.
        profile-must-support | An element that systems should support is not given. | Sistemlerin desteklemesi gereken bir öge verilmemiş.
        profile-binding-extensible | A code is not in the value set that is to be used here. | Kod, burada kullanılması gereken değer kümesinde yok.
        profile-binding-preferred | A code is not in the preferred value set. | Kod, tercih edilen değer kümesinde yok.
        profile-slice-closed | A profile does not allow this item in the list. | Profil, listede bu kayda izin vermiyor.
        profile-slice-order | The items of a list are not in the order that a profile asks for. | Listedeki kayıtlar profilin istediği sırada değil.
        profile-slice-twice | An item fits two kinds that a profile tells apart. | Bir kayıt, profilin ayırdığı iki gruba birden uyuyor.
        profile-none-fits | An element satisfies none of the profiles that are allowed here. | Bir öge burada izin verilen profillerin hiçbirine uymuyor.
        profile-max-length | A profile asks for a shorter text. | Profil daha kısa bir metin istiyor.
        profile-min-value | A value is below what a profile allows. | Bir değer profilin izin verdiğinden küçük.
        profile-max-value | A value is above what a profile allows. | Bir değer profilin izin verdiğinden büyük.
        profile-aggregation | A profile asks for the resource referred to to be elsewhere. | Profil, başvurulan kaynağın başka bir yerde olmasını istiyor.
        profile-undecided | A rule of a profile cannot be decided on this resource. | Profilin bir kuralı bu kaynak için karara bağlanamıyor.
        profile-versioning | A profile asks for a reference with, or without, a version. | Profil, sürümlü ya da sürümsüz bir başvuru istiyor.
        profile-too-costly | The rules of a profile take too long to check. | Bir profilin kurallarının denetlenmesi çok uzun sürüyor.
        profile-not-taken | The profile cannot be accepted. | Profil kabul edilemiyor.
        profile-unknown | The hub does not hold this profile. | Merkezde bu profil bulunmuyor.
        extension-context | An extension may not stand here. | Bir uzantı burada kullanılamaz.
        terminology-not-taken | The terminology resource cannot be accepted. | Terminoloji kaynağı kabul edilemiyor.
        terminology-too-large | The terminology is too large. | Terminoloji çok büyük.
        terminology-cycle | A code stands above itself. | Bir kod kendisinin üst kodu olarak verilmiş.
        value-set-cycle | Value sets refer to one another in a circle. | Değer kümeleri birbirini döngüsel olarak içeriyor.
        value-set-unknown | The value set is not held. | Değer kümesi merkezde bulunmuyor.
        code-system-unknown | The code system is not held. | Kod sistemi merkezde bulunmuyor.
        code-system-version | The code system is to be taken in another version. | Kod sisteminin başka bir sürümü gerekiyor.
        concept-map-unknown | The concept map is not held. | Kavram eşlemesi merkezde bulunmuyor.
        code-unknown | The code is not known. | Kod bilinmiyor.
        code-undecided | Whether the code is valid cannot be decided here. | Kodun geçerliliğine burada karar verilemiyor.
        hierarchy-other | The code system does not order its codes by kind. | Kod sistemi kodlarını türe göre sıralamıyor.
        expansion-too-large | The value set has too many codes. | Değer kümesinde çok fazla kod var.
        companion-length | The lists of values and of their extensions differ in length. | Değerlerin ve uzantılarının listeleri farklı uzunlukta.
        reference-no-match | A conditional reference matches nothing. | Koşullu bir başvuru hiçbir kaynakla eşleşmiyor.
        reference-many-matches | A conditional reference matches several resources. | Koşullu bir başvuru birden fazla kaynakla eşleşiyor.
        conditional-create-many | Several resources match the condition. | Koşulla birden fazla kaynak eşleşiyor.
        conditional-create-twice | Two entries have the same condition. | İki kaydın koşulu aynı.
        bundle-method | This method is not supported in a bundle. | Bu yöntem pakette desteklenmiyor.
        bundle-expected | A batch or transaction bundle is expected here. | Burada bir batch veya transaction paketi bekleniyor.
        bundle-get-not-supported | This query is not supported inside a bundle. | Bu sorgu paket içinde desteklenmiyor.
        id-mismatch | The id in the content is not the one in the address. | İçerikteki kimlik, adresteki kimlikle aynı değil.
        type-mismatch | The type in the content is not the one in the address. | İçerikteki tür, adresteki türle aynı değil.
        if-match-invalid | The version condition is not understood. | Sürüm koşulu anlaşılamadı.
        version-conflict | The record is no longer at the version you named. | Kayıt artık belirttiğiniz sürümde değil.
        concurrent-change | Somebody else changed the record meanwhile; send the request again. | Kayıt bu arada başkası tarafından değiştirildi; isteği yeniden gönderin.
        compartment-fixed | A record cannot be moved to another patient. | Bir kayıt başka bir hastaya taşınamaz.
        too-many-patients | The request concerns too many patients. | İstek çok fazla hastayı kapsıyor.
        search-contained-own | Own search parameters are not asked within contained resources. | Merkeze özgü arama parametreleri içerilen kaynaklarda sorulamaz.
        page-too-large | The resources of this page are too large together; ask for fewer. | Bu sayfadaki kaynaklar birlikte çok büyük; daha azını isteyin.
        patient-required | Name one patient, or an exact identifier. | Bir hasta ya da tam bir kimlik numarası belirtin.
        search-value-invalid | A search value is not understood. | Bir arama değeri anlaşılamadı.
        search-parameter-reindexing | The search parameter is not ready yet. | Arama parametresi henüz hazır değil.
        search-parameter-unknown | A search parameter is not known. | Bir arama parametresi tanınmıyor.
        search-parameter-not-supported | A search parameter of that definition cannot be served. | Bu tanımla bir arama parametresi sunulamaz.
        search-parameter-repeated | A search parameter may appear only once. | Bir arama parametresi yalnızca bir kez kullanılabilir.
        search-modifier-not-supported | A search modifier is not supported. | Bir arama niteleyicisi desteklenmiyor.
        search-not-supported | This kind of search is not supported. | Bu tür bir arama desteklenmiyor.
        search-id-ambiguous | The id is that of several resources; name the type. | Bu kimlik birden çok kaynağa ait; türünü belirtin.
        search-too-large | The search has too many values. | Arama çok fazla değer içeriyor.
        cursor-invalid | The link to the next page is not valid for you. | Sonraki sayfanın bağlantısı sizin için geçerli değil.
        parameter-invalid | A parameter is not valid. | Bir parametre geçerli değil.
        media-type-not-supported | This content type is not supported. | Bu içerik türü desteklenmiyor.
        media-type-not-acceptable | The hub cannot answer in this format. | Merkez bu biçimde yanıt veremiyor.
        interaction-not-supported | This method is not served at this address. | Bu yöntem bu adreste sunulmuyor.
        address-unknown | Nothing is served at this address. | Bu adreste bir hizmet sunulmuyor.
        header-invalid | A header of the request is not understood. | İsteğin bir başlığı anlaşılamadı.
        http-invalid | The request is malformed. | İstek hatalı biçimlendirilmiş.
        certificate-required | A client certificate is needed. | İstemci sertifikası gerekiyor.
        certificate-wrong-usage | The certificate is not meant for this use. | Sertifika bu kullanım için uygun değil.
        certificate-weak-key | The certificate's key is too weak. | Sertifikanın anahtarı yeterince güçlü değil.
        certificate-unknown-issuer | The certificate's issuer is not trusted. | Sertifikayı veren kuruluşa güvenilmiyor.
        certificate-not-yet-valid | The certificate is not valid yet. | Sertifika henüz geçerli değil.
        certificate-expired | The certificate has expired. | Sertifikanın süresi dolmuş.
        certificate-revoked | The certificate was revoked. | Sertifika iptal edilmiş.
        certificate-revocation-unknown | Whether the certificate was revoked cannot be found out now. | Sertifikanın iptal durumu şu anda öğrenilemiyor.
        certificate-unknown-to-issuer | The issuer of the certificate does not know it. | Sertifikayı veren kurum bu sertifikayı tanımıyor.
        certificate-unregistered | The certificate belongs to no registered participant. | Sertifika kayıtlı bir katılımcıya ait değil.
        participant-suspended | The participant is suspended. | Katılımcı askıya alınmış.
        assertion-invalid | The signed assertion is not valid. | İmzalı beyan geçerli değil.
        assertion-misdirected | The signed assertion is meant for somebody else. | İmzalı beyan başka bir alıcı için düzenlenmiş.
        assertion-expired | The signed assertion is too old. | İmzalı beyanın süresi dolmuş.
        assertion-replayed | The signed assertion was used before. | İmzalı beyan daha önce kullanılmış.
        clinician-wrong-institution | The clinician does not work at this institution. | Sağlık çalışanı bu kurumda görevli değil.
        purpose-not-allowed | The purpose of use is not allowed. | Kullanım amacına izin verilmiyor.
        token-invalid | The access token is not valid. | Erişim belirteci geçerli değil.
        token-expired | The access token has expired. | Erişim belirtecinin süresi dolmuş.
        token-misdirected | The access token is meant for somebody else. | Erişim belirteci bir başkası için düzenlenmiş.
        provider-unavailable | The identity provider cannot be asked now; try again. | Kimlik sağlayıcıya şu anda sorulamıyor; yeniden deneyin.
        person-unregistered | The person who signed in is not registered here. | Oturum açan kişi burada kayıtlı değil.
        client-unproven | The token was issued to a program that is not registered for this. | Belirteç, bunun için kayıtlı olmayan bir programa verilmiş.
        scope-not-allowed | Nothing of what the token asks for can be granted. | Belirtecin istediklerinden hiçbiri verilemez.
        token-not-bound | The access token belongs to another connection. | Erişim belirteci başka bir bağlantıya ait.
        access-denied | You may not see or change this. | Bunu görme veya değiştirme yetkiniz yok.
        rate-exceeded | Too many requests in a second. | Bir saniyede çok fazla istek gönderildi.
        quota-requests | More requests a minute than the quota. | Dakikadaki istek sayısı kotayı aşıyor.
        quota-concurrent | More requests at once than the quota. | Aynı anda yapılan istek sayısı kotayı aşıyor.
        quota-bytes | More bytes a minute than the quota. | Dakikadaki veri miktarı kotayı aşıyor.
        busy | The hub is busy; try again. | Merkez yoğun; yeniden deneyin.
        audit-unavailable | The audit log cannot be written, so nothing is released. | Denetim kaydı yazılamadığından hiçbir bilgi verilmiyor.
        store-unavailable | The record store is not available. | Kayıt deposu kullanılamıyor.
        internal-error | The hub failed; the fault was logged. | Merkezde bir hata oluştu; kayda geçirildi.
        proof-not-yet | The proof is not ready yet; ask again in a few seconds. | Kanıt henüz hazır değil; birkaç saniye sonra yeniden sorun.
        proof-unknown | The log has no such entry. | Denetim kaydında böyle bir girdi yok.
        proof-index-invalid | The entry is not named as in a receipt. | Girdi, alındıdaki gibi belirtilmemiş.
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

    /// <summary>The codes that have a text of their own.</summary>
    public static IEnumerable<string> Codes => ByCode.Keys;

    /// <summary>The text for an issue; <paramref name="language"/> is <c>tr</c> or <c>en</c>, anything else is English.</summary>
    public static string For(Issue issue, string language)
    {
        var (english, turkish) = ByCode.TryGetValue(issue.Code, out var texts) || ByType.TryGetValue(issue.Type, out texts) ? texts : ByType["processing"];
        return language == "tr" ? turkish : english;
    }

    private static FrozenDictionary<string, (string English, string Turkish)> Parse(string table) =>
        table.Split('\n').Select(line => line.Split(" | ")).ToFrozenDictionary(p => p[0].Trim(), p => (p[1], p[2].Trim()), StringComparer.Ordinal);
}
