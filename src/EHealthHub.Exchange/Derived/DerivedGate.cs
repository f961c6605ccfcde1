using System.Diagnostics.CodeAnalysis;
using EHealthHub.Access.Policy;
using EHealthHub.Exchange.Deciding;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Derived;

/// <summary>A refusal, and the rule for the log.</summary>
/// <param name="Rule">Code of the rule.</param>
/// <param name="Failure">What the caller is told.</param>
internal sealed record DerivedRefusal(string Rule, Failure Failure);

/// <summary>
/// Who derives, and for what: decided before anything is opened, and then for every patient anew. What the policy says of a patient's record is asked of each resource, by the same view as everywhere; what it would mask is not there either.
/// </summary>
internal sealed class DerivedGate(DecisionFacts facts, DerivedBounds bounds, QuestionLimit limit, DataKey root)
{
    /// <summary>Bounds.</summary>
    public DerivedBounds Bounds => bounds;

    /// <summary>The project of a caller who may derive from resources of this type at all; dispose it. Counts the question.</summary>
    public bool TryEnter(Caller caller, string type, [NotNullWhen(true)] out DerivedProject? project, [NotNullWhen(false)] out DerivedRefusal? refusal)
    {
        project = null;
        refusal = null;
        // Of nobody in particular: who may not derive at all is told so by its own rule. Research hangs on each patient's consent, and that is asked for patient by patient.
        var whole = AccessPolicy.View(facts.Ask(caller, Interaction.Derive, type, CompartmentKind.Patient) with { PatientId = "" }).Decision;
        if (!whole.Granted && whole.Rule != "research-without-consent")
        {
            refusal = new DerivedRefusal(whole.Rule, Refusals.Denied(type));
            return false;
        }

        if (DerivedProject.Of(caller, root) is not { } named)
        {
            refusal = new DerivedRefusal("project-missing", Failure.Of(403, "forbidden", "project-missing", "The token is for no project that the registry gave you: ask for one with the scope public-health or research/NAME.", "scope"));
            return false;
        }

        if (limit.Take(caller, named.Name) is { } again)
        {
            refusal = new DerivedRefusal("questions-too-many", Failure.Of(429, "throttled", "questions-too-many", FormattableString.Invariant($"This project asked {bounds.QuestionsMax} questions within a day; the next one after {again:yyyy-MM-ddTHH:mm:ssZ}.")));
            named.Dispose();
            return false;
        }

        project = named;
        return true;
    }

    /// <summary>What of a patient's record may be derived from; null where nothing may.</summary>
    public static RecordView? ViewOf(AccessRequest request)
    {
        var sight = new CompartmentSight(request);
        return sight.Decision is { Granted: true } ? new RecordView(sight.Of).OfWhatIsSeen() : null;
    }
}
