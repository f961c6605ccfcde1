namespace EHealthHub.Access.Policy;

/// <summary>Purposes of use that the rules know (v3-ActReason). A purpose that is not here is not allowed for anything but the directory.</summary>
public static class Purpose
{
    /// <summary>Treatment.</summary>
    public const string Treatment = "TREAT";

    /// <summary>Emergency treatment.</summary>
    public const string EmergencyTreatment = "ETREAT";

    /// <summary>Break the glass.</summary>
    public const string BreakGlass = "BTG";

    /// <summary>Payment.</summary>
    public const string Payment = "HPAYMT";

    /// <summary>Operations of a provider: its system submits, and reads what it submitted.</summary>
    public const string Operations = "HOPERAT";

    /// <summary>Public health.</summary>
    public const string PublicHealth = "PUBHLTH";

    /// <summary>Research.</summary>
    public const string Research = "HRESCH";

    /// <summary>The patient asks.</summary>
    public const string PatientRequest = "PATRQT";
}
