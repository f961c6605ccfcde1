using EHealthHub.Fhir.Terminology;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Model;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>
/// What a FHIRPath rule may ask beyond its element: resources that the message brings along, held terminology and profiles, and the time. What cannot be told is noted, so that a rule which rests on it is never taken for kept.
/// </summary>
internal sealed class RuleContext : FhirEvaluationContext
{
    private readonly TerminologyCatalog _terminology;
    private readonly RuleTargets _targets;
    private readonly bool _isTypeEnough;

    /// <param name="root">The whole resource.</param>
    /// <param name="terminology">Held terminology.</param>
    /// <param name="targets">What references name.</param>
    /// <param name="isTypeEnough">True for a rule that asks nothing of a resolved resource but its type.</param>
    /// <param name="now">The time of the check, in the hub's zone.</param>
    public RuleContext(PocoNode root, TerminologyCatalog terminology, RuleTargets targets, bool isTypeEnough, DateTimeOffset now)
    {
        (Resource, RootResource, _terminology, _targets, _isTypeEnough, Now) = (root, root, terminology, targets, isTypeEnough, now);
    }

    /// <summary>Whether a resource satisfies a held profile; null where that cannot be told.</summary>
    public Func<PocoNode, string, bool?>? Conforms { get; init; }

    /// <summary>The time of the check, in the hub's zone.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>Why the rule cannot be decided; null where it can.</summary>
    public string? Undecided { get; private set; }

    /// <summary>R4's resolve(): the resource in the message, else one of the told type of which nothing more is known.</summary>
    public PocoNode? Resolve(PocoNode reference)
    {
        var found = _targets.Resolve(reference, out var isElsewhere);
        if (isElsewhere && !_isTypeEnough)
        {
            Undecided = "it looks into a resource that the message does not bring along";
        }

        return found;
    }

    /// <summary>R4's memberOf(): of a code, Coding or CodeableConcept.</summary>
    public bool? MemberOf(PocoNode value, string valueSet)
    {
        var membership = value.Poco switch
        {
            CodeableConcept concept => Any(concept.Coding, valueSet),
            Coding coding => Of(coding, valueSet),
            Quantity quantity => _terminology.Contains(valueSet, quantity.System, quantity.Code ?? ""),
            PrimitiveType { JsonValue: string code } => _terminology.Contains(valueSet, null, code),
            _ => CodeMembership.No,
        };
        if (membership == CodeMembership.Unknown)
        {
            Undecided = "the hub does not hold what would decide its value set";
        }

        return membership == CodeMembership.Unknown ? null : membership == CodeMembership.Yes;
    }

    /// <summary>R4's conformsTo(): of a resource, to a held profile.</summary>
    public bool? ConformsTo(PocoNode value, string profile)
    {
        var conforms = Conforms?.Invoke(value, profile);
        if (conforms is null)
        {
            Undecided = "it asks for a profile that the hub does not hold, or of an element that is no resource of the message";
        }

        return conforms;
    }

    private CodeMembership Any(IEnumerable<Coding> codings, string valueSet)
    {
        var best = CodeMembership.No;
        foreach (var coding in codings)
        {
            var here = Of(coding, valueSet);
            if (here == CodeMembership.Yes)
            {
                return here;
            }

            best = here == CodeMembership.Unknown ? here : best;
        }

        return best;
    }

    private CodeMembership Of(Coding coding, string valueSet) =>
        coding is { System: { } system, Code: { } code } ? _terminology.Contains(valueSet, system, code) : CodeMembership.No;
}
