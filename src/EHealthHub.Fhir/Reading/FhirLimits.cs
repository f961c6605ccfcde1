namespace EHealthHub.Fhir.Reading;

/// <summary>Bounds on a message that a caller controls. Every one is checked before memory is spent on it.</summary>
public sealed record FhirLimits
{
    /// <summary>Largest body in bytes.</summary>
    public int BytesMax { get; init; } = 20 * 1024 * 1024;

    /// <summary>Deepest nesting of objects and arrays.</summary>
    public int DepthMax { get; init; } = 64;

    /// <summary>Most entries in one Bundle, and most different conditional references in it, each of which is a look-up.</summary>
    public int BundleEntriesMax { get; init; } = 5_000;

    /// <summary>Most JSON properties and array items in one message.</summary>
    public int TokensMax { get; init; } = 4_000_000;

    /// <summary>Most members of one object. R4's largest type has some sixty elements.</summary>
    public int MembersMax { get; init; } = 512;

    /// <summary>Most issues that are reported for one message.</summary>
    public int IssuesMax { get; init; } = 50;
}
