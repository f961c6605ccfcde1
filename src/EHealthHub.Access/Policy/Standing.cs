using EHealthHub.Access.Consent;
using EHealthHub.Access.Payment;
using EHealthHub.Access.Relationships;
using EHealthHub.Access.Representation;
using EHealthHub.Trust;

namespace EHealthHub.Access.Policy;

/// <summary>How the caller stands to the patient at the moment of the request: worked out once, before any resource is looked at.</summary>
internal readonly struct Standing
{
    /// <summary>Relationships that open the record.</summary>
    public Relations Relations { get; private init; }

    /// <summary>Relationships that the patient's security setting takes away.</summary>
    public Relations Narrowed { get; private init; }

    /// <summary>True when the caller's broken glass is open.</summary>
    public bool HasBrokenGlass { get; private init; }

    /// <summary>In what capacity the citizen acts for the patient; null for none.</summary>
    public DelegationKind? Delegation { get; private init; }

    /// <summary>True when a contract of insurance with the caller exists.</summary>
    public bool Insures { get; private init; }

    /// <summary>What the patient's consents say to the caller.</summary>
    public ApplicableConsents Consents { get; private init; }

    /// <summary>True when a consent names the caller, so that it alone may open something.</summary>
    public bool IsNamedByConsent => Consents.MayPermitByName;

    /// <summary>True when a consent permits research in so many words; whoever asks need not be named.</summary>
    public bool IsNamedForResearch => Consents.MayPermitByPurpose;

    public static Standing Of(AccessRequest request)
    {
        if (request.Known is not { IsWhole: true } known)
        {
            return default;
        }

        var caller = request.Caller;
        return (caller.PersonKind, caller.InstitutionKind) switch
        {
            (PersonKind.Clinician, InstitutionKind.Provider) => OfClinician(known, caller, request.Now),
            (PersonKind.Citizen, _) => new Standing { Delegation = DelegationOf(known, caller, request), Consents = ApplicableConsents.Of(known, caller, request.Now, Leniency.None) },
            (PersonKind.None, InstitutionKind.Insurer) => new Standing { Insures = InsurerBasis.Insures(known, caller.Institution ?? ""), Consents = ApplicableConsents.Of(known, caller, request.Now, Leniency.None) },
            (PersonKind.None, _) => new Standing { Consents = ApplicableConsents.Of(known, caller, request.Now, Leniency.None) },
            _ => default,
        };
    }

    /// <summary>What the setting leaves of the relationships.</summary>
    public static Relations Left(SecuritySetting setting) => setting switch
    {
        SecuritySetting.Regulation => (Relations)~0,
        SecuritySetting.TreatingClinicians => Relations.Emergency | Relations.Inpatient | Relations.TreatingClinician | Relations.FamilyDoctor | Relations.ReferredByName,
        SecuritySetting.FamilyDoctor => Relations.Emergency | Relations.Inpatient | Relations.FamilyDoctor,
        _ => Relations.Emergency | Relations.Inpatient,
    };

    private static Standing OfClinician(PatientKnowledge known, Caller caller, DateTimeOffset now)
    {
        var all = caller.Institution is null ? Relations.None : RelationshipRules.At(now)?.Of(known, caller, now) ?? Relations.None;
        var left = Left(known.Setting);
        var glass = HasGrant(known, caller, now);
        var leniency = glass ? Leniency.BreakGlass : (all & (Relations.Emergency | Relations.Inpatient)) != 0 ? Leniency.Exempt : Leniency.None;
        return new Standing
        {
            Relations = all & left,
            Narrowed = all & ~left,
            HasBrokenGlass = glass,
            Consents = ApplicableConsents.Of(known, caller, now, leniency),
        };
    }

    /// <summary>The glass is the clinician's own, broken at this institution for the purpose that the token carries.</summary>
    private static bool HasGrant(PatientKnowledge known, Caller caller, DateTimeOffset now)
    {
        foreach (var grant in known.Emergencies)
        {
            if (caller.Purpose is Purpose.EmergencyTreatment or Purpose.BreakGlass && grant.Purpose == caller.Purpose
                && grant.Clinician == caller.Person && grant.Institution == caller.Institution && grant.Reason.Length > 0 && now >= grant.From && now < grant.Until)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A parent represents a minor; a guardian whomever a court says; whoever is both counts as the representative.</summary>
    private static DelegationKind? DelegationOf(PatientKnowledge known, Caller caller, AccessRequest request)
    {
        DelegationKind? best = null;
        foreach (var delegation in known.Delegations)
        {
            if (delegation.NationalId == caller.NationalId && IsInForce(delegation, known, request))
            {
                best = delegation.Kind == DelegationKind.Representative ? delegation.Kind : best ?? delegation.Kind;
            }
        }

        return best;
    }

    internal static bool IsInForce(Delegation delegation, PatientKnowledge known, AccessRequest request) =>
        !(request.Now < delegation.From) && !(request.Now >= delegation.Until)
        && (delegation.Kind != DelegationKind.Representative || delegation.IsGuardian
            || (known.BirthDate is not null && !PolicySettings.HasYears(known.BirthDate, request.Settings.MajorityYears, request.Now)));
}
