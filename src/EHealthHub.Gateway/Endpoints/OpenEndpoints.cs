using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Capability;
using EHealthHub.Fhir.Search;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pipeline;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>What any TLS client may read of the API.</summary>
internal sealed class OpenEndpoints
{
    private readonly HubParts _parts;
    private readonly ServedApi _served;
    private readonly string _version;
    private readonly DateTimeOffset _started;
    private volatile Tuple<SearchTables, byte[]>? _capability;

    public OpenEndpoints(HubParts parts, ServedApi served)
    {
        _parts = parts;
        _served = served;
        _version = typeof(OpenEndpoints).Assembly.GetName().Version?.ToString(3) ?? "0";
        _started = parts.Time.GetUtcNow();
        _ = Statement(); // written once for all, and again when search parameters come into force
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        var open = new OpenEndpoint();
        routes.MapMethods("/fhir/metadata", ["GET", "HEAD"], Metadata).WithMetadata(open);
    }

    private Task Metadata(HttpContext context)
    {
        var request = HubRequest.Of(context);
        return FhirNegotiation.Negotiate(context, request) is { } failure ? Refused(context, request, failure) : Capability(context, request);
    }

    private async Task Refused(HttpContext context, HubRequest request, Fhir.Outcomes.Failure failure)
    {
        request.Receipt = await _parts.Acts.Refusals.Count(EntryKind.Refusal, failure.Issues[0].Code, request.Source, "capabilities", failure.Status, context.RequestAborted).ConfigureAwait(false);
        await Responses.Send(context, request, failure).ConfigureAwait(false);
    }

    private async Task Capability(HttpContext context, HubRequest request)
    {
        request.Receipt = await _parts.Acts.Refusals.Count(EntryKind.Open, "open", request.Source, "capabilities", 200, context.RequestAborted).ConfigureAwait(false);
        await Responses.Send(context, request, Statement()).ConfigureAwait(false);
    }

    private byte[] Statement()
    {
        var tables = _parts.Records.Generations.Asking.Tables;
        if (_capability is not { } written || !ReferenceEquals(written.Item1, tables))
        {
            _capability = written = Tuple.Create(tables, CapabilityWriter.Write(_parts.Hub.FhirBase, _version, _capability is null ? _started : _parts.Time.GetUtcNow(), _served with { Tables = tables }));
        }

        return written.Item2;
    }
}
