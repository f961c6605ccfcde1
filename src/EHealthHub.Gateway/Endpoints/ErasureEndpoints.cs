using System.Collections.Immutable;
using EHealthHub.Exchange;
using EHealthHub.Fhir.Operations;
using EHealthHub.Gateway.Composition;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>The hub's own operations on the way of an erasure: R4 has none.</summary>
internal sealed class ErasureEndpoints(HubParts parts)
{
    public ImmutableArray<FhirRoute> Routes =>
    [
        Route("POST", "/{type}/{id}/$request-erasure", RouteLevel.Instance, "Patient-request-erasure", call => call.WithInput(input => parts.Acts.Erasures.Ask(call.Act(), call.Id, input, call.Aborted))),
        Route("POST", "/{type}/{id}/$legal-hold", RouteLevel.Instance, "Patient-legal-hold", call => call.WithInput(input => parts.Acts.Erasures.Hold(call.Act(), call.Id, input, call.Aborted))),
        Route("GET", "/$erasures", RouteLevel.System, "hub-erasures", call => parts.Acts.Erasures.List(call.Act(), call.Aborted)),
        OnCase("$approve-erasure", "hub-approve-erasure", parts.Acts.Erasures.Approve),
        OnCase("$refuse-erasure", "hub-refuse-erasure", parts.Acts.Erasures.Refuse),
        OnCase("$execute-erasure", "hub-execute-erasure", parts.Acts.Erasures.Execute),
        OnCase("$lift-legal-hold", "hub-lift-legal-hold", parts.Acts.Erasures.Lift),
    ];

    private FhirRoute OnCase(string name, string definition, Func<ActContext, OperationInput, CancellationToken, ValueTask<ActResult>> act) =>
        Route("POST", "/" + name, RouteLevel.System, definition, call => call.WithInput(input => act(call.Act(), input, call.Aborted)));

    private FhirRoute Route(string method, string pattern, RouteLevel level, string definition, Func<FhirCall, ValueTask<ActResult>> act) =>
        new(method, pattern, level, pattern[(pattern.LastIndexOf('/') + 1)..], act)
        {
            Definition = parts.Hub.FhirBase + "/OperationDefinition/" + definition,
            Types = level == RouteLevel.Instance ? ["Patient"] : [],
        };
}
