namespace EHealthHub.Audit.Entries;

/// <summary>
/// What the hub saw of the one who acted and the patients concerned when it decided, as flags: an auditor reads entries and no records, and so could not find it out later. A flag says that it held for at least one of the patients. The
/// numbers are part of the format (FORMAT.md); a flag that this build does not know is kept as it is.
/// </summary>
[Flags]
public enum EntrySigns : uint
{
    /// <summary>Nothing that a rule looks for.</summary>
    None = 0,

    /// <summary>The one who acted is the patient.</summary>
    OwnRecord = 1 << 0,

    /// <summary>The one who acted and the patient have the same family name.</summary>
    SameSurname = 1 << 1,

    /// <summary>They live at the same address.</summary>
    SameAddress = 1 << 2,

    /// <summary>The patient works at the institution for which the other one acted.</summary>
    Colleague = 1 << 3,

    /// <summary>The record is marked as that of a public person.</summary>
    PublicPerson = 1 << 4,

    /// <summary>No treatment relationship was known, whatever else gave the right.</summary>
    NoRelationship = 1 << 5,

    /// <summary>Glass was broken: the access rests on an emergency that was stated.</summary>
    Emergency = 1 << 6,

    /// <summary>Something under a sensitivity label was among what was asked or released.</summary>
    Sensitive = 1 << 7,

    /// <summary>The one who acted stands for the patient: parent, guardian, caregiver.</summary>
    OnBehalf = 1 << 8,

    /// <summary>The patient is a minor.</summary>
    Minor = 1 << 9,

    /// <summary>The patient has died.</summary>
    Deceased = 1 << 10,
}
