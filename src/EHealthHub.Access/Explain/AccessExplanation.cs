using System.Collections.Immutable;
using EHealthHub.Access.Policy;

namespace EHealthHub.Access.Explain;

/// <summary>A decision in words, for the patient, the auditors and whoever else is entitled to the reason; never for the caller who was refused.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Rule">What the rule says.</param>
/// <param name="Regulation">Version of the relationship rules that were in force, for example <c>2025-12-03</c>; null where none was, or none was asked.</param>
/// <param name="RestsOn">What it rested on, one sentence each: the encounter, the referral, the consent, the grant, the label.</param>
public sealed record AccessExplanation(AccessDecision Decision, RuleText Rule, string? Regulation, ImmutableArray<RuleText> RestsOn)
{
    /// <summary>All of it as lines: whether it was granted, the rule, and what it rested on. Turkish for <c>tr</c> and its regions, else English.</summary>
    public IEnumerable<string> Lines(string language)
    {
        var turkish = language.StartsWith("tr", StringComparison.OrdinalIgnoreCase);
        yield return (turkish, Decision) switch
        {
            (true, { Granted: false }) => $"Reddedildi ({Decision.Rule}).",
            (true, { Masked: true }) => $"Maskelenerek gösterildi ({Decision.Rule}).",
            (true, { DeIdentified: true }) => $"Yalnızca kimliksiz olarak verildi ({Decision.Rule}).",
            (true, _) => $"İzin verildi ({Decision.Rule}).",
            (_, { Granted: false }) => $"Refused ({Decision.Rule}).",
            (_, { Masked: true }) => $"Shown masked ({Decision.Rule}).",
            (_, { DeIdentified: true }) => $"Granted, de-identified only ({Decision.Rule}).",
            _ => $"Granted ({Decision.Rule}).",
        };
        yield return turkish ? Rule.Turkish : Rule.English;
        foreach (var reason in RestsOn)
        {
            yield return turkish ? reason.Turkish : reason.English;
        }

        if (Regulation is not null)
        {
            yield return turkish ? $"Kişisel Sağlık Verileri Yönetmeliği'nin {Regulation} tarihli hâli yürürlükteydi." : $"The regulation on personal health data was in force as of {Regulation}.";
        }
    }
}
