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
        Refuse("scope-missing", (in r) => !SmartScope.Covers(r.Request.Caller, r.Request.Interaction, r.ResourceType, new ScopePlace(IsDirectory(r), r.Request.PatientId))),
        Grant("system-scope", (in r) => IsAlone(r, InstitutionKind.Authority)),

        // The directory: public to look at, content of those who bring it, authority for nobody.
        Grant("directory-public", (in r) => IsDirectory(r) && IsLooking(r)),
        Refuse("definitions-by-authority", (in r) => IsDirectory(r) && Definitions.Contains(r.ResourceType)),
        Grant("directory-content", (in r) => IsDirectory(r) && IsSystem(r) && (IsCreating(r) || IsOwnSubmission(r))),
        Refuse("not-own-submission", (in r) => IsDirectory(r) && IsSystem(r)),
        Refuse("directory-read-only", IsDirectory),

        // Those who have no business with records at all.
        Refuse("staff-no-records", (in r) => r.Request.Caller.PersonKind is PersonKind.Auditor or PersonKind.Operator),
        Refuse("insurer-no-basis", (in r) => r.Request.Caller.InstitutionKind == InstitutionKind.Insurer),

        // Citizens.
        Refuse("citizen-read-only", (in r) => IsCitizen(r) && !IsLooking(r)),
        Grant("own-record", (in r) => IsCitizen(r) && IsPatients(r) && r.Request.IsOwnRecord),
        Refuse("no-relationship", IsCitizen),

        // Provider institutions, by themselves or carrying a clinician: what they brought, and what is theirs.
        Refuse("purpose-not-allowed", (in r) => IsClinician(r) && r.Request.Caller.Purpose != Treatment),
        Grant("own-compartment", (in r) => IsProvider(r) && IsOwnCompartment(r)),
        Refuse("not-owner", (in r) => IsProvider(r) && r.Request.Compartment == CompartmentKind.Institution),
        Grant("own-submission", (in r) => IsProvider(r) && IsPatients(r) && NeedsOwnSubmission(r) && IsOwnSubmission(r)),
        Refuse("not-own-submission", (in r) => IsProvider(r) && NeedsOwnSubmission(r)),

        // A patient's record, seen by a clinician, or added to by either.
        Refuse("clinician-required", (in r) => IsSystem(r) && r.Request.Interaction == Interaction.Search),
        Grant("own-patient", (in r) => IsSystem(r) && IsPatients(r) && IsOwnPatient(r)),
        Grant("open-encounter", (in r) => IsProvider(r) && IsPatients(r) && HasOpenEncounter(r)),
        Grant("opens-encounter", (in r) => IsSystem(r) && IsPatients(r) && r.ResourceType == Encounter),
        Refuse("no-relationship", IsClinician),
        Refuse("not-its-patient", IsSystem),

        Refuse("no-rule", (in _) => true),
    ];

    /// <summary>The codes of all rules, each once, in their order.</summary>
    public static IReadOnlyList<string> RuleCodes { get; } = [.. Rules.Select(r => r.Code).Distinct()];

    /// <summary>Decides one interaction on one resource, or on the criteria of a search.</summary>
    public static AccessDecision Decide(AccessRequest request) => Decide(new Question(request, request.Resource?.Submitter ?? request.Submitter, request.ResourceType));

    /// <summary>
    /// Decides over a whole compartment: the criteria of a search, or everything that is read in it. The interaction is Read or Search; <see cref="AccessRequest.Resource"/> and <see cref="AccessRequest.Submitter"/> are not looked at.
    /// A resource type of <c>*</c> asks for all that the compartment holds.
    /// </summary>
    public static AccessView View(AccessRequest request) => new(request);

    /// <summary>Whether anything may be seen: as for what the caller brought itself.</summary>
    internal static AccessDecision DecideWhole(AccessRequest request) => Decide(new Question(request, request.Caller.Institution, request.ResourceType));

    /// <summary>What one resource shows.</summary>
    internal static ResourceView See(AccessRequest request, in ResourceTraits resource)
    {
        var decision = Decide(new Question(request, resource.Submitter, resource.Type));
        return new(decision.Granted ? Visibility.See : Visibility.Hide, decision.Rule);
    }

    private static AccessDecision Decide(in Question question)
    {
        foreach (var rule in Rules)
        {
            if (rule.Holds(question))
            {
                return !rule.Granted && Names(question) ? rule.Hiding : rule.Plain;
            }
        }

        throw new InvalidOperationException("The last rule holds for everything.");
    }

    private static bool Names(in Question r) => r.Request.Interaction is Interaction.Read or Interaction.Update or Interaction.Delete && !IsDirectory(r);

    private static bool IsLooking(in Question r) => r.Request.Interaction is Interaction.Read or Interaction.Search;

    private static bool IsCreating(in Question r) => r.Request.Interaction == Interaction.Create;

    /// <summary>Nobody changes what another institution brought; an institution without a clinician does not even read it.</summary>
    private static bool NeedsOwnSubmission(in Question r) => r.Request.Interaction is Interaction.Update or Interaction.Delete || (r.Request.Interaction == Interaction.Read && IsSystem(r));

    private static bool IsDirectory(in Question r) => r.Request.Compartment == CompartmentKind.Directory;

    private static bool IsPatients(in Question r) => r.Request.Compartment == CompartmentKind.Patient && r.Request.PatientId is not null;

    private static bool IsClinician(in Question r) => r.Request.Caller.PersonKind == PersonKind.Clinician;

    private static bool IsCitizen(in Question r) => r.Request.Caller.PersonKind == PersonKind.Citizen;

    /// <summary>An institution's system that acts for itself, with no person behind it.</summary>
    private static bool IsAlone(in Question r, InstitutionKind kind) => r.Request.Caller.PersonKind == PersonKind.None && r.Request.Caller.Institution is not null && r.Request.Caller.InstitutionKind == kind;

    private static bool IsSystem(in Question r) => IsAlone(r, InstitutionKind.Provider);

    private static bool IsProvider(in Question r) => IsClinician(r) || IsSystem(r);

    private static bool IsOwnSubmission(in Question r) => !IsCreating(r) && IsOwn(r, r.Submitter);

    private static bool IsOwnCompartment(in Question r) => r.Request.Compartment == CompartmentKind.Institution && IsOwn(r, r.Request.Owner);

    private static bool IsOwnPatient(in Question r) => r.Request.Known is { } known ? known.IsNew || IsOwn(r, known.Submitter) : r.Request.PatientIsNew || IsOwn(r, r.Request.PatientSubmitter);

    private static bool HasOpenEncounter(in Question r)
    {
        if (r.Request.Known is { } known)
        {
            foreach (var encounter in known.Encounters)
            {
                if (encounter.IsOpen && IsOwn(r, encounter.Institution))
                {
                    return true;
                }
            }

            return false;
        }

        foreach (var encounter in r.Request.OpenEncounters)
        {
            if (IsOwn(r, encounter.Institution))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOwn(in Question r, string? institution) => institution is not null && string.Equals(r.Request.Caller.Institution, institution, StringComparison.Ordinal);

    private static Rule Grant(string code, Condition holds) => new(code, true, holds);

    private static Rule Refuse(string code, Condition holds) => new(code, false, holds);

    private delegate bool Condition(in Question question);

    /// <summary>A request, for one resource or for what the caller brought.</summary>
    private readonly struct Question(AccessRequest request, string? submitter, string resourceType)
    {
        public AccessRequest Request => request;

        public string? Submitter => submitter;

        public string ResourceType => resourceType;
    }

    private sealed class Rule(string code, bool granted, Condition holds)
    {
        public string Code => code;

        public bool Granted => granted;

        public Condition Holds => holds;

        public AccessDecision Plain { get; } = new(granted, code);

        public AccessDecision Hiding { get; } = new(granted, code, Hidden: true);
    }
}
