using System.Collections.Frozen;

namespace EHealthHub.Access.Policy;

/// <summary>What a rule says to people, looked up by its code: for <c>hub access explain</c>, the auditors' pages and the patient's report; never for the refused caller.</summary>
/// <param name="Turkish">In Turkish.</param>
/// <param name="English">In English.</param>
public sealed record RuleText(string Turkish, string English)
{
    private static readonly FrozenDictionary<string, RuleText> Texts = new Dictionary<string, RuleText>(StringComparer.Ordinal)
    {
        ["scope-missing"] = new("Erişim belirtecinin kapsamı bu işlemi ve kaynak türünü içermiyor.", "The scopes of the caller do not cover this interaction on this type of resource."),
        ["system-scope"] = new("Yetkili kurum, sistem kapsamıyla işlem yapıyor.", "The registry's authority acts under its system scope."),
        ["directory-public"] = new("Rehber kayıtları, kimliği doğrulanmış herkese açıktır.", "The directory is open to everybody who has proven who they are."),
        ["definitions-by-authority"] = new("Tanımları (profil, kod sistemi, arama parametresi) yalnızca yetkili kurum değiştirir.", "Definitions (profiles, code systems, search parameters) are changed by the registry's authority alone."),
        ["directory-content"] = new("Kurum, rehberde kendi içeriğini tutuyor.", "The institution keeps its own content in the directory."),
        ["directory-read-only"] = new("Rehber bu kullanıcı için salt okunurdur.", "The directory is read-only for this caller."),
        ["staff-no-records"] = new("Denetçiler ve işletmenler sağlık kayıtlarına erişemez.", "Auditors and operators have no access to records."),
        ["insurer-no-basis"] = new("Sigortacının bu kayda erişmesi için dayanak yok.", "The insurer has no basis for access to this record."),
        ["citizen-read-only"] = new("Vatandaş kaydı okur; onaylarından başkasını yazmaz.", "A citizen reads the record and writes nothing in it but consents."),
        ["own-record"] = new("Kişi kendi kaydına erişiyor.", "The person looks at the own record."),
        ["no-relationship"] = new("Bu hastayla süren bir ilişki yok.", "There is no relationship to this patient now."),
        ["purpose-not-allowed"] = new("Bu kullanım amacıyla kayda erişilemez.", "There is no access for this purpose of use."),
        ["own-compartment"] = new("Kayıt, kurumun kendi alanındadır.", "The resource lies in the institution's own compartment."),
        ["not-owner"] = new("Kayıt başka bir kurumun alanındadır.", "The resource lies in another institution's compartment."),
        ["own-submission"] = new("Kaydı bu kurum göndermiştir.", "The institution submitted this resource itself."),
        ["not-own-submission"] = new("Kaydı bu kurum göndermemiştir.", "The institution did not submit this resource."),
        ["clinician-required"] = new("Hasta kaydında arama yapmak için bir hekim gereklidir.", "A search in a patient's record needs a clinician."),
        ["own-patient"] = new("Hastayı bu kurum kaydetmiştir.", "The institution registered this patient."),
        ["open-encounter"] = new("Hastanın bu kurumda açık bir başvurusu var.", "The patient has an open encounter at this institution."),
        ["opens-encounter"] = new("Kurum, hasta için bir başvuru açıyor.", "The institution opens an encounter for the patient."),
        ["not-its-patient"] = new("Kurumun bu hastayla bir ilişkisi yok.", "The institution has no relationship to this patient."),
        ["deidentified-only"] = new("Halk sağlığı ve araştırma amacıyla kişilerin kayıtları okunmaz; yalnızca kimliksizleştirilmiş veri ve toplu sayılar verilir.", "Nobody's record is read for public health or research; only de-identified data and figures over many leave."),
        ["public-health"] = new("Yetkili kurum, halk sağlığı için kimliksizleştirilmiş veri alıyor.", "The authority derives de-identified data for public health."),
        ["research-consent"] = new("Hasta, verisinin araştırmada kimliksiz olarak kullanılmasına onay verdi.", "The patient consents to research on de-identified data."),
        ["research-without-consent"] = new("Hastanın araştırma için onayı yok.", "The patient has not consented to research."),
        ["insurer-contract"] = new("Bu, sigortacının kendi sigorta sözleşmesidir.", "This is the insurer's own contract of insurance."),
        ["insurer-claim"] = new("Sigortacıya gönderilen, poliçe dönemindeki bir talep veya o talebin dayandığı kayıt.", "A claim that was sent to the insurer, or what that claim rests on, in a period that a contract covers."),
        ["insurer-consent"] = new("Hasta, poliçe dönemindeki bu kaydı sigortacıya açtı.", "The patient shows this record to the insurer, in a period that a contract covers."),
        ["insurer-answer"] = new("Sigortacı, bir talebe verdiği yanıtı yazıyor.", "The insurer writes its own answer to a claim."),
        ["representative"] = new("Kişi, hastanın yasal temsilcisi olarak erişiyor.", "The person looks as the patient's representative."),
        ["caregiver"] = new("Kişi, hastanın bakım vereni olarak erişiyor.", "The person looks as the patient's caregiver."),
        ["consent-by-patient"] = new("Hasta kendi onayına karar veriyor.", "The patient decides about the own consent."),
        ["consent-by-representative"] = new("Yasal temsilci, hastanın yerine karar veriyor.", "The representative decides in the patient's place."),
        ["minor-represented"] = new("Reşit olmayan hastanın onaylarına yasal temsilcisi karar verir.", "For a patient who is not of age the representative decides."),
        ["caregiver-decides-nothing"] = new("Bakım veren yalnızca bakar; onay vermez ve başkasını yetkilendirmez.", "A caregiver only looks: gives no consent and appoints nobody."),
        ["consent-by-patient-only"] = new("Onayı yalnızca hasta, temsilcisi veya onay almaya yetkili kurum yazar.", "A consent is written by the patient, a representative or an institution that the registry lets capture consents."),
        ["knowledge-incomplete"] = new("Bu hasta hakkında karar vermek için gerekenlerin tümü okunamadı.", "Not everything that a decision about this patient needs could be gathered."),
        ["break-glass"] = new("Hekim, gerekçesini yazarak acil durum erişimi açtı; erişim süreyle sınırlıdır ve incelenecektir.", "The clinician broke the glass and said why; the access is limited in time and will be reviewed."),
        ["emergency-care"] = new("Hasta bu kurumun acil servisindedir.", "The patient is in the emergency department of this institution."),
        ["inpatient"] = new("Hasta bu kurumda yatmaktadır.", "The patient is admitted to this institution."),
        ["treating-clinician"] = new("Hekim, hastanın süren başvurusunda görev alıyor.", "The clinician takes part in the patient's open encounter."),
        ["family-doctor"] = new("Hekim, hastanın aile hekimidir.", "The clinician is the patient's family doctor."),
        ["referral"] = new("Hasta buraya sevk edilmiştir.", "The patient was referred here."),
        ["consent-permit"] = new("Hasta, kaydını adıyla bu hekime veya kuruma açtı.", "The patient opened the record to this clinician or institution by name."),
        ["security-setting"] = new("Hastanın güvenlik ayarı bu ilişkiye izin vermiyor.", "The patient's security setting does not let this relationship in."),
        ["consent-deny"] = new("Hasta bu erişimi reddetti.", "The patient denies this access."),
        ["consent-not-covered"] = new("Hastanın verdiği izin bu kaydı kapsamıyor.", "What the patient permits does not cover this."),
        ["consent-release"] = new("Hasta, hassas olan bu kaydın gösterilmesine izin verdi.", "The patient permits that this sensitive record is shown."),
        ["label-withheld"] = new("Kayıt hassas olarak etiketlendi; hastanın izni olmadan gösterilmez.", "The record is labelled as sensitive and not shown without the patient's permission."),
        ["label-masked"] = new("Kayıt hassas olarak etiketlendi; yalnızca var olduğu söylenir.", "The record is labelled as sensitive; only that it exists is told."),
        ["no-rule"] = new("Hiçbir kural bu erişime izin vermiyor.", "No rule allows this access."),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The text of a rule's code; null for a code that is no rule's.</summary>
    public static RuleText? Of(string code) => Texts.GetValueOrDefault(code) ?? Erasure.ErasurePolicy.TextOf(code);

    /// <summary>The codes that have a text.</summary>
    public static IReadOnlyCollection<string> Codes => Texts.Keys;
}
