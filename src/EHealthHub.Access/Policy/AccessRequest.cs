using System.Collections.Immutable;
using EHealthHub.Fhir.Search;
using EHealthHub.Trust;

namespace EHealthHub.Access.Policy;

/// <summary>What is asked for.</summary>
public enum Interaction
{
    /// <summary>read, vread and history-instance: content of one resource is released.</summary>
    Read = 1,

    /// <summary>search-type, before anything is opened.</summary>
    Search = 2,

    /// <summary>create.</summary>
    Create = 3,

    /// <summary>update.</summary>
    Update = 4,

    /// <summary>delete.</summary>
    Delete = 5,
}

/// <summary>An open encounter, from the sealed facts of the patient's Encounter resources.</summary>
/// <param name="Institution">The registered institution that submitted the Encounter.</param>
/// <param name="EncounterId">Logical id.</param>
public sealed record OpenEncounter(string Institution, string EncounterId);

/// <summary>Everything the decision may look at. What is not known is not granted.</summary>
public sealed record AccessRequest
{
    /// <summary>Who.</summary>
    public required Caller Caller { get; init; }

    /// <summary>What.</summary>
    public required Interaction Interaction { get; init; }

    /// <summary>Resource type.</summary>
    public required string ResourceType { get; init; }

    /// <summary>Compartment of the resource, existing or to be.</summary>
    public required CompartmentKind Compartment { get; init; }

    /// <summary>Logical id of the patient of a patient's compartment, else null.</summary>
    public string? PatientId { get; init; }

    /// <summary>The institution that submitted the existing resource's current version (update, delete, read); null for a create or a search.</summary>
    public string? Submitter { get; init; }

    /// <summary>The institution whose compartment it is, for institution compartments.</summary>
    public string? Owner { get; init; }

    /// <summary>The institution that submitted the Patient resource of the compartment; null when it is being created in the same bundle by the caller, or unknown.</summary>
    public string? PatientSubmitter { get; init; }

    /// <summary>True when the Patient of the compartment is created by the caller in the same transaction.</summary>
    public bool PatientIsNew { get; init; }

    /// <summary>Encounters of the patient that are open now.</summary>
    public ImmutableArray<OpenEncounter> OpenEncounters { get; init; } = [];

    /// <summary>True when the caller is a citizen and the patient's resource carries the citizen's national id.</summary>
    public bool IsOwnRecord { get; init; }
}

/// <summary>A decision and the rule that made it.</summary>
/// <param name="Granted">True to go on.</param>
/// <param name="Rule">Stable code of the rule, for example <c>open-encounter</c> or <c>no-relationship</c>: for the audit log.</param>
/// <param name="Hidden">On a refusal: true when the caller may not even know that it exists (404), false for 403.</param>
public sealed record AccessDecision(bool Granted, string Rule, bool Hidden = false);
