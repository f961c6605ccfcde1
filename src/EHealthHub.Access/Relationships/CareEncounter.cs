using System.Collections.Immutable;

namespace EHealthHub.Access.Relationships;

/// <summary>How an encounter's class (v3-ActCode, <c>Encounter.class</c>) counts before the regulation.</summary>
public enum CareSetting
{
    /// <summary>A visit: AMB, HH, VR, FLD, SS, PRENC, and every class that is not known here.</summary>
    Visit = 0,

    /// <summary>An admission: IMP, ACUTE, NONAC, OBSENC.</summary>
    Inpatient = 1,

    /// <summary>An emergency department: EMER.</summary>
    Emergency = 2,
}

/// <summary>An encounter, from the sealed facts of the patient's Encounter resources. Institutions and people are named as the registry names them, never as a directory resource does.</summary>
/// <param name="Institution">The registered institution that submitted the Encounter.</param>
/// <param name="EncounterId">Logical id.</param>
/// <param name="Setting">Visit, admission or emergency.</param>
/// <param name="IsOpen">True while its status is arrived, triaged, in-progress or onleave.</param>
/// <param name="Start">Arrival or admission (<c>period.start</c>); null where it is not said.</param>
/// <param name="End">Discharge (<c>period.end</c>); null while it is open or where it is not said.</param>
public sealed record CareEncounter(string Institution, string EncounterId, CareSetting Setting, bool IsOpen, DateTimeOffset? Start = null, DateTimeOffset? End = null)
{
    /// <summary>Registered ids of the clinicians who take part in it; of all others it is only known that they work there.</summary>
    public ImmutableArray<string> Clinicians { get; init; } = [];

    /// <summary>The setting of a class code.</summary>
    public static CareSetting SettingOf(string? classCode) => classCode switch
    {
        "EMER" => CareSetting.Emergency,
        "IMP" or "ACUTE" or "NONAC" or "OBSENC" => CareSetting.Inpatient,
        _ => CareSetting.Visit,
    };
}

/// <summary>A referral in force, from an active ServiceRequest: to an institution, to a clinician, or to a clinician at an institution. With neither it opens nothing.</summary>
/// <param name="ServiceRequestId">Logical id.</param>
/// <param name="Institution">Registered id of the institution referred to; null for a clinician wherever they work.</param>
/// <param name="Clinician">Registered id of the clinician referred to; null for every clinician of the institution.</param>
/// <param name="From">Begin, inclusive (<c>occurrencePeriod.start</c>, else <c>authoredOn</c>).</param>
/// <param name="Until">End, exclusive; a referral without an end is given one by whoever gathers the facts.</param>
public sealed record Referral(string ServiceRequestId, string? Institution, string? Clinician, DateTimeOffset From, DateTimeOffset Until);

/// <summary>The family doctor, from <c>Patient.generalPractitioner</c>.</summary>
/// <param name="Clinician">Registered id of the clinician; null where only a family health centre is named, which makes every clinician of it the family doctor.</param>
/// <param name="Institution">Registered id of the institution; null for the clinician wherever they work.</param>
public sealed record FamilyDoctor(string? Clinician, string? Institution);
