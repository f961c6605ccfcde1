namespace EHealthHub.Access.Relationships;

/// <summary>What there is between a clinician and a patient at a moment, as a set.</summary>
[Flags]
public enum Relations
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The patient is in the emergency department of the institution.</summary>
    Emergency = 1,

    /// <summary>The patient is admitted there.</summary>
    Inpatient = 2,

    /// <summary>The clinician takes part in an encounter that is open.</summary>
    TreatingClinician = 4,

    /// <summary>An encounter is open at the institution.</summary>
    OpenEncounter = 8,

    /// <summary>The clinician is the family doctor.</summary>
    FamilyDoctor = 16,

    /// <summary>The patient was referred to the clinician by name.</summary>
    ReferredByName = 32,

    /// <summary>The patient was referred to the institution.</summary>
    ReferredToInstitution = 64,
}
