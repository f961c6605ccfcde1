namespace EHealthHub.Access.Labels;

/// <summary>Why a resource needs more care than others (v3-ActCode, InformationSensitivityPolicy), as a set.</summary>
[Flags]
public enum Sensitivities
{
    /// <summary>For no reason of its own.</summary>
    None = 0,

    /// <summary>Psychiatry and mental health: PSY, PSYTHPN, MH, BH, COGN, DVD, EMOTDIS.</summary>
    Psychiatry = 1,

    /// <summary>Sexual and reproductive health: SEX, STD.</summary>
    Sexuality = 2,

    /// <summary>HIV and AIDS: HIV.</summary>
    Hiv = 4,

    /// <summary>Use of substances, alcohol among them: ETH, ETHUD, OPIOIDUD, SUD.</summary>
    Substances = 8,

    /// <summary>Genetics: GDIS, SCA, SICKLE.</summary>
    Genetics = 16,

    /// <summary>Violence and abuse: SDV, VIO, MST.</summary>
    Violence = 32,

    /// <summary>Every other code of v3-ActCode: TBOO, SPI, CEL, the entity and role sensitivities, handling caveats. Nobody's consent to another one releases it.</summary>
    Other = 64,
}

/// <summary>How confidential a resource is (v3-Confidentiality), in rising order.</summary>
public enum Confidentiality
{
    /// <summary>U.</summary>
    Unrestricted = 0,

    /// <summary>L.</summary>
    Low = 1,

    /// <summary>M.</summary>
    Moderate = 2,

    /// <summary>N, and where nothing is said and nothing is sensitive.</summary>
    Normal = 3,

    /// <summary>R, and where nothing is said of what is sensitive.</summary>
    Restricted = 4,

    /// <summary>V.</summary>
    VeryRestricted = 5,
}
