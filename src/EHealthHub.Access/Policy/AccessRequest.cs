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

    /// <summary>Something is derived that tells of nobody: a count over many, a de-identified copy. The only interaction of public health and research.</summary>
    Derive = 6,
}

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

    /// <summary>The moment of the decision: which rules are in force, and what is open.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>What the law of the place says in numbers.</summary>
    public PolicySettings Settings { get; init; } = PolicySettings.Default;

    /// <summary>What is known of the patient of a patient's compartment; null for a patient whom nobody knows, and in other compartments.</summary>
    public PatientKnowledge? Known { get; init; }

    /// <summary>The existing resource (read, update, delete); null for a create or a search. An existing one that is not described may be anything.</summary>
    public ResourceTraits? Resource { get; init; }

    /// <summary>The caller's scopes with a query that what is to be written satisfies (create, update); all of them while that is not known yet and will be asked again.</summary>
    public ulong WrittenScopes { get; init; }

    /// <summary>Logical id of the patient of a patient's compartment, else null.</summary>
    public string? PatientId { get; init; }

    /// <summary>The institution that submitted the existing resource's current version (update, delete, read); null for a create or a search.</summary>
    public string? Submitter { get; init; }

    /// <summary>The institution whose compartment it is, for institution compartments.</summary>
    public string? Owner { get; init; }

    /// <summary>True when the caller is a citizen and the patient's resource carries the citizen's national id.</summary>
    public bool IsOwnRecord { get; init; }
}

/// <summary>What a caller learns of one resource.</summary>
public enum Visibility
{
    /// <summary>Nothing, not even that it exists.</summary>
    Hide = 0,

    /// <summary>That it exists and is masked; nothing of what it says.</summary>
    Mask = 1,

    /// <summary>All of it.</summary>
    See = 2,
}

/// <summary>A decision and the rule that made it.</summary>
/// <param name="Granted">True to go on.</param>
/// <param name="Rule">Stable code of the rule, for example <c>open-encounter</c> or <c>no-relationship</c>: for the audit log.</param>
/// <param name="Hidden">On a refusal: true when the caller may not even know that it exists (404), false for 403.</param>
/// <param name="Masked">On a grant: true when only that it exists may be told (<see cref="Visibility.Mask"/>).</param>
/// <param name="DeIdentified">On a grant: true when nothing may leave but what is de-identified or a figure over many.</param>
public sealed record AccessDecision(bool Granted, string Rule, bool Hidden = false, bool Masked = false, bool DeIdentified = false);
