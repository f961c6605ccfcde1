using EHealthHub.Access.Consent;
using EHealthHub.Access.Labels;

namespace EHealthHub.Access.Policy;

/// <summary>When a rule holds.</summary>
internal delegate bool Condition(in Question question);

/// <summary>One row of the table. Its decisions are made once.</summary>
internal sealed class Rule(string code, bool granted, Condition holds)
{
    public string Code => code;

    public bool Granted => granted;

    public Condition Holds => holds;

    /// <summary>For a rule that opens the record: in what position the caller looks then. Null for one that decides for good.</summary>
    public Position? Position { get; init; }

    /// <summary>Where nothing but a consent opens it: what its permission must name, the caller or the purpose. What no such consent permits is not shown.</summary>
    public Exactness ByConsent { get; init; }

    public AccessDecision Plain { get; } = new(granted, code);

    public AccessDecision Hiding { get; } = new(granted, code, Hidden: true);

    /// <summary>Granted for what is derived and tells of nobody.</summary>
    public AccessDecision Derived { get; } = new(granted, code, DeIdentified: true);
}
