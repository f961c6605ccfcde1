using System.Collections.Immutable;
using EHealthHub.Exchange.AuditEvents;
using EHealthHub.Gateway.Composition;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>ITI-81: the audit log as AuditEvents, to be searched and read. Whatever else is tried on the type is 405.</summary>
internal sealed class AuditEventEndpoints(HubParts parts)
{
    public ImmutableArray<FhirRoute> Routes =>
    [
        .. new TypeEndpoints(parts).Routes.Where(r => r.Interaction == "search-type").Select(Own),
        .. new InstanceEndpoints(parts).Routes.Where(r => r.Interaction is "read" or "vread").Select(Own),
    ];

    /// <summary>The same route for this type alone.</summary>
    private static FhirRoute Own(FhirRoute route) => new(route.Method, route.Pattern.Replace("{type}", SearchEvents.Type, StringComparison.Ordinal), route.Level, route.Interaction, route.Act) { Only = SearchEvents.Type, MayDefer = route.MayDefer };
}
