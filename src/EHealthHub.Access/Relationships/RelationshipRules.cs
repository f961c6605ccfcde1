using EHealthHub.Access.Policy;
using EHealthHub.Trust;

namespace EHealthHub.Access.Relationships;

/// <summary>
/// Which events make a relationship, and until when: one version of the regulation on personal health data. The version in force at the moment of the decision decides, so that yesterday's decisions can be explained by yesterday's rules. A
/// discharge ends a relationship at once: nothing is looked at but what is known at the moment.
/// </summary>
public sealed class RelationshipRules
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);

    /// <summary>As first published (Official Gazette 21 June 2019, no. 30808): a visit, also to an emergency department, opens for 24 hours, whether it is finished or not; an admission until discharge.</summary>
    public static RelationshipRules Of2019 { get; } = new("2019-06-21", new DateTimeOffset(2019, 6, 21, 0, 0, 0, PolicySettings.LocalOffset), isWindowed: true);

    /// <summary>As amended (Official Gazette 3 December 2025, no. 33096), art. 6/2: a visit opens until it is finished, an emergency and an admission until discharge.</summary>
    public static RelationshipRules Of2025 { get; } = new("2025-12-03", new DateTimeOffset(2025, 12, 3, 0, 0, 0, PolicySettings.LocalOffset), isWindowed: false);

    private readonly bool _isWindowed;

    private RelationshipRules(string version, DateTimeOffset inForceFrom, bool isWindowed)
    {
        Version = version;
        InForceFrom = inForceFrom;
        _isWindowed = isWindowed;
    }

    /// <summary>The day of publication, as the version's name.</summary>
    public string Version { get; }

    /// <summary>The moment from which it is in force.</summary>
    public DateTimeOffset InForceFrom { get; }

    /// <summary>The version in force; null before there was any, when nothing is a relationship.</summary>
    public static RelationshipRules? At(DateTimeOffset now) => now >= Of2025.InForceFrom ? Of2025 : now >= Of2019.InForceFrom ? Of2019 : null;

    /// <summary>Everything that there is between the clinician and the patient.</summary>
    public Relations Of(PatientKnowledge known, Caller clinician, DateTimeOffset now)
    {
        var relations = Relations.None;
        foreach (var encounter in known.Encounters)
        {
            relations |= Of(encounter, clinician, now);
        }

        foreach (var doctor in known.FamilyDoctors)
        {
            relations |= IsFamilyDoctor(doctor, clinician) ? Relations.FamilyDoctor : Relations.None;
        }

        foreach (var referral in known.Referrals)
        {
            relations |= Of(referral, clinician, now);
        }

        return relations;
    }

    /// <summary>What one encounter opens to the clinician.</summary>
    internal Relations Of(CareEncounter encounter, Caller clinician, DateTimeOffset now)
    {
        if (clinician.Institution is null || encounter.Institution != clinician.Institution || !IsInForce(encounter, now))
        {
            return Relations.None;
        }

        var part = clinician.Person is { } person && Lists.Has(encounter.Clinicians, person) ? Relations.TreatingClinician : Relations.None;
        return encounter.Setting switch
        {
            CareSetting.Emergency => part | Relations.Emergency,
            CareSetting.Inpatient => part | Relations.Inpatient,
            _ => part | Relations.OpenEncounter,
        };
    }

    /// <summary>What one referral opens to the clinician.</summary>
    internal static Relations Of(Referral referral, Caller clinician, DateTimeOffset now)
    {
        if (now < referral.From || now >= referral.Until || (referral.Institution is { } institution && institution != clinician.Institution))
        {
            return Relations.None;
        }

        return referral.Clinician is { } named
            ? named == clinician.Person ? Relations.ReferredByName : Relations.None
            : referral.Institution is null ? Relations.None : Relations.ReferredToInstitution;
    }

    /// <summary>A family doctor has no limit in time, in either version.</summary>
    internal static bool IsFamilyDoctor(FamilyDoctor doctor, Caller clinician) =>
        (doctor.Clinician is not null || doctor.Institution is not null)
        && (doctor.Clinician is null || doctor.Clinician == clinician.Person)
        && (doctor.Institution is null || doctor.Institution == clinician.Institution);

    /// <summary>A visit that has not begun opens nothing; one whose end has passed is over, whatever its status still says.</summary>
    private bool IsInForce(CareEncounter encounter, DateTimeOffset now)
    {
        if (encounter.Start is { } start && start > now)
        {
            return false;
        }

        return _isWindowed && encounter.Setting != CareSetting.Inpatient
            ? encounter.Start is { } begun && now - begun < Window
            : encounter.IsOpen && !(encounter.End <= now);
    }
}
