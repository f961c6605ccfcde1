using System.Collections.Immutable;
using System.Globalization;
using EHealthHub.Exchange;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Gateway.Composition;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>Interactions with one resource: read, vread, update, delete, history (R4 3.1.0.2 to .7, .12).</summary>
internal sealed class InstanceEndpoints(HubParts parts)
{
    private const int HistoryCountDefault = 50;

    public ImmutableArray<FhirRoute> Routes =>
    [
        new("GET", "/{type}/{id}", RouteLevel.Instance, "read", call => Read(call, null)),
        new("GET", "/{type}/{id}/_history/{version}", RouteLevel.Instance, "vread", Vread),
        new("PUT", "/{type}/{id}", RouteLevel.Instance, "update", Update),
        new("DELETE", "/{type}/{id}", RouteLevel.Instance, "delete", Delete),
        new("GET", "/{type}/{id}/_history", RouteLevel.Instance, "history-instance", History),
        new("GET", "/{type}/{id}/{other}", RouteLevel.Compartment, "search-compartment", call => Search(call, call.Query())),
        new("POST", "/{type}/{id}/{other}/_search", RouteLevel.Compartment, "search-compartment", call => call.WithForm(parameters => Search(call, parameters))),
    ];

    private ValueTask<ActResult> Read(FhirCall call, int? version) => call.ChooseSubset() is { } failure
        ? call.Refuse(failure)
        : parts.Acts.Read.Execute(call.Act(), call.Type, call.Id, version, call.Aborted);

    private ValueTask<ActResult> Search(FhirCall call, List<KeyValuePair<string, string>> parameters) =>
        parts.Acts.Search.ExecuteInCompartment(call.Act(), call.Type, call.Id, call.Part("other"), parameters, call.Strict, call.Aborted);

    private ValueTask<ActResult> Vread(FhirCall call) =>
        int.TryParse(call.Part("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0
            ? Read(call, version)
            : call.Refuse(Failure.Of(404, "not-found", "not-found", "There is no such version.", call.Type));

    private ValueTask<ActResult> Update(FhirCall call) => call.WithResource((resource, act) => TryIfMatch(call.Http.Request, out var ifMatch)
        ? parts.Acts.Submit.Update(act, call.Type, call.Id, resource, ifMatch, call.Aborted)
        : call.Refuse(BadIfMatch()));

    private ValueTask<ActResult> Delete(FhirCall call) => TryIfMatch(call.Http.Request, out var ifMatch)
        ? parts.Acts.Submit.Delete(call.ActOnce(), call.Type, call.Id, ifMatch, call.Aborted)
        : call.Refuse(BadIfMatch());

    private ValueTask<ActResult> History(FhirCall call)
    {
        var count = HistoryCountDefault;
        int? before = null;
        foreach (var (name, value) in call.Http.Request.Query)
        {
            var parsed = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0;
            switch (name)
            {
                case "_count" when parsed:
                    count = n;
                    break;
                case "_before" when parsed:
                    before = n;
                    break;
                case "_format" or "_pretty":
                    break;
                default:
                    return call.Refuse(Failure.Of(400, "invalid", "parameter-invalid", $"The parameter {Short(name)} is not supported here, or its value is not valid.", Short(name)));
            }
        }

        return parts.Acts.History.Execute(call.Act(), call.Type, call.Id, count, before, call.Aborted);
    }

    private static bool TryIfMatch(HttpRequest request, out int? version)
    {
        version = null;
        var header = request.Headers.IfMatch;
        if (header.Count == 0)
        {
            return true;
        }

        var text = header.ToString().Trim();
        text = text.StartsWith("W/", StringComparison.Ordinal) ? text[2..] : text;
        if (text.Length > 2 && text[0] == '"' && text[^1] == '"' && int.TryParse(text[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var n))
        {
            version = n;
            return true;
        }

        return false;
    }

    private static Failure BadIfMatch() => Failure.Of(400, "invalid", "if-match-invalid", "If-Match must be one version tag, W/\"n\".", "If-Match");

    private static string Short(string text) => text.Length <= 64 ? text : text[..64];
}
