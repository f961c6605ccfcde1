using System.Collections.Immutable;
using EHealthHub.Gateway.Composition;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>Where to ask for deferred requests, and to stop them (R4, Asynchronous Request Patterns).</summary>
internal sealed class JobEndpoints(HubParts parts)
{
    public ImmutableArray<FhirRoute> Routes =>
    [
        new("GET", "/_job/{job}", RouteLevel.Job, "async-status", call => parts.Acts.Deferred.Look(call.Act(), call.Part("job"), call.Aborted)),
        new("DELETE", "/_job/{job}", RouteLevel.Job, "async-cancel", call => parts.Acts.Deferred.Cancel(call.Act(), call.Part("job"), call.Aborted)),
    ];
}
