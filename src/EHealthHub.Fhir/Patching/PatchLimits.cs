namespace EHealthHub.Fhir.Patching;

/// <summary>Bounds on a patch, beside those of <see cref="Reading.FhirLimits"/>, which hold for the patch and for its result.</summary>
public sealed record PatchLimits
{
    /// <summary>Most operations in one patch.</summary>
    public int OperationsMax { get; init; } = 256;

    /// <summary>Longest path or pointer, in characters.</summary>
    public int PathLengthMax { get; init; } = 1_024;

    /// <summary>Most elements that a path may select at any of its steps.</summary>
    public int SelectedMax { get; init; } = 10_000;

    /// <summary>Most elements that all operations of a patch together may look at, those of a list that changes included.</summary>
    public int VisitsMax { get; init; } = 2_000_000;
}
