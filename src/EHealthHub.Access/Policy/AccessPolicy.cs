using EHealthHub.Access.Consent;
using EHealthHub.Access.Labels;
using EHealthHub.Access.Payment;
using EHealthHub.Access.Relationships;
using EHealthHub.Access.Representation;
using EHealthHub.Trust;

namespace EHealthHub.Access.Policy;

/// <summary>
/// May this caller, for this purpose, touch this patient's data? Pure: no I/O, no clock. The rules are read from the top; the first whose condition holds decides; where none does, the answer is no. Some rules grant for good; others only open
/// the record, and then the patient's consents and the resource's labels decide (<see cref="PatientsWill"/>).
/// A refusal never tells whether something exists: whoever names a resource (read, update, delete) is told that it is not known, whatever the reason; a create or a search is refused in the same words for a patient who is known and one
/// who is not. The directory is public, so there is nothing to hide there.
/// </summary>
public static class AccessPolicy
{
    /// <summary>The purpose of treatment (v3-ActReason).</summary>
    public const string Treatment = Purpose.Treatment;

    private static readonly Rule[] Rules =
    [
        Refuse("scope-missing", (in q) => !q.IsInScope),

        // Public health and research: never a person's data, only what is derived from it and tells of nobody.
        Refuse("deidentified-only", (in q) => q.IsDerivedPurpose && !q.IsDirectory && q.Interaction != Interaction.Derive),
        Refuse("knowledge-incomplete", (in q) => q.Interaction == Interaction.Derive && q.IsKnownInPart),
        Open("public-health", Position.PublicHealth, (in q) => q.Interaction == Interaction.Derive && q.IsPatients && q.IsAuthority && q.Caller.Purpose == Purpose.PublicHealth),
        Open("research-consent", Position.Research, (in q) => IsResearch(q) && q.Standing.IsNamedForResearch, Exactness.Purpose),
        Refuse("research-without-consent", IsResearch),
        Refuse("purpose-not-allowed", (in q) => q.Interaction == Interaction.Derive),

        Grant("system-scope", (in q) => q.IsAuthority),

        // The directory: public to look at, content of those who bring it, authority for nobody.
        Grant("directory-public", (in q) => q.IsDirectory && q.IsLooking),
        Refuse("definitions-by-authority", (in q) => q.IsDirectory && DefinitionTypes.Has(q.ResourceType)),
        Grant("directory-content", (in q) => q.IsDirectory && q.IsSystem && (q.IsCreating || q.IsOwnSubmission)),
        Refuse("not-own-submission", (in q) => q.IsDirectory && q.IsSystem),
        Refuse("directory-read-only", (in q) => q.IsDirectory),

        // Those who have no business with records at all.
        Refuse("staff-no-records", (in q) => q.IsStaff),

        // Insurers: their contracts, the claims sent to them and what these need, what a patient shows them, their own answers; nothing else.
        Refuse("insurer-no-basis", (in q) => q.IsInsurer && !(q.IsAlone(InstitutionKind.Insurer) && q.IsPatients && q.Caller.Purpose == Purpose.Payment && q.Standing.Insures)),
        Open("insurer-contract", Position.Insurer, (in q) => q.IsInsurer && q.IsLooking && q.IsContract),
        Grant("insurer-answer", (in q) => q.IsInsurer && InsurerBasis.IsAnswer(q.ResourceType) && (q.IsCreating || q.IsOwnSubmission)),
        Open("insurer-claim", Position.Insurer, (in q) => q.IsInsurer && q.IsLooking && q.IsClaimed),
        Open("insurer-consent", Position.Insurer, (in q) => q.IsInsurer && q.IsLooking && q.Standing.IsNamedByConsent && (q.IsCovered || !q.HasResource), Exactness.Who),
        Refuse("insurer-no-basis", (in q) => q.IsInsurer),

        // Citizens: the patient, who decides; a representative in the patient's place; a caregiver, who only looks.
        Refuse("purpose-not-allowed", (in q) => q.IsCitizen && q.Caller.Purpose != Purpose.PatientRequest),
        Grant("own-record", (in q) => q.IsCitizen && q.IsPatients && q.IsLooking && q.Request.IsOwnRecord),
        Open("representative", Position.Representative, (in q) => q.IsCitizen && q.IsPatients && q.IsLooking && q.IsDelegate(DelegationKind.Representative)),
        Open("caregiver", Position.Caregiver, (in q) => q.IsCitizen && q.IsPatients && q.IsLooking && q.IsDelegate(DelegationKind.Caregiver)),
        Refuse("no-relationship", (in q) => q.IsCitizen && q.IsLooking),
        Grant("consent-by-patient", (in q) => q.IsCitizen && q.IsPatients && q.IsConsent && q.DecidesOwnConsent),
        Grant("consent-by-representative", (in q) => q.IsCitizen && q.IsPatients && q.IsConsent && q.IsDelegate(DelegationKind.Representative)),
        Refuse("minor-represented", (in q) => q.IsCitizen && q.IsPatients && q.IsConsent && q.Request.IsOwnRecord),
        Refuse("caregiver-decides-nothing", (in q) => q.IsCitizen && q.IsDelegate(DelegationKind.Caregiver)),
        Refuse("citizen-read-only", (in q) => q.IsCitizen),

        // Provider institutions, by themselves or carrying a clinician: what they brought, and what is theirs.
        Refuse("purpose-not-allowed", (in q) => q.IsProvider && !q.IsProviderPurpose),
        Refuse("consent-by-patient-only", (in q) => q.IsProvider && q.IsPatients && q.IsConsent && !q.IsLooking && !q.CapturesConsents),
        Grant("own-compartment", (in q) => q.IsProvider && q.IsOwnCompartment),
        Refuse("not-owner", (in q) => q.IsProvider && q.IsInstitutions),
        Grant("own-submission", (in q) => q.IsProvider && q.IsPatients && q.NeedsOwnSubmission && q.IsOwnSubmission),
        Refuse("not-own-submission", (in q) => q.IsProvider && q.NeedsOwnSubmission),
        Refuse("clinician-required", (in q) => q.IsSystem && q.Interaction == Interaction.Search),

        // Adding to a patient's record. The patient's setting and consents say who looks, not what is written.
        Grant("own-patient", (in q) => q.IsSystem && q.IsPatients && q.IsOwnPatient),
        Grant("open-encounter", (in q) => q.IsProvider && q.IsPatients && q.IsCreating && q.HasOpenEncounter),
        Grant("referral", (in q) => q.IsProvider && q.IsPatients && q.IsCreating && q.IsReferredTo),
        Grant("family-doctor", (in q) => q.IsClinician && q.IsPatients && q.IsCreating && q.IsFamilyDoctor),
        Grant("opens-encounter", (in q) => q.IsSystem && q.IsPatients && q.ResourceType == "Encounter"),
        Refuse("not-its-patient", (in q) => q.IsSystem),

        // A patient's record, seen by a clinician: relationships, by the rules in force at the time.
        Refuse("knowledge-incomplete", (in q) => q.IsClinician && q.IsLooking && q.IsKnownInPart),
        Open("break-glass", Position.BreakGlass, (in q) => q.IsClinician && q.IsPatients && q.IsLooking && q.Standing.HasBrokenGlass),
        Open("emergency-care", Position.Treating, (in q) => q.Has(Relations.Emergency)),
        Open("inpatient", Position.Treating, (in q) => q.Has(Relations.Inpatient)),
        Open("treating-clinician", Position.Treating, (in q) => q.Has(Relations.TreatingClinician)),
        Open("family-doctor", Position.Treating, (in q) => q.Has(Relations.FamilyDoctor)),
        Open("referral", Position.Treating, (in q) => q.Has(Relations.ReferredByName)),
        Open("open-encounter", Position.OfInstitution, (in q) => q.Has(Relations.OpenEncounter)),
        Open("referral", Position.OfInstitution, (in q) => q.Has(Relations.ReferredToInstitution)),
        Open("consent-permit", Position.OfInstitution, (in q) => q.IsClinician && q.IsPatients && q.IsLooking && q.Caller.Purpose == Purpose.Treatment && q.Standing.IsNamedByConsent, Exactness.Who),
        Refuse("security-setting", (in q) => q.IsClinician && q.IsLooking && q.Standing.Narrowed != Relations.None),
        Refuse("no-relationship", (in q) => q.IsClinician),

        Refuse("no-rule", (in _) => true),
    ];

    /// <summary>The codes of all rules, each once, in their order; those by which the patient's will decides come last.</summary>
    public static IReadOnlyList<string> RuleCodes { get; } = [.. Rules.Select(r => r.Code).Concat(PatientsWill.RuleCodes).Distinct()];

    /// <summary>Decides one interaction: on one resource, on one to be, or on the criteria of a search.</summary>
    public static AccessDecision Decide(AccessRequest request)
    {
        var standing = Standing.Of(request);
        if (request.Interaction is Interaction.Create or Interaction.Search)
        {
            return Decide(new Question(request, standing, request.Caller.Institution));
        }

        // What is not described may be anything: whoever is let in by a relationship does not see it.
        var resource = request.Resource
            ?? new ResourceTraits { Type = request.ResourceType, Id = "", Submitter = request.Submitter, Labels = ResourceLabels.Of(Sensitivities.None, Confidentiality.VeryRestricted) };
        return Decide(new Question(request, standing, resource));
    }

    /// <summary>
    /// Decides over a whole compartment: the criteria of a search, or everything that is read or derived in it. The interaction is Search, Read or Derive; <see cref="AccessRequest.Resource"/> and <see cref="AccessRequest.Submitter"/> are not
    /// looked at. A resource type of <c>*</c> asks for all that the compartment holds.
    /// </summary>
    public static AccessView View(AccessRequest request) => new(request);

    internal static AccessDecision Decide(in Question question)
    {
        foreach (var rule in Rules)
        {
            if (rule.Holds(question))
            {
                return rule.Position is { } position ? PatientsWill.Decide(question, rule, position) : question.Names && !rule.Granted ? rule.Hiding : rule.Plain;
            }
        }

        throw new InvalidOperationException("The last rule holds for everything.");
    }

    private static bool IsResearch(in Question q) =>
        q.Interaction == Interaction.Derive && q.IsPatients && q.Caller.Purpose == Purpose.Research && (q.IsAlone(InstitutionKind.Provider) || q.IsAuthority);

    private static Rule Grant(string code, Condition holds) => new(code, true, holds);

    private static Rule Refuse(string code, Condition holds) => new(code, false, holds);

    private static Rule Open(string code, Position position, Condition holds, Exactness byConsent = Exactness.None) => new(code, true, holds) { Position = position, ByConsent = byConsent };
}
