using EHealthHub.Access.Consent;
using EHealthHub.Access.Labels;

namespace EHealthHub.Access.Policy;

/// <summary>
/// What the patient says of those whom a rule lets in: consents first, then, where no consent names them, the labels of the resource. Over a whole compartment only a denial of everything refuses; everything else is decided resource by
/// resource, by the same code.
/// </summary>
internal static class PatientsWill
{
    private static readonly Rule Denied = new("consent-deny", false, (in _) => true);
    private static readonly Rule NotCovered = new("consent-not-covered", false, (in _) => true);
    private static readonly Rule Withheld = new("label-withheld", false, (in _) => true);
    private static readonly Rule Released = new("consent-release", true, (in _) => true);
    private static readonly AccessDecision Masked = new(true, "label-masked", Masked: true);

    public static IReadOnlyList<string> RuleCodes { get; } = [Denied.Code, NotCovered.Code, Withheld.Code, Masked.Rule, Released.Code];

    public static AccessDecision Decide(in Question question, Rule rule, Position position)
    {
        ref readonly var standing = ref question.Standing;
        if (!question.HasResource)
        {
            // Adding to a record is not looking at it.
            return question.IsCreating || standing.Consents.DeniedWhole < 0 ? Granted(question, rule) : Refused(question, Denied);
        }

        var outcome = standing.Consents.Of(question.Resource);
        return outcome.Effect switch
        {
            ConsentEffect.Deny => Refused(question, Denied),
            ConsentEffect.NotCovered => Refused(question, NotCovered),
            _ when rule.ByConsent != Exactness.None && (outcome.Permits & rule.ByConsent) == 0 => Refused(question, NotCovered),
            _ => ByLabels(question, rule, position, outcome.ReleasesLabels),
        };
    }

    private static AccessDecision ByLabels(in Question question, Rule rule, Position position, bool released)
    {
        ref readonly var resource = ref question.Resource;
        var isOwn = resource.Submitter is not null && resource.Submitter == question.Caller.Institution;
        return LabelTreatment.Of(resource.Labels, position, isOwn) switch
        {
            Visibility.See => Granted(question, rule),
            _ when released => Granted(question, Released),
            Visibility.Mask => Masked,
            _ => Refused(question, Withheld),
        };
    }

    private static AccessDecision Granted(in Question question, Rule rule) => question.Interaction == Interaction.Derive ? rule.Derived : rule.Plain;

    private static AccessDecision Refused(in Question question, Rule rule) => question.Names ? rule.Hiding : rule.Plain;
}
