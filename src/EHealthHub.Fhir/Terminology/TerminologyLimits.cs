namespace EHealthHub.Fhir.Terminology;

/// <summary>Bounds on held terminology and on what one question to it may cost.</summary>
public sealed record TerminologyLimits
{
    /// <summary>Most CodeSystem, ValueSet and ConceptMap resources that are held.</summary>
    public int ResourcesMax { get; init; } = 20_000;

    /// <summary>Most concepts of one code system. The clinical modifications of ICD-10 have some 100,000.</summary>
    public int ConceptsMax { get; init; } = 500_000;

    /// <summary>Most concepts, listed codes and mappings of all held resources together.</summary>
    public int ItemsMax { get; init; } = 5_000_000;

    /// <summary>Most codes that an expansion collects before it is cut into pages; more is <c>too-costly</c>.</summary>
    public int ExpansionMax { get; init; } = 100_000;

    /// <summary>Most codes that one answer carries; a client asks for more by <c>offset</c>.</summary>
    public int PageMax { get; init; } = 5_000;

    /// <summary>Deepest chain of value sets that import one another.</summary>
    public int ImportDepthMax { get; init; } = 16;

    /// <summary>Most concepts that are looked at for one question.</summary>
    public int StepsMax { get; init; } = 5_000_000;

    /// <summary>Most codes of a set that a search by <c>:in</c>, <c>:not-in</c>, <c>:above</c> or <c>:below</c> asks for.</summary>
    public int SearchCodesMax { get; init; } = 2_000;

    /// <summary>Longest regular expression of a filter, in characters.</summary>
    public int RegexLengthMax { get; init; } = 512;

    /// <summary>Longest time that one match of a regular expression may take; without backtracking it needs microseconds.</summary>
    public TimeSpan RegexTime { get; init; } = TimeSpan.FromMilliseconds(200);
}
