using EHealthHub.Access.Payment;
using EHealthHub.Access.Relationships;
using EHealthHub.Access.Representation;
using EHealthHub.Access.Scopes;
using EHealthHub.Fhir.Search;
using EHealthHub.Trust;

namespace EHealthHub.Access.Policy;

/// <summary>What one rule is asked: the request, how the caller stands to the patient, and the resource, where there is one. Its properties are the words that the table of rules is written in.</summary>
internal readonly ref struct Question
{
    private readonly ref readonly ResourceTraits _resource;
    private readonly ref readonly Standing _standing;

    /// <summary>About one resource.</summary>
    public Question(AccessRequest request, in Standing standing, in ResourceTraits resource)
    {
        Request = request;
        _standing = ref standing;
        ResourceType = resource.Type;
        Submitter = resource.Submitter;
        HasResource = true;
        _resource = ref resource;
        FinerScopes = request.Interaction == Interaction.Update ? resource.FinerScopes & request.WrittenScopes : resource.FinerScopes;
    }

    /// <summary>
    /// About a whole compartment, or about something that does not exist yet. <paramref name="submitter"/> is who would have submitted it. <paramref name="isAskedAgain"/>: about a whole of which each resource is asked about afterwards.
    /// </summary>
    public Question(AccessRequest request, in Standing standing, string? submitter, bool isAskedAgain = false)
    {
        Request = request;
        _standing = ref standing;
        ResourceType = request.ResourceType;
        Submitter = submitter;
        FinerScopes = isAskedAgain ? ulong.MaxValue : request.Interaction == Interaction.Create ? request.WrittenScopes : 0;
    }

    public AccessRequest Request { get; }

    public ref readonly Standing Standing => ref _standing;

    public string ResourceType { get; }

    public string? Submitter { get; }

    public bool HasResource { get; }

    /// <summary>The caller's scopes with a query that hold here.</summary>
    public ulong FinerScopes { get; }

    /// <summary>Only where <see cref="HasResource"/> is true.</summary>
    public ref readonly ResourceTraits Resource => ref _resource;

    public Caller Caller => Request.Caller;

    public Interaction Interaction => Request.Interaction;

    // Who.
    public bool IsClinician => Caller.PersonKind == PersonKind.Clinician;

    public bool IsCitizen => Caller.PersonKind == PersonKind.Citizen;

    /// <summary>A provider's system that acts for itself.</summary>
    public bool IsSystem => IsAlone(InstitutionKind.Provider);

    public bool IsProvider => IsClinician || IsSystem;

    public bool IsStaff => Caller.PersonKind is PersonKind.Auditor or PersonKind.Operator;

    public bool IsInsurer => Caller.InstitutionKind == InstitutionKind.Insurer;

    public bool IsAuthority => IsAlone(InstitutionKind.Authority);

    // Why.
    public bool IsDerivedPurpose => Caller.Purpose is Purpose.PublicHealth or Purpose.Research;

    /// <summary>A clinician treats, or looks only in an emergency; a system submits, reads and bills what it submitted.</summary>
    public bool IsProviderPurpose => IsClinician
        ? Caller.Purpose == Purpose.Treatment || (IsLooking && Caller.Purpose is Purpose.EmergencyTreatment or Purpose.BreakGlass)
        : Caller.Purpose is Purpose.Operations or Purpose.Treatment or Purpose.Payment;

    /// <summary>
    /// A scope covers it: all of the type there; or, by a finer-grained scope, what is there, what is to be there, or both. Over a whole compartment it is enough that some resources may be covered, for each is asked about then.
    /// </summary>
    public bool IsInScope => SmartScope.Covers(Caller, Interaction, ResourceType, new ScopePlace(IsDirectory, Request.PatientId), FinerScopes);

    // What.
    public bool IsLooking => Interaction is Interaction.Read or Interaction.Search;

    public bool IsCreating => Interaction == Interaction.Create;

    public bool IsChanging => Interaction is Interaction.Update or Interaction.Delete;

    public bool IsDirectory => Request.Compartment == CompartmentKind.Directory;

    public bool IsInstitutions => Request.Compartment == CompartmentKind.Institution;

    public bool IsPatients => Request.Compartment == CompartmentKind.Patient && Request.PatientId is not null;

    public bool IsConsent => ResourceType == "Consent";

    /// <summary>Nobody changes what another institution brought; an institution without a clinician does not even read it.</summary>
    public bool NeedsOwnSubmission => IsChanging || (Interaction == Interaction.Read && IsSystem);

    public bool IsOwnSubmission => !IsCreating && IsOwn(Submitter);

    public bool IsOwnCompartment => IsInstitutions && IsOwn(Request.Owner);

    /// <summary>True when the caller names the resource, so that a refusal must not tell that it exists.</summary>
    public bool Names => Interaction is Interaction.Read or Interaction.Update or Interaction.Delete or Interaction.Derive && !IsDirectory;

    // The patient.
    public bool IsOwnPatient => Request.Known is { } known && (known.IsNew || IsOwn(known.Submitter));

    public bool IsKnownInPart => Request.Known is { IsWhole: false };

    public bool DecidesOwnConsent => Request.IsOwnRecord && PolicySettings.HasYears(Request.Known?.BirthDate, Request.Settings.OwnConsentYears, Request.Now);

    public bool CapturesConsents => SmartScope.MayCaptureConsents(Caller);

    public bool IsDelegate(DelegationKind kind) => Standing.Delegation == kind;

    /// <summary>A relationship that opens the record to a clinician who treats; in an emergency only the emergency itself.</summary>
    public bool Has(Relations relation) => IsClinician && IsPatients && IsLooking && Caller.Purpose switch
    {
        Purpose.Treatment => (Standing.Relations & relation) != 0,
        Purpose.EmergencyTreatment => (Standing.Relations & relation & Relations.Emergency) != 0,
        _ => false,
    };

    /// <summary>An encounter is open there now: what lets an institution add to the record, whatever the patient lets it see.</summary>
    public bool HasOpenEncounter
    {
        get
        {
            foreach (var encounter in Request.Known?.Encounters ?? [])
            {
                if (encounter.IsOpen && IsOwn(encounter.Institution))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The clinician is the family doctor, whatever the security setting says of looking.</summary>
    public bool IsFamilyDoctor => ((Standing.Relations | Standing.Narrowed) & Relations.FamilyDoctor) != 0;

    /// <summary>The patient was referred there: a laboratory adds its results without an encounter of its own.</summary>
    public bool IsReferredTo
    {
        get
        {
            if (Caller.Institution is null)
            {
                return false;
            }

            foreach (var referral in Request.Known?.Referrals ?? [])
            {
                if (RelationshipRules.Of(referral, Caller, Request.Now) != 0 || (IsSystem && IsOwn(referral.Institution) && Request.Now >= referral.From && Request.Now < referral.Until))
                {
                    return true;
                }
            }

            return false;
        }
    }

    // The insurer.
    public bool IsContract => Standing.Insures && (HasResource ? InsurerBasis.IsContract(Request.Known!, Caller.Institution!, _resource) : ResourceType is "Coverage" or "*");

    public bool IsClaimed => Standing.Insures
        && (HasResource ? InsurerBasis.IsClaimed(Request.Known!, Caller.Institution!, _resource) && IsCovered : InsurerBasis.HasClaims(Request.Known!, Caller.Institution!));

    public bool IsCovered => HasResource && InsurerBasis.IsCovered(Request.Known!, Caller.Institution!, _resource);

    public bool IsAlone(InstitutionKind kind) => Caller.PersonKind == PersonKind.None && Caller.Institution is not null && Caller.InstitutionKind == kind;

    private bool IsOwn(string? institution) => institution is not null && string.Equals(Caller.Institution, institution, StringComparison.Ordinal);
}
