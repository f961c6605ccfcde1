using System.Collections.Immutable;
using EHealthHub.Exchange;
using EHealthHub.Exchange.Read;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Gateway.Composition;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>Interactions with a resource type: create and search (R4 3.1.0.8, 3.1.0.9).</summary>
internal sealed class TypeEndpoints(HubParts parts)
{
    public ImmutableArray<FhirRoute> Routes =>
    [
        new("POST", "/{type}", RouteLevel.Type, "create", Create),
        new("GET", "/{type}", RouteLevel.Type, "search-type", call => parts.Acts.Search.Execute(call.Act(), call.Type, call.Query(), call.Strict, call.Aborted)) { MayDefer = true },
        new("POST", "/{type}/_search", RouteLevel.Type, "search-type", SearchByForm) { MayDefer = true },
        new("PUT", "/{type}", RouteLevel.Type, "update", UpdateWhere),
        new("PATCH", "/{type}", RouteLevel.Type, "patch", PatchWhere),
        new("DELETE", "/{type}", RouteLevel.Type, "delete", DeleteWhere),
        new("GET", "/{type}/_history", RouteLevel.Type, "history-type", History) { MayDefer = true },
    ];

    private ValueTask<ActResult> History(FhirCall call) => HistoryForm.Parse(call.Query()).Try(out var form, out var failure)
        ? parts.Acts.Walk.Execute(call.Act(), call.Type, form, call.Aborted)
        : call.Refuse(failure);

    private ValueTask<ActResult> UpdateWhere(FhirCall call) => call.WithResource((resource, act) =>
        !call.Condition().Try(out var where, out var bad) ? call.Refuse(bad)
        : call.Tags().Try(out var tags, out var failure) ? parts.Acts.Submit.Update(act, where, resource, tags.Match, tags.NoneMatch, call.Aborted)
        : call.Refuse(failure));

    private ValueTask<ActResult> PatchWhere(FhirCall call) => call.Condition().Try(out var where, out var bad)
        ? call.WithPatch((edit, act, tags) => parts.Acts.Submit.Patch(act, where, edit, tags.Match, call.Aborted))
        : call.Refuse(bad);

    private ValueTask<ActResult> DeleteWhere(FhirCall call) =>
        !call.Condition().Try(out var where, out var bad) ? call.Refuse(bad)
        : call.Tags().Try(out var tags, out var failure) ? parts.Acts.Submit.Delete(call.ActOnce(), where, tags.Match, call.Aborted)
        : call.Refuse(failure);

    private ValueTask<ActResult> Create(FhirCall call) => call.WithResource((resource, act) =>
    {
        Condition? condition = null;
        var header = call.Http.Request.Headers["If-None-Exist"];
        return header.Count > 0 && !Condition.Parse(call.Type, header.ToString(), "If-None-Exist").Try(out condition, out var failure)
            ? call.Refuse(failure)
            : parts.Acts.Submit.Create(act, call.Type, resource, condition, call.Aborted);
    });

    private ValueTask<ActResult> SearchByForm(FhirCall call) => call.WithForm(parameters => parts.Acts.Search.Execute(call.Act(), call.Type, parameters, call.Strict, call.Aborted));
}
