using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Exchange;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pipeline;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>Routes of the FHIR API. Each turns a request into one act and sends its end.</summary>
internal sealed class FhirEndpoints(HubParts parts)
{
    private const int HistoryCountDefault = 50;

    private Acts Acts => parts.Acts;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/fhir", ["POST"], PostBundle);
        routes.MapMethods("/fhir/{type}", ["GET", "HEAD"], SearchByGet);
        routes.MapMethods("/fhir/{type}", ["POST"], Create);
        routes.MapMethods("/fhir/{type}/_search", ["POST"], SearchByPost);
        routes.MapMethods("/fhir/{type}/{id}", ["GET", "HEAD"], Read);
        routes.MapMethods("/fhir/{type}/{id}", ["PUT"], Update);
        routes.MapMethods("/fhir/{type}/{id}", ["DELETE"], Delete);
        routes.MapMethods("/fhir/{type}/{id}/_history", ["GET", "HEAD"], History);
        routes.MapMethods("/fhir/{type}/{id}/_history/{version}", ["GET", "HEAD"], Vread);
        routes.MapFallback("{**path}", NoRoute);
    }

    private Task Read(HttpContext context) => OnResource(context, (request, type, id) => Acts.Read.Execute(request.Act(), type, id, null, context.RequestAborted));

    private Task Vread(HttpContext context) => OnResource(context, (request, type, id) =>
        int.TryParse(Route(context, "version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0
            ? Acts.Read.Execute(request.Act(), type, id, version, context.RequestAborted)
            : Refuse(context, request, "vread", type, Failure.Of(404, "not-found", "not-found", "There is no such version.", type)));

    private Task History(HttpContext context) => OnResource(context, (request, type, id) =>
    {
        var query = context.Request.Query;
        var count = HistoryCountDefault;
        int? before = null;
        foreach (var (name, value) in query)
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
                    return Refuse(context, request, "history-instance", type, Failure.Of(400, "invalid", "parameter-invalid", $"The parameter {Short(name)} is not supported here, or its value is not valid.", Short(name)));
            }
        }

        return Acts.History.Execute(request.Act(), type, id, count, before, context.RequestAborted);
    });

    private Task Delete(HttpContext context) => OnResource(context, (request, type, id) =>
        TryIfMatch(context.Request, out var ifMatch)
            ? Acts.Submit.Delete(request.Act(RetryHash(context, default)), type, id, ifMatch, context.RequestAborted)
            : Refuse(context, request, "delete", type, BadIfMatch()));

    private Task Update(HttpContext context) => OnResource(context, (request, type, id) => WithBody(context, request, "update", type, (resource, hash) =>
        TryIfMatch(context.Request, out var ifMatch)
            ? Acts.Submit.Update(request.Act(hash), type, id, resource, ifMatch, context.RequestAborted)
            : Refuse(context, request, "update", type, BadIfMatch())));

    private Task Create(HttpContext context) => OnType(context, (request, type) => WithBody(context, request, "create", type, (resource, hash) =>
    {
        IdentifierCondition? condition = null;
        var header = context.Request.Headers["If-None-Exist"];
        if (header.Count > 0)
        {
            if (!ConditionText.Parse(type, header.ToString()).Try(out condition, out var failure))
            {
                return Refuse(context, request, "create", type, failure);
            }
        }

        return Acts.Submit.Create(request.Act(hash), type, resource, condition, context.RequestAborted);
    }));

    private Task PostBundle(HttpContext context) => Run(context, request => WithBody(context, request, "transaction", "Bundle", (resource, hash) =>
        resource.Type == "Bundle"
            ? Acts.Bundle.Execute(request.Act(hash), resource, request.Language, context.RequestAborted)
            : Refuse(context, request, "transaction", resource.Type, Failure.Of(400, "invalid", "bundle-expected", "Post a batch or transaction Bundle here, any other resource to its type.", "resourceType"))));

    private Task SearchByGet(HttpContext context) => OnType(context, (request, type) =>
    {
        var query = context.Request.QueryString;
        return Acts.Search.Execute(request.Act(), type, QueryText.Parse(query.HasValue ? query.Value![1..] : ""), Strict(context.Request), context.RequestAborted);
    });

    private Task SearchByPost(HttpContext context) => OnType(context, async (request, type) =>
    {
        if (!(context.Request.ContentType ?? "").StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            return await Refuse(context, request, "search-type", type, Failure.Of(415, "not-supported", "media-type-not-supported", "Send application/x-www-form-urlencoded.", "Content-Type")).ConfigureAwait(false);
        }

        using var body = await BodyReader.Read(context, GatewayBounds.FormBytesMax).ConfigureAwait(false);
        if (body is null)
        {
            return await Refuse(context, request, "search-type", type, TooLarge(GatewayBounds.FormBytesMax)).ConfigureAwait(false);
        }

        var query = context.Request.QueryString;
        var pairs = QueryText.Parse(query.HasValue ? query.Value![1..] : "");
        pairs.AddRange(QueryText.Parse(Encoding.UTF8.GetString(body.Bytes.Span)));
        return await Acts.Search.Execute(request.Act(), type, pairs, Strict(context.Request), context.RequestAborted).ConfigureAwait(false);
    });

    /// <summary>What no route answers: 404, or 405 where another method would be served.</summary>
    public Task NoRoute(HttpContext context) => Run(context, request =>
    {
        var path = context.Request.Path;
        var known = path.StartsWithSegments("/fhir", StringComparison.Ordinal, out var rest) && rest.Value is { } r && r.Count(c => c == '/') <= 4;
        var failure = known && context.Request.Method is not ("GET" or "HEAD")
            ? Failure.Of(405, "not-supported", "interaction-not-supported", "This method is not served at this address.")
            : Failure.Of(404, "not-found", "address-unknown", "Nothing is served at this address.");
        return Refuse(context, request, "unknown", "", failure);
    });

    private Task OnType(HttpContext context, Func<HubRequest, string, ValueTask<ActResult>> act) => Run(context, request =>
    {
        var type = Route(context, "type");
        return ResourceTypes.IsKnown(type)
            ? act(request, type)
            : Refuse(context, request, "unknown", "", Failure.Of(404, "not-supported", "resource-type-unknown", "R4 has no resource of this type.", "type"));
    });

    private Task OnResource(HttpContext context, Func<HubRequest, string, string, ValueTask<ActResult>> act) => OnType(context, (request, type) =>
    {
        var id = Route(context, "id");
        return FhirNegotiation.IsId(id)
            ? act(request, type, id)
            : Refuse(context, request, "unknown", type, Failure.Of(id.StartsWith('$') ? 404 : 400, id.StartsWith('$') ? "not-supported" : "invalid", id.StartsWith('$') ? "operation-unknown" : "id-invalid", id.StartsWith('$') ? "This operation is not served." : "An id is 1 to 64 letters, digits, hyphens and dots.", type + ".id"));
    });

    private async Task Run(HttpContext context, Func<HubRequest, ValueTask<ActResult>> act)
    {
        var request = HubRequest.Of(context);
        var result = FhirNegotiation.CheckAccept(context.Request) is { } failure
            ? await Refuse(context, request, "negotiate", "", failure).ConfigureAwait(false)
            : await act(request).ConfigureAwait(false);
        await Responses.Send(context, request, parts.Hub, result).ConfigureAwait(false);
    }

    private async ValueTask<ActResult> WithBody(HttpContext context, HubRequest request, string interaction, string type, Func<FhirResource, string?, ValueTask<ActResult>> act)
    {
        using var body = await BodyReader.Read(context, GatewayBounds.BodyBytesMax).ConfigureAwait(false);
        if (body is null)
        {
            return await Refuse(context, request, interaction, type, TooLarge(GatewayBounds.BodyBytesMax)).ConfigureAwait(false);
        }

        if (FhirNegotiation.CheckContentType(context.Request) is { } media)
        {
            return await Refuse(context, request, interaction, type, media).ConfigureAwait(false);
        }

        if (!FhirReader.Read(body.Bytes, parts.Limits).Try(out var resource, out var failure))
        {
            return await Refuse(context, request, interaction, type, failure).ConfigureAwait(false);
        }

        using (resource)
        {
            return await act(resource, request.RequestIdGiven ? RetryHash(context, body.Bytes) : null).ConfigureAwait(false);
        }
    }

    private ValueTask<ActResult> Refuse(HttpContext context, HubRequest request, string interaction, string type, Failure failure) =>
        Acts.Journal.Refuse(request.Act(), interaction, type, "", failure.Issues[0].Code, [], failure, context.RequestAborted);

    /// <summary>A request id names the same request only when method, address, condition and body are the same too.</summary>
    private static string RetryHash(HttpContext context, ReadOnlyMemory<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var head = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}\n{context.Request.Headers.IfMatch}\n{context.Request.Headers["If-None-Exist"]}\n";
        hash.AppendData(Encoding.UTF8.GetBytes(head));
        hash.AppendData(body.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
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

    private static bool Strict(HttpRequest request) => !request.Headers["Prefer"].ToString().Contains("handling=lenient", StringComparison.OrdinalIgnoreCase);

    private static Failure BadIfMatch() => Failure.Of(400, "invalid", "if-match-invalid", "If-Match must be one version tag, W/\"n\".", "If-Match");

    private static Failure TooLarge(int bytesMax) => Failure.Of(413, "too-long", "body-too-large", FormattableString.Invariant($"A body may have at most {bytesMax} bytes."));

    private static string Route(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";

    private static string Short(string text) => text.Length <= 64 ? text : text[..64];
}
