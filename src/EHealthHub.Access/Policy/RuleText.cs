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
        ["insurer-no-basis"] = new("Sigortacının bu kayda erişmesi için dayanak yok.", "An insurer has no basis for access to this record."),
        ["citizen-read-only"] = new("Vatandaş kendi kaydını okur, değiştirmez.", "A citizen reads the own record and does not write it."),
        ["own-record"] = new("Kişi kendi kaydına erişiyor.", "The person looks at the own record."),
        ["no-relationship"] = new("Bu hastayla süren bir ilişki yok.", "There is no relationship to this patient now."),
        ["purpose-not-allowed"] = new("Hekim bu kullanım amacıyla kayda erişemez.", "A clinician has no access for this purpose of use."),
        ["own-compartment"] = new("Kayıt, kurumun kendi alanındadır.", "The resource lies in the institution's own compartment."),
        ["not-owner"] = new("Kayıt başka bir kurumun alanındadır.", "The resource lies in another institution's compartment."),
        ["own-submission"] = new("Kaydı bu kurum göndermiştir.", "The institution submitted this resource itself."),
        ["not-own-submission"] = new("Kaydı bu kurum göndermemiştir.", "The institution did not submit this resource."),
        ["clinician-required"] = new("Hasta kaydında arama yapmak için bir hekim gereklidir.", "A search in a patient's record needs a clinician."),
        ["own-patient"] = new("Hastayı bu kurum kaydetmiştir.", "The institution registered this patient."),
        ["open-encounter"] = new("Hastanın bu kurumda açık bir başvurusu var.", "The patient has an open encounter at this institution."),
        ["opens-encounter"] = new("Kurum, hasta için bir başvuru açıyor.", "The institution opens an encounter for the patient."),
        ["not-its-patient"] = new("Kurumun bu hastayla bir ilişkisi yok.", "The institution has no relationship to this patient."),
        ["no-rule"] = new("Hiçbir kural bu erişime izin vermiyor.", "No rule allows this access."),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The text of a rule's code; null for a code that is no rule's.</summary>
    public static RuleText? Of(string code) => Texts.GetValueOrDefault(code);

    /// <summary>The codes that have a text.</summary>
    public static IReadOnlyCollection<string> Codes => Texts.Keys;
}
