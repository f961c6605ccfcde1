namespace EHealthHub.Access.Consent;

/// <summary>
/// The patient's security setting (regulation on personal health data, art. 6/3 as amended on 3 December 2025): it narrows what the regulation gives to clinicians, except during an admission and in an emergency department. In rising order.
/// </summary>
public enum SecuritySetting
{
    /// <summary>As the regulation has it.</summary>
    Regulation = 0,

    /// <summary>Not the whole institution, only the clinicians who take part in the encounter, those referred to by name, and the family doctor.</summary>
    TreatingClinicians = 1,

    /// <summary>The family doctor alone.</summary>
    FamilyDoctor = 2,

    /// <summary>No clinician.</summary>
    Closed = 3,
}
