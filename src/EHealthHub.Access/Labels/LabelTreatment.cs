using EHealthHub.Access.Policy;
using EHealthHub.Access.Relationships;

namespace EHealthHub.Access.Labels;

/// <summary>In what position somebody looks, as far as labels are concerned.</summary>
internal enum Position
{
    /// <summary>Representative of the patient.</summary>
    Representative,

    /// <summary>Caregiver.</summary>
    Caregiver,

    /// <summary>A clinician who treats: takes part in the encounter, has the patient in the ward or the emergency department, is the family doctor or was referred to by name.</summary>
    Treating,

    /// <summary>A clinician who is let in by the institution's encounter or referral, or by a consent.</summary>
    OfInstitution,

    /// <summary>A clinician who broke the glass.</summary>
    BreakGlass,

    /// <summary>An insurer.</summary>
    Insurer,

    /// <summary>Public health, de-identified.</summary>
    PublicHealth,

    /// <summary>Research, de-identified.</summary>
    Research,
}

/// <summary>What is shown of sensitive data where the patient says nothing of it (DS4P). A consent that names the labels, or the very resource, comes before this table.</summary>
internal static class LabelTreatment
{
    /// <summary>All of these together make a clinician one who treats.</summary>
    public const Relations Treats = Relations.Emergency | Relations.Inpatient | Relations.TreatingClinician | Relations.FamilyDoctor | Relations.ReferredByName;

    /// <param name="labels">Labels of the resource.</param>
    /// <param name="position">Who looks.</param>
    /// <param name="isOwn">True when the looking clinician's institution submitted it.</param>
    public static Visibility Of(ResourceLabels labels, Position position, bool isOwn) => labels.Confidentiality switch
    {
        Confidentiality.VeryRestricted => VeryRestricted(position, isOwn),
        Confidentiality.Restricted => Restricted(labels.Sensitivities, position, isOwn),
        _ => Visibility.See,
    };

    private static Visibility Restricted(Sensitivities sensitivities, Position position, bool isOwn) => position switch
    {
        // Who does violence to a child is often who represents it.
        Position.Representative => (sensitivities & Sensitivities.Violence) != 0 ? Visibility.Hide : Visibility.See,
        Position.Treating => isOwn ? Visibility.See : Visibility.Mask,
        Position.OfInstitution => isOwn ? Visibility.Mask : Visibility.Hide,
        Position.BreakGlass or Position.PublicHealth => Visibility.See,

        // The claim that the insurer holds refers to it, so that it exists is no news.
        Position.Insurer => Visibility.Mask,
        _ => Visibility.Hide,
    };

    private static Visibility VeryRestricted(Position position, bool isOwn) => position switch
    {
        Position.BreakGlass => Visibility.Mask,
        Position.Treating when isOwn => Visibility.Mask,
        _ => Visibility.Hide,
    };
}
