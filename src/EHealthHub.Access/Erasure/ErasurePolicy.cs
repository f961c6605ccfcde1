using System.Collections.Frozen;
using EHealthHub.Access.Policy;
using EHealthHub.Trust;

namespace EHealthHub.Access.Erasure;

/// <summary>A step on the way of an erasure.</summary>
public enum ErasureStep
{
    /// <summary>To ask for it.</summary>
    Ask = 1,

    /// <summary>To see what is asked for, and how far it is.</summary>
    List = 2,

    /// <summary>To approve of one, or to refuse it.</summary>
    Approve = 3,

    /// <summary>To carry out one that two approved of.</summary>
    Execute = 4,

    /// <summary>To set or lift a legal hold.</summary>
    Hold = 5,
}

/// <summary>
/// Who may take which step towards the erasure of a patient's record: the patient asks, two different operators approve and carry out, and the registry's authority alone holds it up. Pure; the first row that holds decides, and the last
/// refuses. Nobody learns of a record by it: who may not ask is told that the patient is not known.
/// </summary>
public static class ErasurePolicy
{
    private static readonly (string Code, bool Granted, Func<Caller, ErasureStep, bool, bool, bool> Holds)[] Rules =
    [
        ("erasure-own-record", true, (c, step, own, _) => step == ErasureStep.Ask && c.PersonKind == PersonKind.Citizen && own),
        ("erasure-not-own", false, (_, step, _, _) => step == ErasureStep.Ask),
        ("hold-by-authority", true, (c, step, _, _) => step is ErasureStep.Hold && c is { InstitutionKind: InstitutionKind.Authority, PersonKind: PersonKind.None }),
        ("hold-not-authority", false, (_, step, _, _) => step is ErasureStep.Hold),
        ("erasure-second-operator", false, (c, step, _, took) => step == ErasureStep.Approve && c.PersonKind == PersonKind.Operator && took),
        ("erasure-by-operators", true, (c, step, _, _) => step is ErasureStep.List or ErasureStep.Approve or ErasureStep.Execute && c is { PersonKind: PersonKind.Operator, Person.Length: > 0 }),
        ("erasure-not-operator", false, (_, _, _, _) => true),
    ];

    private static readonly FrozenDictionary<string, RuleText> Texts = new Dictionary<string, RuleText>(StringComparer.Ordinal)
    {
        ["erasure-own-record"] = new("Kişi kendi kaydının silinmesini istiyor.", "The person asks for the erasure of the own record."),
        ["erasure-not-own"] = new("Bir kaydın silinmesini yalnızca kaydın sahibi ister.", "The erasure of a record is asked for by the person whom it is about, and nobody else."),
        ["hold-by-authority"] = new("Yetkili kurum, yasal saklama kararı koyuyor ya da kaldırıyor.", "The registry's authority sets or lifts a legal hold."),
        ["hold-not-authority"] = new("Yasal saklama kararını yalnızca yetkili kurum koyar ve kaldırır.", "A legal hold is set and lifted by the registry's authority alone."),
        ["erasure-second-operator"] = new("Aynı kişi bir silme işlemini iki kez onaylayamaz.", "The same person cannot approve of an erasure twice."),
        ["erasure-by-operators"] = new("İşletmen, silme işlemini yürütüyor.", "An operator handles the erasure."),
        ["erasure-not-operator"] = new("Silme işlemlerini yalnızca işletmenler yürütür.", "Erasures are handled by operators alone."),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The codes of all rules.</summary>
    public static IReadOnlyCollection<string> RuleCodes => [.. Rules.Select(r => r.Code)];

    /// <summary>What a rule says to people; null for a code that is no rule's.</summary>
    public static RuleText? TextOf(string code) => Texts.GetValueOrDefault(code);

    /// <summary>May <paramref name="caller"/> take this step? <paramref name="isOwnRecord"/>: it is the caller's own. <paramref name="tookPart"/>: the caller approved of this case before, or asked for it.</summary>
    public static AccessDecision Decide(Caller caller, ErasureStep step, bool isOwnRecord, bool tookPart)
    {
        var rule = Rules.First(r => r.Holds(caller, step, isOwnRecord, tookPart));
        return new AccessDecision(rule.Granted, rule.Code, Hidden: !rule.Granted && step == ErasureStep.Ask);
    }
}
