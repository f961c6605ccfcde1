using System.Collections.Immutable;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Capability;

/// <summary>An operation that is routed (R4 3.2).</summary>
/// <param name="Name">Name without the dollar sign.</param>
/// <param name="Definition">Canonical URL of its OperationDefinition.</param>
/// <param name="System">Served at the base.</param>
/// <param name="OnType">Served on a type.</param>
/// <param name="OnInstance">Served on an instance.</param>
/// <param name="Types">Resource types; empty for every type.</param>
public sealed record ServedOperation(string Name, string Definition, bool System, bool OnType, bool OnInstance, ImmutableArray<string> Types);

/// <summary>What the gateway's route table serves: the CapabilityStatement is written from it, so that it names what answers and nothing else.</summary>
public sealed record ServedApi
{
    /// <summary>Codes of the system's interactions (R4 system-restful-interaction).</summary>
    public required ImmutableArray<string> SystemInteractions { get; init; }

    /// <summary>Codes of the interactions on every type (R4 type-restful-interaction).</summary>
    public required ImmutableArray<string> TypeInteractions { get; init; }

    /// <summary>Types whose interactions are others than those on every type: what is served on them.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> OwnInteractions { get; init; } = ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>Operations.</summary>
    public ImmutableArray<ServedOperation> Operations { get; init; } = [];

    /// <summary>Formats of resources, as media types and short forms.</summary>
    public required ImmutableArray<string> Formats { get; init; }

    /// <summary>Codes of the interactions, and names of operations with their dollar sign, whose answers need not be waited for (Prefer: respond-async).</summary>
    public ImmutableArray<string> Deferred { get; init; } = [];

    /// <summary>Formats of patches, as media types.</summary>
    public ImmutableArray<string> PatchFormats { get; init; } = [];

    /// <summary>What of search is run besides deciding candidates by their facts.</summary>
    public SearchNeeds Search { get; init; }

    /// <summary>The search parameters: R4's, and the hub's own.</summary>
    public SearchTables Tables { get; init; } = SearchTables.Base;

    /// <summary>Whether updates and patches by condition are served.</summary>
    public bool ConditionalUpdate { get; init; }

    /// <summary>R4 conditional-delete-status: not-supported, single, multiple.</summary>
    public string ConditionalDelete { get; init; } = "not-supported";
}
