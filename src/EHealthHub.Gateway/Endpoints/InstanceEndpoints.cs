using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using EHealthHub.Exchange;
using EHealthHub.Exchange.Read;
using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Writing;
using EHealthHub.Gateway.Composition;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>Interactions with one resource: read, vread, update, delete, history (R4 3.1.0.2 to .7, .12).</summary>
internal sealed class InstanceEndpoints(HubParts parts)
{
    private const string MetaDefinition = "http://hl7.org/fhir/OperationDefinition/Resource-meta";

    public ImmutableArray<FhirRoute> Routes =>
    [
        new("GET", "/{type}/{id}", RouteLevel.Instance, "read", call => Read(call, null)),
        new("GET", "/{type}/{id}/_history/{version}", RouteLevel.Instance, "vread", Vread),
        new("PUT", "/{type}/{id}", RouteLevel.Instance, "update", Update),
        new("PATCH", "/{type}/{id}", RouteLevel.Instance, "patch", Patch),
        new("DELETE", "/{type}/{id}", RouteLevel.Instance, "delete", Delete),
        new("GET", "/{type}/{id}/_history", RouteLevel.Instance, "history-instance", History) { MayDefer = true },
        new("POST", "/{type}/{id}/$meta-add", RouteLevel.Instance, "$meta-add", call => ChangeMeta(call, parts.Acts.Meta.Add)) { Definition = MetaDefinition + "-add" },
        new("POST", "/{type}/{id}/$meta-delete", RouteLevel.Instance, "$meta-delete", call => ChangeMeta(call, parts.Acts.Meta.Remove)) { Definition = MetaDefinition + "-delete" },
        new("GET", "/{type}/{id}/{other}", RouteLevel.Compartment, "search-compartment", call => Search(call, call.Query())) { MayDefer = true },
        new("POST", "/{type}/{id}/{other}/_search", RouteLevel.Compartment, "search-compartment", call => call.WithForm(parameters => Search(call, parameters))) { MayDefer = true },
    ];

    private static ValueTask<ActResult> ChangeMeta(FhirCall call, Func<ActContext, string, string, FhirResource, VersionTags?, CancellationToken, ValueTask<ActResult>> change) =>
        call.WithResource((parameters, act) => call.Tags().Try(out var tags, out var failure)
            ? change(act, call.Type, call.Id, parameters, tags.Match, call.Aborted)
            : call.Refuse(failure));

    private ValueTask<ActResult> Read(FhirCall call, int? version) => call.ChooseSubset() is { } failure
        ? call.Refuse(failure)
        : call.Type == "Binary" ? ReadBinary(call, version)
        : parts.Acts.Read.Execute(call.Act(), call.Type, call.Id, version, call.Aborted);

    /// <summary>A Binary leaves as its own content, unless FHIR's JSON or XML is asked for by name (R4 2.11).</summary>
    private async ValueTask<ActResult> ReadBinary(FhirCall call, int? version)
    {
        var result = await parts.Acts.Read.Execute(call.Act(), call.Type, call.Id, version, call.Aborted).ConfigureAwait(false);
        if (result.Failure is not null)
        {
            return result;
        }

        using var binary = JsonDocument.Parse(result.Body);
        if (!ContentNegotiation.Binary(call.Http.Request.Query["_format"], call.Http.Request.Headers.Accept, BinaryContent.ContentType(binary.RootElement)).Try(out var format, out var failure))
        {
            return await call.Refuse(failure).ConfigureAwait(false);
        }

        if (format.Format != WireFormat.Raw)
        {
            call.Request.Format = format;
            return result;
        }

        var content = new ArrayBufferWriter<byte>(Math.Max(1, result.Body.Length));
        if (result.Content is null && BinaryContent.WriteContent(binary.RootElement, content) is { } broken)
        {
            return await call.Refuse(broken).ConfigureAwait(false);
        }

        if (BinaryContent.SecurityContext(binary.RootElement) is { } context)
        {
            call.Http.Response.Headers["X-Security-Context"] = context;
        }

        call.Request.Format = format;
        call.Request.Subset = Subset.Whole;
        return result with { Body = content.WrittenMemory };
    }

    private ValueTask<ActResult> Search(FhirCall call, List<KeyValuePair<string, string>> parameters) =>
        parts.Acts.Search.ExecuteInCompartment(call.Act(), call.Type, call.Id, call.Part("other"), parameters, call.Strict, call.Aborted);

    private ValueTask<ActResult> Vread(FhirCall call) =>
        int.TryParse(call.Part("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0
            ? Read(call, version)
            : call.Refuse(Failure.Of(404, "not-found", "not-found", "There is no such version.", call.Type));

    private ValueTask<ActResult> Update(FhirCall call) => call.WithResource((resource, act) => call.Tags().Try(out var tags, out var failure)
        ? parts.Acts.Submit.Update(act, call.Type, call.Id, resource, tags.Match, tags.NoneMatch, call.Aborted)
        : call.Refuse(failure));

    private ValueTask<ActResult> Patch(FhirCall call) => call.WithPatch((edit, act, tags) => parts.Acts.Submit.Patch(act, "patch", call.Type, call.Id, edit, tags.Match, call.Aborted));

    private ValueTask<ActResult> Delete(FhirCall call) => call.Tags().Try(out var tags, out var failure)
        ? parts.Acts.Submit.Delete(call.ActOnce(), call.Type, call.Id, tags.Match, call.Aborted)
        : call.Refuse(failure);

    private ValueTask<ActResult> History(FhirCall call) => HistoryForm.Parse(call.Query()).Try(out var form, out var failure)
        ? parts.Acts.History.Execute(call.Act(), call.Type, call.Id, form, call.Aborted)
        : call.Refuse(failure);
}
