using System.Security.Cryptography;
using System.Text;
using EHealthHub.Exchange;
using EHealthHub.Exchange.Operations;
using EHealthHub.Exchange.Search;
using EHealthHub.Exchange.Submit;
using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Operations;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Reading.Xml;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Fhir.Writing;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pipeline;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>Conditions on the current version.</summary>
/// <param name="Match">If-Match; null where there is none.</param>
/// <param name="NoneMatch">If-None-Match; null where there is none.</param>
internal sealed record CallTags(VersionTags? Match, VersionTags? NoneMatch);

/// <summary>One request to the FHIR API, as its route's handler sees it: what stands in the address, and the common ways to read a body and to refuse.</summary>
internal sealed class FhirCall(HttpContext http, HubParts parts, FhirRoute? route)
{
    /// <summary>The HTTP request and response.</summary>
    public HttpContext Http { get; } = http;

    /// <summary>What the pipeline learned.</summary>
    public HubRequest Request { get; } = HubRequest.Of(http);

    /// <summary>Interaction code of the route, for the log.</summary>
    public string Interaction { get; } = route?.Interaction ?? "unknown";

    /// <summary>Resource type in the address; empty at the system level.</summary>
    public string Type { get; } = route?.Only ?? Value(http, "type");

    /// <summary>Logical id in the address; empty above the instance.</summary>
    public string Id { get; } = Value(http, "id");

    /// <summary>Cancelled when the caller left or the time is over.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>Preference for unknown search parameters: refused unless the caller says lenient.</summary>
    public bool Strict => Preference.Parse(Http.Request.Headers["Prefer"]).Handling != HandlingPreference.Lenient;

    /// <summary>Another part of the address.</summary>
    public string Part(string name) => Value(Http, name);

    /// <summary>The context of an act without retries.</summary>
    public ActContext Act() => WithWish(Request.Act());

    /// <summary>The condition that stands for an id: the query string.</summary>
    public Result<Condition> Condition() => Fhir.Transactions.Condition.Parse(Type, Http.Request.QueryString.Value ?? "", Type);

    /// <summary>If-Match and If-None-Match.</summary>
    public Result<CallTags> Tags()
    {
        var (match, noneMatch) = (Http.Request.Headers.IfMatch, Http.Request.Headers.IfNoneMatch);
        VersionTags? wanted = null;
        VersionTags? unwanted = null;
        return match.Count > 0 && !VersionTags.Parse("If-Match", match.ToString()).Try(out wanted, out var failure) ? failure
            : noneMatch.Count > 0 && !VersionTags.Parse("If-None-Match", noneMatch.ToString()).Try(out unwanted, out failure) ? failure
            : new CallTags(wanted, unwanted);
    }

    /// <summary>The context of an act that a retry under the same request id gets once.</summary>
    public ActContext ActOnce(ReadOnlyMemory<byte> body = default) => WithWish(Request.Act(Request.RequestIdGiven ? RetryHash(body) : null));

    /// <summary>What a writer wants back.</summary>
    private ActContext WithWish(ActContext act) => Preference.Parse(Http.Request.Headers["Prefer"]).Return is var wish and not ReturnPreference.Unstated ? act with { Return = wish } : act;

    /// <summary>Parameters of the query string.</summary>
    public List<KeyValuePair<string, string>> Query() => QueryText.Parse(Http.Request.QueryString is { HasValue: true, Value: { } text } ? text[1..] : "");

    /// <summary>Reads <c>_summary</c> and <c>_elements</c> of a read (R4 3.1.1.5.8, .9); the refusal of what they cannot mean there.</summary>
    public Failure? ChooseSubset()
    {
        if (!Http.Request.QueryString.HasValue)
        {
            return null;
        }

        var query = Http.Request.Query;
        if (!Subset.Parse(query["_summary"], query["_elements"], Type).Try(out var subset, out var failure))
        {
            return failure;
        }

        Request.Subset = subset;
        return subset.Kind == SubsetKind.Count ? Failure.Of(400, "invalid", "parameter-invalid", "Only matches of a search can be counted.", "_summary") : null;
    }

    /// <summary>A refusal with its entry.</summary>
    public ValueTask<ActResult> Refuse(Failure failure) => parts.Acts.Journal.Refuse(Act(), Interaction, Type, Id, failure.Issues[0].Code, [], failure, Aborted);

    /// <summary>Reads the body as a resource within its bounds, then acts.</summary>
    public async ValueTask<ActResult> WithResource(Func<FhirResource, ActContext, ValueTask<ActResult>> act)
    {
        if (await BinaryUpload.Of(this, parts).ConfigureAwait(false) is { } upload)
        {
            return await upload.Run(act).ConfigureAwait(false);
        }

        using var body = await BodyReader.Read(Http, GatewayBounds.BodyBytesMax).ConfigureAwait(false);
        if (body is null)
        {
            return await Refuse(TooLarge(GatewayBounds.BodyBytesMax)).ConfigureAwait(false);
        }

        if (!ContentNegotiation.Request(Http.Request.ContentType, rawAllowed: Type == "Binary").Try(out var format, out var unread))
        {
            return await Refuse(unread).ConfigureAwait(false);
        }

        if (!Read(format, body.Bytes).Try(out var resource, out var failure))
        {
            return await Refuse(failure).ConfigureAwait(false);
        }

        using (resource)
        {
            return await act(resource, ActOnce(body.Bytes)).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the body as a patch (R4 3.1.0.6), then acts.</summary>
    public async ValueTask<ActResult> WithPatch(Func<Func<FhirResource, Result<FhirResource>>, ActContext, CallTags, ValueTask<ActResult>> act)
    {
        if (!Tags().Try(out var tags, out var failure))
        {
            return await Refuse(failure).ConfigureAwait(false);
        }

        using var body = await BodyReader.Read(Http, GatewayBounds.BodyBytesMax).ConfigureAwait(false);
        if (body is null)
        {
            return await Refuse(TooLarge(GatewayBounds.BodyBytesMax)).ConfigureAwait(false);
        }

        if (!ContentNegotiation.Request(Http.Request.ContentType).Try(out var format, out failure))
        {
            return await Refuse(failure).ConfigureAwait(false);
        }

        if (format.Kind == BodyKind.JsonPatch)
        {
            return await act(PatchForms.Json(body.Bytes, parts.Limits), ActOnce(body.Bytes), tags).ConfigureAwait(false);
        }

        if (format.Kind == BodyKind.XmlPatch)
        {
            return await act(PatchForms.Xml(body.Bytes, parts.Limits), ActOnce(body.Bytes), tags).ConfigureAwait(false);
        }

        if (!Read(format, body.Bytes).Try(out var parameters, out failure))
        {
            return await Refuse(failure).ConfigureAwait(false);
        }

        using (parameters)
        {
            return await act(PatchForms.FhirPath(parameters, parts.Limits), ActOnce(body.Bytes), tags).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the parameters of the query string and of a form together (R4 3.1.0.9), then acts.</summary>
    public async ValueTask<ActResult> WithForm(Func<List<KeyValuePair<string, string>>, ValueTask<ActResult>> act)
    {
        if (!(Http.Request.ContentType ?? "").StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            return await Refuse(Failure.Of(415, "not-supported", "media-type-not-supported", "Send application/x-www-form-urlencoded.", "Content-Type")).ConfigureAwait(false);
        }

        using var body = await BodyReader.Read(Http, GatewayBounds.FormBytesMax).ConfigureAwait(false);
        if (body is null)
        {
            return await Refuse(TooLarge(GatewayBounds.FormBytesMax)).ConfigureAwait(false);
        }

        var parameters = Query();
        parameters.AddRange(QueryText.Parse(Encoding.UTF8.GetString(body.Bytes.Span)));
        if (parameters.FindLast(p => p.Key == "_format") is { Key: not null, Value: var format } && FhirNegotiation.Negotiate(Request, format, null) is { } refused)
        {
            return await Refuse(refused).ConfigureAwait(false);
        }

        return await act(parameters).ConfigureAwait(false);
    }

    /// <summary>Reads the parameters of an operation: the address, and a form or a Parameters resource whose values are primitive (R4 3.2.0.2), then acts.</summary>
    public ValueTask<ActResult> WithParameters(Func<List<KeyValuePair<string, string>>, ValueTask<ActResult>> act) =>
        (Http.Request.ContentType ?? "").StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) ? WithForm(act)
        : Http.Request is { ContentLength: 0 or null, ContentType: null } ? act(Query())
        : WithResource((resource, _) => ParameterList.Read(resource).Try(out var read, out var failure) ? act([.. Query(), .. read]) : Refuse(failure));

    /// <summary>Reads what an operation was given, values with parts and resources too (R4 3.2.0.1), then acts; the body lives until the act is done.</summary>
    public ValueTask<ActResult> WithInput(Func<OperationInput, ValueTask<ActResult>> act)
    {
        if (!HttpMethods.IsPost(Http.Request.Method))
        {
            return OperationInput.OfQuery(Query()).Try(out var asked, out var failure) ? act(asked) : Refuse(failure);
        }

        return WithResource((resource, _) => OperationInput.OfParameters(resource).Try(out var given, out var failure) ? act(given) : Refuse(failure));
    }

    /// <summary>Reads a resource where one was posted, then acts.</summary>
    public ValueTask<ActResult> WithResourceOrNone(Func<FhirResource?, ValueTask<ActResult>> act) =>
        Http.Request is { ContentType: null, ContentLength: 0 or null } ? act(null) : WithResource((resource, _) => act(resource));

    private Result<FhirResource> Read(RequestFormat format, ReadOnlyMemory<byte> body) => format.Kind switch
    {
        BodyKind.Json => FhirReader.Read(body, parts.Limits),
        BodyKind.Xml => FhirXmlReader.Read(body, parts.Limits),
        BodyKind.Raw => BinaryContent.Wrap(body.Span, format.MediaType, Http.Request.Headers["X-Security-Context"], Id.Length == 0 ? null : Id, parts.Limits),
        _ => Failure.Of(415, "not-supported", "media-type-not-supported", "Send a resource: application/fhir+json or application/fhir+xml.", "Content-Type"),
    };

    private static string Value(HttpContext http, string name) => http.Request.RouteValues[name] as string ?? "";

    /// <summary>413 for a body beyond its bound.</summary>
    public static Failure TooLarge(int bytesMax) => Failure.Of(413, "too-long", "body-too-large", FormattableString.Invariant($"A body may have at most {bytesMax} bytes."));

    /// <summary>A request id names the same request only when method, address, conditions and body are the same too.</summary>
    private string RetryHash(ReadOnlyMemory<byte> body)
    {
        using var hash = StartRetryHash();
        hash.AppendData(body.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The hash of all but the body, which is to be added.</summary>
    public IncrementalHash StartRetryHash()
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (request, headers) = (Http.Request, Http.Request.Headers);
        var head = $"{request.Method} {request.Path}{request.QueryString}\n{headers.IfMatch}\n{headers["If-None-Exist"]}\n{headers.IfNoneMatch}\n{request.ContentType}\n{headers["X-Security-Context"]}\n";
        hash.AppendData(Encoding.UTF8.GetBytes(head));
        return hash;
    }
}
