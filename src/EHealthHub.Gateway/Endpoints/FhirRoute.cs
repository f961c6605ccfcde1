using System.Collections.Immutable;
using EHealthHub.Exchange;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>Where an interaction stands in R4's addresses.</summary>
internal enum RouteLevel
{
    /// <summary>The base.</summary>
    System,

    /// <summary>A resource type.</summary>
    Type,

    /// <summary>One resource.</summary>
    Instance,

    /// <summary>A type, or every type, within the compartment of one resource.</summary>
    Compartment,

    /// <summary>A deferred request.</summary>
    Job,
}

/// <summary>One row of the route table.</summary>
/// <param name="Method">GET, which HEAD is served with, or POST, PUT, PATCH, DELETE.</param>
/// <param name="Pattern">Address below <c>/fhir</c>, with <c>{type}</c> and <c>{id}</c>.</param>
/// <param name="Level">Level.</param>
/// <param name="Interaction">Code of R4's interactions, or an operation's name with its dollar sign.</param>
/// <param name="Act">What answers.</param>
internal sealed record FhirRoute(string Method, string Pattern, RouteLevel Level, string Interaction, Func<FhirCall, ValueTask<ActResult>> Act)
{
    private readonly string[] _segments = Pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Set on an operation: its OperationDefinition in the CapabilityStatement, where <c>{type}</c> stands for the type.</summary>
    public string? Definition { get; init; }

    /// <summary>The types that an operation is served on; empty for every type.</summary>
    public ImmutableArray<string> Types { get; init; } = [];

    /// <summary>Set on a type whose interactions are not those of all others: the route is for it alone, and the others are not for it.</summary>
    public string? Only { get; init; }

    /// <summary>Whether the caller need not wait for the answer (Prefer: respond-async).</summary>
    public bool MayDefer { get; init; }

    /// <summary>Whether an address has this route's form.</summary>
    public bool Fits(ReadOnlySpan<string> segments)
    {
        if (segments.Length != _segments.Length)
        {
            return false;
        }

        for (var i = 0; i < segments.Length; i++)
        {
            if (_segments[i][0] != '{' && !string.Equals(_segments[i], segments[i], StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
