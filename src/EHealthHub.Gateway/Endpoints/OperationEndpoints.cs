using System.Collections.Immutable;
using System.Globalization;
using EHealthHub.Exchange;
using EHealthHub.Exchange.Emergencies;
using EHealthHub.Exchange.Operations;
using EHealthHub.Exchange.Reports;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Gateway.Composition;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>R4's operations (3.2): by GET where they change nothing, by POST with a form or with Parameters.</summary>
internal sealed class OperationEndpoints(HubParts parts)
{
    private const string Definitions = "http://hl7.org/fhir/OperationDefinition/";

    public ImmutableArray<FhirRoute> Routes =>
    [
        .. Both("/{type}/{id}/$everything", RouteLevel.Instance, "$everything", "{type}-everything", Everything),
        .. Both("/{type}/$everything", RouteLevel.Type, "$everything", "{type}-everything", (call, parameters) => parts.Acts.Everything.Execute(call.Act(), parameters, call.Aborted)).Select(r => r with { Types = ["Patient"] }),
        Document(),
        .. Meta("/$meta", RouteLevel.System, call => parts.Acts.MetaInUse.Execute(call.Act(), null, call.Aborted)),
        .. Meta("/{type}/$meta", RouteLevel.Type, call => parts.Acts.MetaInUse.Execute(call.Act(), call.Type, call.Aborted)),
        .. Meta("/{type}/{id}/$meta", RouteLevel.Instance, call => parts.Acts.Meta.Get(call.Act(), call.Type, call.Id, null, call.Aborted)),
        .. Meta("/{type}/{id}/_history/{version}/$meta", RouteLevel.Instance, MetaOfVersion),
        .. Both("/{type}/$lastn", RouteLevel.Type, "$lastn", "Observation-lastn", (call, parameters) => parts.Acts.Last.Execute(call.Act(), parameters, call.Strict, call.Aborted)),
        Report("GET", (call, act) => act(call.Query())),
        Report("POST", (call, act) => call.WithParameters(act)),
        new("GET", "/" + EmergencyReviews.Listing, RouteLevel.System, EmergencyReviews.Listing, call => parts.Acts.Emergencies.List(call.Act(), call.Query(), call.Aborted)) { Definition = parts.Hub.FhirBase + "/OperationDefinition/emergency-access" },
        new("POST", "/" + EmergencyReviews.Review, RouteLevel.System, EmergencyReviews.Review, call => call.WithParameters(given => parts.Acts.Emergencies.Close(call.Act(), given, call.Aborted))) { Definition = parts.Hub.FhirBase + "/OperationDefinition/emergency-review" },
        Status("/{type}/$status", RouteLevel.Type),
        Status("/{type}/{id}/$status", RouteLevel.Instance),
        new("POST", "/{type}/$validate", RouteLevel.Type, "$validate", Validate) { Definition = Definitions + "Resource-validate" },
        new("POST", "/{type}/{id}/$validate", RouteLevel.Instance, "$validate", Validate) { Definition = Definitions + "Resource-validate" },
        new("GET", "/{type}/{id}/$validate", RouteLevel.Instance, "$validate", Validate) { Definition = Definitions + "Resource-validate" },
        .. Terminology("$expand", "{type}-expand", onInstance: true),
        .. Terminology("$validate-code", "{type}-validate-code", onInstance: true),
        .. Terminology("$lookup", "{type}-lookup", onInstance: false),
        .. Terminology("$subsumes", "{type}-subsumes", onInstance: true),
        .. Terminology("$translate", "{type}-translate", onInstance: true),
    ];

    /// <summary>How the hub's own search parameters stand: R4 has no operation for that.</summary>
    private FhirRoute Status(string pattern, RouteLevel level) =>
        new("GET", pattern, level, "$status", call => parts.Acts.SearchParameters.Execute(call.Act(), call.Id.Length == 0 ? null : call.Id, call.Aborted))
        {
            Definition = parts.Hub.FhirBase + "/OperationDefinition/SearchParameter-status",
            Types = ["SearchParameter"],
        };

    /// <summary>Who looked: R4 has no operation for that either.</summary>
    private FhirRoute Report(string method, Func<FhirCall, Func<List<KeyValuePair<string, string>>, ValueTask<ActResult>>, ValueTask<ActResult>> with) =>
        new(method, "/{type}/{id}/" + AccessReport.Interaction, RouteLevel.Instance, AccessReport.Interaction, call => with(call, given => parts.Acts.Report.Execute(call.Act(), call.Id, given, call.Request.Language, call.Aborted)))
        {
            Definition = parts.Hub.FhirBase + "/OperationDefinition/Patient-access-report",
            Types = ["Patient"],
        };

    /// <summary>A whole record as one document: R4's $document is about a Composition that was stored.</summary>
    private FhirRoute Document() =>
        new("GET", "/{type}/{id}/$document", RouteLevel.Instance, "$document", call => parts.Acts.Document.Execute(call.Act(), call.Id, call.Aborted))
        {
            Definition = parts.Hub.FhirBase + "/OperationDefinition/Patient-document",
            Types = ["Patient"],
            MayDefer = true,
        };

    private ValueTask<ActResult> Everything(FhirCall call, List<KeyValuePair<string, string>> parameters) =>
        parts.Acts.Everything.Execute(call.Act(), call.Type, call.Id, parameters, call.Aborted);

    private ValueTask<ActResult> MetaOfVersion(FhirCall call) =>
        int.TryParse(call.Part("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0
            ? parts.Acts.Meta.Get(call.Act(), call.Type, call.Id, version, call.Aborted)
            : call.Refuse(Failure.Of(404, "not-found", "not-found", "There is no such version.", call.Type));

    private ValueTask<ActResult> Validate(FhirCall call) => call.WithResourceOrNone(resource =>
        parts.Acts.Validation.Execute(call.Act(), call.Type, call.Id.Length == 0 ? null : call.Id, resource, call.Query(), call.Request.Language, call.Aborted));

    private IEnumerable<FhirRoute> Terminology(string name, string definition, bool onInstance)
    {
        ValueTask<ActResult> Ask(FhirCall call) => call.WithInput(input =>
            parts.Acts.Terminology.Execute(call.Act(), name, call.Type, call.Id.Length == 0 ? null : call.Id, input, call.Request.Language, call.Aborted));
        foreach (var method in (string[])["GET", "POST"])
        {
            yield return new FhirRoute(method, "/{type}/" + name, RouteLevel.Type, name, Ask) { Definition = Definitions + definition, Types = OperationTypes.Of(name)!.Value };
            if (onInstance)
            {
                yield return new FhirRoute(method, "/{type}/{id}/" + name, RouteLevel.Instance, name, Ask) { Definition = Definitions + definition, Types = OperationTypes.Of(name)!.Value };
            }
        }
    }

    /// <summary>It takes no parameters; those of a type or of everything may take long.</summary>
    private static IEnumerable<FhirRoute> Meta(string pattern, RouteLevel level, Func<FhirCall, ValueTask<ActResult>> act) =>
    [
        new("GET", pattern, level, "$meta", act) { Definition = Definitions + "Resource-meta", MayDefer = level != RouteLevel.Instance },
        new("POST", pattern, level, "$meta", call => call.WithParameters(_ => act(call))) { Definition = Definitions + "Resource-meta", MayDefer = level != RouteLevel.Instance },
    ];

    /// <summary>GET with the parameters in the address, and POST with them in the body.</summary>
    private static IEnumerable<FhirRoute> Both(
        string pattern, RouteLevel level, string name, string definition, Func<FhirCall, List<KeyValuePair<string, string>>, ValueTask<ActResult>> act) =>
    [
        new("GET", pattern, level, name, call => act(call, call.Query())) { Definition = Definitions + definition, Types = OperationTypes.Of(name)!.Value, MayDefer = name == "$everything" },
        new("POST", pattern, level, name, call => call.WithParameters(parameters => act(call, parameters))) { Definition = Definitions + definition, Types = OperationTypes.Of(name)!.Value, MayDefer = name == "$everything" },
    ];
}
