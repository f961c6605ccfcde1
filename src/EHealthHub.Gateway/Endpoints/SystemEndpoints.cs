using System.Collections.Immutable;
using EHealthHub.Exchange;
using EHealthHub.Exchange.Read;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Gateway.Composition;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>Interactions with the system as a whole (R4 3.1.0.11).</summary>
internal sealed class SystemEndpoints(HubParts parts)
{
    public ImmutableArray<FhirRoute> Routes =>
    [
        new("POST", "", RouteLevel.System, "transaction|batch", PostBundle) { MayDefer = true },
        new("GET", "", RouteLevel.System, "search-system", call => Search(call, call.Query())) { MayDefer = true },
        new("POST", "/_search", RouteLevel.System, "search-system", call => call.WithForm(parameters => Search(call, parameters))) { MayDefer = true },
        new("GET", "/_history", RouteLevel.System, "history-system", History) { MayDefer = true },
    ];

    private ValueTask<ActResult> Search(FhirCall call, List<KeyValuePair<string, string>> parameters) => parts.Acts.Search.ExecuteSystem(call.Act(), parameters, call.Strict, call.Aborted);

    private ValueTask<ActResult> History(FhirCall call) => HistoryForm.Parse(call.Query()).Try(out var form, out var failure)
        ? parts.Acts.Walk.Execute(call.Act(), null, form, call.Aborted)
        : call.Refuse(failure);

    private ValueTask<ActResult> PostBundle(FhirCall call) => call.WithResource((resource, act) => resource.Type == "Bundle"
        ? parts.Acts.Bundle.Execute(act, resource, call.Request.Language, call.Aborted)
        : call.Refuse(Failure.Of(400, "invalid", "bundle-expected", "Post a batch or transaction Bundle here, any other resource to its type.", "resourceType")));
}
