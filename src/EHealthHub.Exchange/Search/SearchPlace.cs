using System.Collections.Immutable;
using EHealthHub.Access.Policy;
using EHealthHub.Access.Scopes;
using EHealthHub.Exchange.Deciding;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Search;

/// <summary>Where a search looks and what has to be decided. Belongs to one search.</summary>
/// <param name="Kind">Compartment.</param>
/// <param name="Name">Its name; null where nothing is named.</param>
/// <param name="Everywhere">System scopes only.</param>
/// <param name="Base">The request to be decided, for a type in <paramref name="Kind"/>'s compartment.</param>
internal sealed record SearchPlace(CompartmentKind Kind, string? Name, bool Everywhere, AccessRequest Base)
{
    /// <summary>For the log alone: the patient of a resource that was named by its id and of which the caller may not know. For the answer it is as if there were none.</summary>
    public string? WithheldPatient { get; init; }

    /// <summary>For the log alone: the rule by which it is withheld.</summary>
    public string? Withheld { get; init; }

    /// <summary>For the log: whom the search is about.</summary>
    public ImmutableArray<string> Patients => (Base.PatientId ?? WithheldPatient) is { } patient ? [patient] : [];

    private readonly Dictionary<string, AccessDecision> _decided = new(StringComparer.Ordinal);

    /// <summary>The decision for one type. Directory resources lie in the directory, whatever the rest of the search is about.</summary>
    public AccessDecision Decide(string type)
    {
        if (!_decided.TryGetValue(type, out var decision))
        {
            decision = AccessPolicy.View(CompartmentRule.IsDirectory(type)
                ? new AccessRequest { Caller = Base.Caller, Interaction = Base.Interaction, ResourceType = type, Compartment = CompartmentKind.Directory, Now = Base.Now }
                : Base with { ResourceType = type }).Decision;
            _decided[type] = decision;
        }

        return decision;
    }

    /// <summary>What the caller may know of each resource: asked before anything else looks at it. <paramref name="type"/>: one that the caller may search here.</summary>
    public RecordView View(string type) =>
        DecisionFacts.IsSystem(Base.Caller) ? (SmartScope.IsFiner(Base.Caller) ? new RecordView(new ScopeSight(Base.Caller, Base.Interaction).Of) : RecordView.Everything)
        : Kind == CompartmentKind.Directory ? RecordView.Everything
        : new RecordView(new CompartmentSight(Base with { ResourceType = type }).Of);
}
