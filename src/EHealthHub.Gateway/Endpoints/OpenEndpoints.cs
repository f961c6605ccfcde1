using System.Text;
using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Capability;
using EHealthHub.Fhir.Search;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pipeline;
using EHealthHub.Trust;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>What any TLS client may read, and the token endpoint, which proves its callers by itself.</summary>
internal sealed class OpenEndpoints
{
    private const string AssertionGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    private readonly HubParts _parts;
    private readonly TokenEndpoint _tokens;
    private readonly GatewayMetrics _metrics;
    private readonly ServedApi _served;
    private readonly string _version;
    private readonly DateTimeOffset _started;
    private volatile Tuple<SearchTables, byte[]>? _capability;
    private readonly byte[] _smart;
    private readonly byte[] _keys;

    public OpenEndpoints(HubParts parts, TokenEndpoint tokens, ITokenSigner signer, GatewayMetrics metrics, ServedApi served)
    {
        _parts = parts;
        _tokens = tokens;
        _metrics = metrics;
        _served = served;
        _version = typeof(OpenEndpoints).Assembly.GetName().Version?.ToString(3) ?? "0";
        _started = parts.Time.GetUtcNow();
        _ = Statement(); // written once for all, and again when search parameters come into force
        _smart = SmartDocuments.Configuration(parts.Hub);
        _keys = SmartDocuments.KeySet(signer);
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        var open = new OpenEndpoint();
        routes.MapMethods("/fhir/metadata", ["GET", "HEAD"], Metadata).WithMetadata(open);
        routes.MapMethods("/fhir/.well-known/smart-configuration", ["GET", "HEAD"], context => Open(context, _smart, "application/json")).WithMetadata(open);
        routes.MapMethods("/oauth/jwks", ["GET", "HEAD"], context => Open(context, _keys, "application/jwk-set+json")).WithMetadata(open);
        routes.MapMethods("/oauth/token", ["POST"], Token).WithMetadata(open);
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

    private async Task Open(HttpContext context, byte[] body, string contentType)
    {
        var request = HubRequest.Of(context);
        request.Receipt = await _parts.Acts.Refusals.Count(EntryKind.Open, "open", request.Source, "capabilities", 200, context.RequestAborted).ConfigureAwait(false);
        await Responses.Send(context, request, 200, body, contentType).ConfigureAwait(false);
    }

    /// <summary>RFC 6749 5.1 and 5.2 around Trust's decision.</summary>
    private async Task Token(HttpContext context)
    {
        var request = HubRequest.Of(context);
        using var body = await BodyReader.Read(context, GatewayBounds.FormBytesMax).ConfigureAwait(false);
        var form = body is null ? [] : QueryText.Parse(Encoding.UTF8.GetString(body.Bytes.Span));
        var grants = form.Where(p => p.Key == "grant_type").Select(p => p.Value).ToList();
        var assertions = form.Where(p => p.Key == "assertion").Select(p => p.Value).ToList();
        if (grants is not [AssertionGrant] || assertions is not [{ Length: > 0 } assertion])
        {
            var error = grants is [AssertionGrant] or [] ? "invalid_request" : "unsupported_grant_type";
            await Refuse(context, request, 400, error, "token-request-invalid", "token-request-invalid").ConfigureAwait(false);
            return;
        }

        var (token, reason) = await _tokens.IssueAsync(context.Connection.ClientCertificate, assertion, context.RequestAborted).ConfigureAwait(false);
        if (token is null)
        {
            _metrics.Refused(reason);
            var (status, error) = reason switch
            {
                TrustReason.RevocationUnknown => (503, "temporarily_unavailable"),
                _ when IsCertificate(reason) => (401, "invalid_client"),
                _ => (400, "invalid_grant"),
            };
            if (status == 503)
            {
                context.Response.Headers.RetryAfter = "1";
            }

            await Refuse(context, request, status, error, reason.ToString(), TrustReasons.PublicCode(reason)).ConfigureAwait(false);
            return;
        }

        request.Caller = token.Caller;
        var entry = _parts.Acts.Journal.Entry(request.Act(), EntryKind.TokenIssued, "token", "", "", "assertion-accepted", []) with { TokenId = token.TokenId };
        request.Receipt = await _parts.Acts.Journal.Record(entry, context.RequestAborted).ConfigureAwait(false);
        context.Response.Headers.Pragma = "no-cache";
        var answer = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["access_token"] = token.AccessToken,
            ["token_type"] = "Bearer",
            ["expires_in"] = token.ExpiresInSeconds,
            ["scope"] = token.Scope,
        });
        await Responses.Send(context, request, 200, answer, "application/json").ConfigureAwait(false);
    }

    private async Task Refuse(HttpContext context, HubRequest request, int status, string error, string auditReason, string code)
    {
        request.Receipt = await _parts.Acts.Refusals.Count(EntryKind.Refusal, auditReason, request.Source, "token", status, context.RequestAborted).ConfigureAwait(false);
        var answer = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["error"] = error, ["error_description"] = code });
        await Responses.Send(context, request, status, answer, "application/json").ConfigureAwait(false);
    }

    private static bool IsCertificate(TrustReason reason) => reason is TrustReason.NoCertificate or TrustReason.Unregistered or TrustReason.Suspended;
}
