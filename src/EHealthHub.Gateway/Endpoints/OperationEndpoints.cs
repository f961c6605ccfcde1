using System.Collections.Immutable;
using EHealthHub.Exchange;
using EHealthHub.Gateway.Composition;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>R4's operations (3.2): by GET where they change nothing, by POST with a form or with Parameters.</summary>
internal sealed class OperationEndpoints(HubParts parts)
{
    private const string Definitions = "http://hl7.org/fhir/OperationDefinition/";

    public ImmutableArray<FhirRoute> Routes =>
    [
        .. Both("/{type}/{id}/$everything", RouteLevel.Instance, "$everything", "{type}-everything", ["Patient", "Encounter"], Everything),
        .. Both("/{type}/$lastn", RouteLevel.Type, "$lastn", "Observation-lastn", ["Observation"], (call, parameters) => parts.Acts.Last.Execute(call.Act(), parameters, call.Strict, call.Aborted)),
    ];

    private ValueTask<ActResult> Everything(FhirCall call, List<KeyValuePair<string, string>> parameters) =>
        parts.Acts.Everything.Execute(call.Act(), call.Type, call.Id, parameters, call.Aborted);

    /// <summary>GET with the parameters in the address, and POST with them in the body.</summary>
    private static IEnumerable<FhirRoute> Both(
        string pattern, RouteLevel level, string name, string definition, ImmutableArray<string> types, Func<FhirCall, List<KeyValuePair<string, string>>, ValueTask<ActResult>> act) =>
    [
        new("GET", pattern, level, name, call => act(call, call.Query())) { Definition = Definitions + definition, Types = types },
        new("POST", pattern, level, name, call => call.WithParameters(parameters => act(call, parameters))) { Definition = Definitions + definition, Types = types },
    ];
}
