using System.Collections.Immutable;
using EHealthHub.Exchange;
using EHealthHub.Exchange.Search;
using EHealthHub.Exchange.Submit;
using EHealthHub.Fhir.Capability;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pipeline;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>
/// The FHIR API: one table of routes, from which requests are routed, the CapabilityStatement is written, and a method that an address does not know is refused. Each route turns a request into one act and sends its end.
/// </summary>
internal sealed class FhirEndpoints
{
    private readonly HubParts _parts;
    private readonly DeferredCall _deferred;
    private readonly ImmutableArray<FhirRoute> _routes;

    public FhirEndpoints(HubParts parts, ILogger logger)
    {
        _parts = parts;
        _deferred = new DeferredCall(parts, logger);
        _routes = [.. new SystemEndpoints(parts).Routes, .. new TypeEndpoints(parts).Routes, .. new InstanceEndpoints(parts).Routes, .. new OperationEndpoints(parts).Routes, .. new ErasureEndpoints(parts).Routes, .. new DerivedEndpoints(parts).Routes, .. new AuditEventEndpoints(parts).Routes, .. new JobEndpoints(parts).Routes];
    }

    /// <summary>What the CapabilityStatement says.</summary>
    public ServedApi Served => new()
    {
        SystemInteractions = Interactions(RouteLevel.System),
        TypeInteractions = [.. Interactions(RouteLevel.Instance).Concat(Interactions(RouteLevel.Type)).Distinct()],
        OwnInteractions = _routes.Where(r => r.Only is not null).GroupBy(r => r.Only!).ToImmutableDictionary(g => g.Key, g => g.Select(r => r.Interaction).Distinct().ToImmutableArray()),
        Operations = [.. _routes.Where(r => r.Definition is not null).GroupBy(r => r.Interaction).SelectMany(Operations)],
        Search = SearchRecords.Served,
        PatchFormats = [PatchForms.JsonPatchType, PatchForms.XmlPatchType, "application/fhir+json", "application/fhir+xml"],
        ConditionalUpdate = true,
        ConditionalDelete = "multiple",
        Deferred = [.. _routes.Where(r => r.MayDefer).SelectMany(r => r.Interaction.Split('|')).Distinct()],
        Formats = ["application/fhir+json", "application/fhir+xml", "json", "xml"],
    };

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var route in _routes)
        {
            routes.MapMethods("/fhir" + route.Pattern, route.Method == "GET" ? ["GET", "HEAD"] : [route.Method], http => Answer(http, route));
        }

        routes.MapFallback("{**path}", NoRoute);
    }

    /// <summary>What no route answers: 404, or 405 where another method would be served.</summary>
    public async Task NoRoute(HttpContext http)
    {
        var call = new FhirCall(http, _parts, null);
        var allowed = Allowed(http.Request.Path, _routes);
        if (allowed.Length > 0)
        {
            http.Response.Headers.Allow = allowed;
        }

        var failure = FhirNegotiation.Negotiate(http, call.Request) ?? (allowed.Length > 0
            ? Failure.Of(405, "not-supported", "interaction-not-supported", "This method is not served at this address.")
            : Failure.Of(404, "not-found", "address-unknown", "Nothing is served at this address."));
        await Responses.Send(http, call.Request, _parts.Hub, await call.Refuse(failure).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task Answer(HttpContext http, FhirRoute route)
    {
        var call = new FhirCall(http, _parts, route);
        // What a Binary may be answered as is known once it is read.
        var binary = call.Type == "Binary" && route.Interaction is "read" or "vread";
        var failure = (binary ? null : FhirNegotiation.Negotiate(http, call.Request)) ?? CheckAddress(call, route) ?? CheckType(http, call, route);
        if (failure?.Status == 404 && (call.Type.Length == 0 || call.Type[0] == '$' || ResourceTypes.IsKnown(call.Type)) && Allowed(http.Request.Path, _routes.Where(r => r.Definition is not null && r.Method != http.Request.Method && (r.Types.IsEmpty || r.Types.Contains(call.Type)))) is { Length: > 0 } methods)
        {
            // An operation that is served, by another method.
            http.Response.Headers.Allow = methods;
            failure = Failure.Of(405, "not-supported", "interaction-not-supported", "This method is not served at this address.");
        }

        var result = failure is not null ? await call.Refuse(failure).ConfigureAwait(false)
            : route.MayDefer && DeferredCall.IsWanted(http) ? await _deferred.Accept(call, route).ConfigureAwait(false)
            : await route.Act(call).ConfigureAwait(false);
        PreferenceApplied.Tell(http, route, result);
        await Responses.Send(http, call.Request, _parts.Hub, result).ConfigureAwait(false);
    }

    private static Failure? CheckAddress(FhirCall call, FhirRoute route) => route.Level switch
    {
        RouteLevel.System or RouteLevel.Job => null,
        _ when call.Type.StartsWith('$') || call.Id.StartsWith('$') || call.Part("other").StartsWith('$') => Failure.Of(404, "not-supported", "operation-unknown", "This operation is not served.", "operation"),
        _ when route.Types.Length > 0 && !route.Types.Contains(call.Type) => Failure.Of(404, "not-supported", "operation-unknown", "This operation is not served on this type.", "operation"),
        _ when !ResourceTypes.IsKnown(call.Type) => Failure.Of(404, "not-supported", "resource-type-unknown", "R4 has no resource of this type.", "type"),
        RouteLevel.Instance or RouteLevel.Compartment when call.Id.StartsWith('_') || call.Part("other").StartsWith('_') => Failure.Of(404, "not-found", "address-unknown", "Nothing is served at this address."),
        RouteLevel.Compartment when call.Part("other") is not "*" and var other && !ResourceTypes.IsKnown(other) => Failure.Of(404, "not-supported", "resource-type-unknown", "R4 has no resource of this type.", "type"),
        RouteLevel.Instance or RouteLevel.Compartment when !FhirNegotiation.IsId(call.Id) => Failure.Of(400, "invalid", "id-invalid", "An id is 1 to 64 letters, digits, hyphens and dots.", call.Type + ".id"),
        _ => null,
    };

    /// <summary>A type with routes of its own is served by those alone, and by the operations.</summary>
    private Failure? CheckType(HttpContext http, FhirCall call, FhirRoute route)
    {
        if (route.Only is not null || route.Definition is not null || !_routes.Any(r => r.Only is not null && r.Only == call.Type) || route.Level is not (RouteLevel.Type or RouteLevel.Instance))
        {
            return null;
        }

        http.Response.Headers.Allow = Allowed(http.Request.Path, _routes.Where(r => r.Only == call.Type));
        return Failure.Of(405, "not-supported", call.Interaction is "create" or "update" or "patch" or "delete" ? "audit-events-not-written" : "interaction-not-supported", "This interaction is not served on this type.", call.Type);
    }

    private static string Allowed(PathString path, IEnumerable<FhirRoute> routes)
    {
        if (!path.StartsWithSegments("/fhir", StringComparison.Ordinal, out var rest))
        {
            return "";
        }

        var segments = (rest.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var methods = segments.Length > 5 ? [] : routes.Where(r => r.Fits(segments)).Select(r => r.Method).Distinct().Order(StringComparer.Ordinal).ToList();
        return string.Join(", ", methods.Contains("GET") ? [.. methods, "HEAD"] : methods);
    }

    private ImmutableArray<string> Interactions(RouteLevel level) =>
        [.. _routes.Where(r => r.Level == level && r.Definition is null && r.Only is null).SelectMany(r => r.Interaction.Split('|')).Distinct()];

    /// <summary>One row, or one for each type that the operation is served on.</summary>
    private static IEnumerable<ServedOperation> Operations(IGrouping<string, FhirRoute> routes)
    {
        var types = routes.SelectMany(r => r.Types).Distinct().ToList();
        var definition = routes.First().Definition!;
        return types.Count == 0
            ? [new ServedOperation(routes.Key[1..], definition, At(RouteLevel.System, null), At(RouteLevel.Type, null), At(RouteLevel.Instance, null), [])]
            : types.Select(t => new ServedOperation(routes.Key[1..], definition.Replace("{type}", t, StringComparison.Ordinal), false, At(RouteLevel.Type, t), At(RouteLevel.Instance, t), [t]));

        bool At(RouteLevel level, string? type) => routes.Any(r => r.Level == level && (type is null || r.Types.Contains(type)));
    }
}
