namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>Bounds on the profiles that are held and on what checking one costs.</summary>
public sealed record ProfileLimits
{
    /// <summary>Most definitions that are held, extensions and datatypes included.</summary>
    public int ProfilesMax { get; init; } = 1_000;

    /// <summary>Largest definition in bytes.</summary>
    public int BytesMax { get; init; } = 2 * 1024 * 1024;

    /// <summary>Most elements of one definition, those of its bases included.</summary>
    public int ElementsMax { get; init; } = 4_000;

    /// <summary>Most definitions from a profile to the R4 type that it rests on.</summary>
    public int ChainMax { get; init; } = 10;

    /// <summary>Most FHIRPath rules of one definition, those of its bases included.</summary>
    public int ConstraintsMax { get; init; } = 100;

    /// <summary>Longest FHIRPath rule in characters.</summary>
    public int ConstraintLengthMax { get; init; } = 4_000;

    /// <summary>Most profiles that one resource may claim.</summary>
    public int ClaimsMax { get; init; } = 8;

    /// <summary>Most elements that are looked at for one resource; slices that are told apart by profiles look again and again.</summary>
    public int StepsMax { get; init; } = 1_000_000;

    /// <summary>Largest resource whose FHIRPath rules are evaluated, in bytes: the SDK's model costs much more than its bytes.</summary>
    public int ConstraintBytesMax { get; init; } = 1024 * 1024;
}
