using EHealthHub.Audit.Entries;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pipeline;

namespace EHealthHub.Gateway.Authorization;

/// <summary>The routes of tokens: what clients read to find them, and the endpoints, which prove their callers by themselves.</summary>
internal sealed class OAuthEndpoints
{
    private readonly HubParts _parts;
    private readonly TrustParts _trust;
    private readonly OAuthHost _host;
    private readonly byte[] _smart;
    private readonly byte[] _server;

    public OAuthEndpoints(HubParts parts, TrustParts trust, OAuthHost host)
    {
        _parts = parts;
        _trust = trust;
        _host = host;
        _smart = OAuthDocuments.Metadata(parts.Hub, smart: true);
        _server = OAuthDocuments.Metadata(parts.Hub, smart: false);
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        var open = new OpenEndpoint();
        routes.MapMethods("/fhir/.well-known/smart-configuration", ["GET", "HEAD"], context => Document(context, _smart, "application/json")).WithMetadata(open);
        routes.MapMethods("/.well-known/oauth-authorization-server", ["GET", "HEAD"], context => Document(context, _server, "application/json")).WithMetadata(open);
        routes.MapMethods("/oauth/jwks", ["GET", "HEAD"], context => Document(context, OAuthDocuments.KeySet(_trust.Keys), "application/jwk-set+json")).WithMetadata(open);
        foreach (var path in (string[])[OAuthServer.TokenPath, OAuthServer.IntrospectionPath, OAuthServer.RevocationPath])
        {
            routes.MapMethods("/" + path, ["POST"], context => _host.Handle(context, path)).WithMetadata(open);
        }
    }

    private async Task Document(HttpContext context, byte[] body, string contentType)
    {
        var request = HubRequest.Of(context);
        request.Receipt = await _parts.Acts.Refusals.Count(EntryKind.Open, "open", request.Source, "capabilities", 200, context.RequestAborted).ConfigureAwait(false);
        await Responses.Send(context, request, 200, body, contentType).ConfigureAwait(false);
    }
}
