using System.Collections.Immutable;
using EHealthHub.Access.Consent;
using EHealthHub.Access.Labels;
using EHealthHub.Access.Policy;
using EHealthHub.Trust;

namespace EHealthHub.Access.Tests.Consent;

/// <summary>The precedence of consents as the README tells it, word by word, without bits and without bounds.</summary>
internal static class NaiveConsents
{
    private static readonly string[] s_respects = ["purpose", "who", "period", "type", "code", "label", "data"];

    public static string Effect(ImmutableArray<ConsentDirective> directives, Caller caller, ResourceTraits resource, Leniency leniency)
    {
        var permits = new List<Dictionary<string, int>>();
        var denials = new List<Dictionary<string, int>>();
        var limited = false;
        foreach (var directive in directives)
        {
            var speaking = directive.Rules.Where(r => SpeaksToCaller(r, caller) && Stands(r, caller, leniency)).ToList();
            var matching = speaking.Where(r => SpeaksOf(r, resource)).ToList();
            if (matching.Count == 0)
            {
                limited |= speaking.Any(r => r.Permits && r.Depth == 0);
                continue;
            }

            var innermost = matching.Where(r => r.Depth == matching.Max(m => m.Depth)).ToList();
            var denies = innermost.Exists(r => !r.Permits);
            foreach (var rule in matching.Where(r => r.Permits != denies))
            {
                (denies ? denials : permits).Add(Exactness(rule, caller, resource));
            }
        }

        return denials.Exists(d => !permits.Exists(p => s_respects.All(r => p[r] >= d[r]) && s_respects.Any(r => p[r] > d[r]))) ? "Deny"
            : permits.Count > 0 ? "Permit"
            : limited && leniency == Leniency.None ? "NotCovered"
            : "Silent";
    }

    private static bool SpeaksToCaller(ConsentRule rule, Caller caller) =>
        !(rule is { Permits: true, HasUnknown: true, Depth: > 0 })
        && (rule.Purposes.IsEmpty || rule.Purposes.Contains(caller.Purpose))
        && (rule.Actors.IsEmpty || rule.Actors.Any(a => IsMeant(a, caller) || (a.Kind == ActorKind.NotUnderstood && !rule.Permits)));

    private static bool IsMeant(ConsentActor actor, Caller caller) =>
        actor == new ConsentActor(ActorKind.Institution, caller.Institution!) || actor == new ConsentActor(ActorKind.Clinician, caller.Person!);

    private static bool Stands(ConsentRule rule, Caller caller, Leniency leniency)
    {
        var namesClinician = rule.Actors.Any(a => a == new ConsentActor(ActorKind.Clinician, caller.Person!));
        var namesData = !rule.Types.IsEmpty || !rule.Codes.IsEmpty || !rule.Data.IsEmpty || rule.DataFrom is not null || rule.DataUntil is not null || rule.Sensitivities != Sensitivities.None || rule.Confidentiality is not null;
        return rule.Permits || leniency switch
        {
            Leniency.Exempt => namesData || rule.Actors.Any(a => IsMeant(a, caller)),
            Leniency.BreakGlass => namesClinician || !rule.Purposes.IsEmpty,
            _ => true,
        };
    }

    private static bool SpeaksOf(ConsentRule rule, ResourceTraits resource)
    {
        bool Unknown() => !rule.Permits;
        bool Has(ImmutableArray<string> list, string one) => list.IsDefault ? Unknown() : list.Contains(one);
        var type = rule.Types.IsEmpty || rule.Types.Contains(resource.Type);
        var code = rule.Codes.IsEmpty || rule.Codes.Any(c => Has(resource.Codes, c));
        var from = rule.DataFrom ?? DateTimeOffset.MinValue;
        var until = rule.DataUntil ?? DateTimeOffset.MaxValue;
        var period = (rule.DataFrom is null && rule.DataUntil is null)
            || (resource is { CareFrom: { } begin, CareUntil: { } end } ? rule.Permits ? begin >= from && end <= until : begin < until && end > from : Unknown());
        var level = resource.Labels.Confidentiality;
        var label = (rule.Sensitivities == Sensitivities.None && rule.Confidentiality is null) || (rule.Permits
            ? (rule.Confidentiality is { } up && level <= up)
                || (rule.Sensitivities != Sensitivities.None && resource.Labels.Sensitivities != Sensitivities.None && Flags(resource.Labels.Sensitivities).All(f => rule.Sensitivities.HasFlag(f)) && level != Confidentiality.VeryRestricted)
            : (rule.Confidentiality is { } down && level >= down) || Flags(resource.Labels.Sensitivities).Any(f => rule.Sensitivities.HasFlag(f)));
        var self = resource.Type + "/" + resource.Id;
        var data = rule.Data.IsEmpty || rule.Data.Any(d => d.Meaning switch
        {
            DataMeaning.Instance => d.Reference == self,
            DataMeaning.Related => d.Reference == self || Has(resource.Related, d.Reference),
            _ => Has(resource.Authors, d.Reference),
        });
        return !(rule is { Permits: true, HasUnknown: true }) && type && code && period && label && data;
    }

    private static IEnumerable<Sensitivities> Flags(Sensitivities all) => Enum.GetValues<Sensitivities>().Where(f => f != Sensitivities.None && all.HasFlag(f));

    private static Dictionary<string, int> Exactness(ConsentRule rule, Caller caller, ResourceTraits resource)
    {
        var self = rule.Data.Any(d => d.Meaning != DataMeaning.AuthoredBy && d.Reference == resource.Type + "/" + resource.Id);
        return new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["purpose"] = rule.Purposes.IsEmpty ? 0 : 1,
            ["who"] = rule.Actors.Select(a => !IsMeant(a, caller) ? 0 : a.Kind == ActorKind.Clinician ? 2 : 1).DefaultIfEmpty(0).Max(),
            ["period"] = self || rule.DataFrom is not null || rule.DataUntil is not null ? 1 : 0,
            ["type"] = self || !rule.Types.IsEmpty ? 1 : 0,
            ["code"] = self || !rule.Codes.IsEmpty ? 1 : 0,
            ["label"] = self || rule.Sensitivities != Sensitivities.None || rule.Confidentiality is not null ? 1 : 0,
            ["data"] = self ? 2 : rule.Data.IsEmpty ? 0 : 1,
        };
    }
}
