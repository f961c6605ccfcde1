using System.Collections.Immutable;
using EHealthHub.Exchange;
using EHealthHub.Exchange.Derived;
using EHealthHub.Gateway.Composition;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>What public health and research get: the hub's own operations, since R4 has none. They go through many records, so nobody has to wait for them.</summary>
internal sealed class DerivedEndpoints(HubParts parts)
{
    public ImmutableArray<FhirRoute> Routes => [.. Both(AggregatePatients.Interaction, "hub-aggregate", (call, given) => parts.Acts.Aggregate.Execute(call.Act(), call.Type, given, call.Aborted))];

    private IEnumerable<FhirRoute> Both(string name, string definition, Func<FhirCall, List<KeyValuePair<string, string>>, ValueTask<ActResult>> act)
    {
        FhirRoute Route(string method, Func<FhirCall, ValueTask<ActResult>> run) => new(method, "/{type}/" + name, RouteLevel.Type, name, run)
        {
            Definition = parts.Hub.FhirBase + "/OperationDefinition/" + definition,
            MayDefer = true,
        };

        yield return Route("GET", call => act(call, call.Query()));
        yield return Route("POST", call => call.WithParameters(given => act(call, given)));
    }
}
