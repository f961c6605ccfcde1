namespace EHealthHub.Fhir.Search;

/// <summary><c>_contained</c> (R4 3.1.1.5.5).</summary>
public enum ContainedSearch
{
    /// <summary><c>false</c>, or not asked: resources by themselves.</summary>
    No,

    /// <summary><c>true</c>: contained resources alone.</summary>
    Only,

    /// <summary><c>both</c>.</summary>
    Both,
}

/// <summary>A contained resource that a search found.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Id">Its local id.</param>
/// <param name="Facts">Its facts, encoded as those of any resource.</param>
public sealed record ContainedMatch(string Type, string Id, ReadOnlyMemory<byte> Facts);
