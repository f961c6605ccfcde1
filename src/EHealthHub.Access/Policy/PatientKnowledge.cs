using System.Collections.Immutable;
using EHealthHub.Access.Consent;
using EHealthHub.Access.Emergency;
using EHealthHub.Access.Payment;
using EHealthHub.Access.Relationships;
using EHealthHub.Access.Representation;

namespace EHealthHub.Access.Policy;

/// <summary>
/// Everything known of a patient when deciding, whoever asks: so it may be kept as long as nothing of the patient changes. Institutions and people are named as the registry names them. Lists are bounded by whoever gathers them; a list that
/// would be longer is refused there, never cut, for what is cut off might be a refusal.
/// </summary>
public sealed record PatientKnowledge
{
    /// <summary>Most entries of each list. Whoever has more to say of a patient says that nothing may be seen: <see cref="IsWhole"/> is false.</summary>
    public const int EntriesMax = 1_000;

    /// <summary>Logical id of the Patient.</summary>
    public required string PatientId { get; init; }

    /// <summary>The institution that submitted the Patient resource; null when it is being created in the same bundle by the caller, or unknown.</summary>
    public string? Submitter { get; init; }

    /// <summary>True when the Patient is created by the caller in the same transaction.</summary>
    public bool IsNew { get; init; }

    /// <summary>False when something that a decision must know could not be gathered whole: nobody but the patient and the submitter sees anything then.</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>Date of birth; null when it is not known, which makes nobody of age.</summary>
    public DateOnly? BirthDate { get; init; }

    /// <summary>Encounters that are open, and those that began less than two days ago.</summary>
    public ImmutableArray<CareEncounter> Encounters { get; init; } = [];

    /// <summary>Referrals in force.</summary>
    public ImmutableArray<Referral> Referrals { get; init; } = [];

    /// <summary>Family doctors; usually one.</summary>
    public ImmutableArray<FamilyDoctor> FamilyDoctors { get; init; } = [];

    /// <summary>The patient's consents that are active, in the order of their ids.</summary>
    public ImmutableArray<ConsentDirective> Consents { get; init; } = [];

    /// <summary>How far the patient opens the record to those whom the regulation lets look.</summary>
    public SecuritySetting Setting { get; init; }

    /// <summary>Representatives and caregivers.</summary>
    public ImmutableArray<Delegation> Delegations { get; init; } = [];

    /// <summary>Contracts of insurance.</summary>
    public ImmutableArray<CoverageFacts> Coverages { get; init; } = [];

    /// <summary>What was billed.</summary>
    public ImmutableArray<ClaimFacts> Claims { get; init; } = [];

    /// <summary>Glass that was broken and may still be open.</summary>
    public ImmutableArray<EmergencyGrant> Emergencies { get; init; } = [];
}
