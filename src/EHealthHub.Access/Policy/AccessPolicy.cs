using System.Collections.Frozen;
using EHealthHub.Access.Scopes;
using EHealthHub.Fhir.Search;
using EHealthHub.Trust;

namespace EHealthHub.Access.Policy;

/// <summary>
/// May this caller, for this purpose, touch this patient's data? Pure: no I/O, no clock. The rules are read from the top; the first whose condition holds decides; where none does, the answer is no.
/// A refusal never tells whether something exists: whoever names a resource (read, update, delete) is told that it is not known, whatever the reason; a create or a search is refused in the same words for a patient who is known and one
/// who is not. The directory is public, so there is nothing to hide there.
/// </summary>
public static class AccessPolicy
{
    /// <summary>The purpose of treatment (v3-ActReason).</summary>
    public const string Treatment = "TREAT";

    private const string Encounter = "Encounter";

    /// <summary>What says what the hub takes for valid, and what codes mean: one of these in the name of another would change the answers to everybody.</summary>
    private static readonly FrozenSet<string> Definitions = FrozenSet.Create(
        StringComparer.Ordinal,
        "CapabilityStatement", "CodeSystem", "CompartmentDefinition", "ConceptMap", "GraphDefinition", "ImplementationGuide", "MessageDefinition", "NamingSystem", "OperationDefinition", "SearchParameter",
        "StructureDefinition", "StructureMap", "TerminologyCapabilities", "ValueSet");

    private static readonly Rule[] Rules =
    [
        Refuse("scope-missing", r => !SmartScope.Covers(r.Caller, r.Interaction, r.ResourceType)),
        Grant("system-scope", r => IsAlone(r, InstitutionKind.Authority)),

        // The directory: public to look at, content of those who bring it, authority for nobody.
        Grant("directory-public", r => IsDirectory(r) && IsLooking(r)),
        Refuse("definitions-by-authority", r => IsDirectory(r) && Definitions.Contains(r.ResourceType)),
        Grant("directory-content", r => IsDirectory(r) && IsSystem(r) && (IsCreating(r) || IsOwnSubmission(r))),
        Refuse("not-own-submission", r => IsDirectory(r) && IsSystem(r)),
        Refuse("directory-read-only", IsDirectory),

        // Those who have no business with records at all.
        Refuse("staff-no-records", r => r.Caller.PersonKind is PersonKind.Auditor or PersonKind.Operator),
        Refuse("insurer-no-basis", r => r.Caller.InstitutionKind == InstitutionKind.Insurer),

        // Citizens.
        Refuse("citizen-read-only", r => IsCitizen(r) && !IsLooking(r)),
        Grant("own-record", r => IsCitizen(r) && IsPatients(r) && r.IsOwnRecord),
        Refuse("no-relationship", IsCitizen),

        // Provider institutions, by themselves or carrying a clinician: what they brought, and what is theirs.
        Refuse("purpose-not-allowed", r => IsClinician(r) && r.Caller.Purpose != Treatment),
        Grant("own-compartment", r => IsProvider(r) && IsOwnCompartment(r)),
        Refuse("not-owner", r => IsProvider(r) && r.Compartment == CompartmentKind.Institution),
        Grant("own-submission", r => IsProvider(r) && IsPatients(r) && NeedsOwnSubmission(r) && IsOwnSubmission(r)),
        Refuse("not-own-submission", r => IsProvider(r) && NeedsOwnSubmission(r)),

        // A patient's record, seen by a clinician, or added to by either.
        Refuse("clinician-required", r => IsSystem(r) && r.Interaction == Interaction.Search),
        Grant("own-patient", r => IsSystem(r) && IsPatients(r) && IsOwnPatient(r)),
        Grant("open-encounter", r => IsProvider(r) && IsPatients(r) && HasOpenEncounter(r)),
        Grant("opens-encounter", r => IsSystem(r) && IsPatients(r) && r.ResourceType == Encounter),
        Refuse("no-relationship", IsClinician),
        Refuse("not-its-patient", IsSystem),

        Refuse("no-rule", _ => true),
    ];

    /// <summary>The codes of all rules, each once, in their order.</summary>
    public static IReadOnlyList<string> RuleCodes { get; } = [.. Rules.Select(r => r.Code).Distinct()];

    /// <summary>Decides one interaction on one resource, or on the criteria of a search.</summary>
    public static AccessDecision Decide(AccessRequest request)
    {
        foreach (var rule in Rules)
        {
            if (rule.Holds(request))
            {
                return !rule.Granted && Names(request) ? rule.Hiding : rule.Plain;
            }
        }

        throw new InvalidOperationException("The last rule holds for everything.");
    }

    private static bool Names(AccessRequest r) => r.Interaction is Interaction.Read or Interaction.Update or Interaction.Delete && !IsDirectory(r);

    private static bool IsLooking(AccessRequest r) => r.Interaction is Interaction.Read or Interaction.Search;

    private static bool IsCreating(AccessRequest r) => r.Interaction == Interaction.Create;

    /// <summary>Nobody changes what another institution brought; an institution without a clinician does not even read it.</summary>
    private static bool NeedsOwnSubmission(AccessRequest r) => r.Interaction is Interaction.Update or Interaction.Delete || (r.Interaction == Interaction.Read && IsSystem(r));

    private static bool IsDirectory(AccessRequest r) => r.Compartment == CompartmentKind.Directory;

    private static bool IsPatients(AccessRequest r) => r.Compartment == CompartmentKind.Patient && r.PatientId is not null;

    private static bool IsClinician(AccessRequest r) => r.Caller.PersonKind == PersonKind.Clinician;

    private static bool IsCitizen(AccessRequest r) => r.Caller.PersonKind == PersonKind.Citizen;

    /// <summary>An institution's system that acts for itself, with no person behind it.</summary>
    private static bool IsAlone(AccessRequest r, InstitutionKind kind) => r.Caller.PersonKind == PersonKind.None && r.Caller.Institution is not null && r.Caller.InstitutionKind == kind;

    private static bool IsSystem(AccessRequest r) => IsAlone(r, InstitutionKind.Provider);

    private static bool IsProvider(AccessRequest r) => IsClinician(r) || IsSystem(r);

    private static bool IsOwnSubmission(AccessRequest r) => !IsCreating(r) && IsOwn(r, r.Submitter);

    private static bool IsOwnCompartment(AccessRequest r) => r.Compartment == CompartmentKind.Institution && IsOwn(r, r.Owner);

    private static bool IsOwnPatient(AccessRequest r) => r.PatientIsNew || IsOwn(r, r.PatientSubmitter);

    private static bool HasOpenEncounter(AccessRequest r)
    {
        foreach (var encounter in r.OpenEncounters)
        {
            if (IsOwn(r, encounter.Institution))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOwn(AccessRequest r, string? institution) => institution is not null && string.Equals(r.Caller.Institution, institution, StringComparison.Ordinal);

    private static Rule Grant(string code, Func<AccessRequest, bool> holds) => new(code, true, holds);

    private static Rule Refuse(string code, Func<AccessRequest, bool> holds) => new(code, false, holds);

    private sealed class Rule(string code, bool granted, Func<AccessRequest, bool> holds)
    {
        public string Code => code;

        public bool Granted => granted;

        public Func<AccessRequest, bool> Holds => holds;

        public AccessDecision Plain { get; } = new(granted, code);

        public AccessDecision Hiding { get; } = new(granted, code, Hidden: true);
    }
}
