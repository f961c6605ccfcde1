using EHealthHub.Audit.Entries;
using EHealthHub.Exchange;
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
    private readonly byte[] _openId;
    private readonly UdapDocument _udap;

    public OAuthEndpoints(HubParts parts, TrustParts trust, OAuthHost host, UdapDocument udap)
    {
        _parts = parts;
        _trust = trust;
        _host = host;
        _smart = OAuthDocuments.Metadata(parts.Hub, smart: true);
        _server = OAuthDocuments.Metadata(parts.Hub, smart: false);
        _openId = OAuthDocuments.OpenId(parts.Hub);
        _udap = udap;
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        var open = new OpenEndpoint();
        routes.MapMethods("/fhir/.well-known/smart-configuration", ["GET", "HEAD"], context => Document(context, _smart, "application/json")).WithMetadata(open);
        routes.MapMethods("/.well-known/oauth-authorization-server", ["GET", "HEAD"], context => Document(context, _server, "application/json")).WithMetadata(open);
        routes.MapMethods("/.well-known/openid-configuration", ["GET", "HEAD"], context => Document(context, _openId, "application/json")).WithMetadata(open);
        routes.MapMethods("/fhir/.well-known/udap", ["GET", "HEAD"], Udap).WithMetadata(open);
        routes.MapMethods("/oauth/jwks", ["GET", "HEAD"], context => Document(context, OAuthDocuments.KeySet(_trust.Keys), "application/jwk-set+json")).WithMetadata(open);
        routes.MapMethods("/" + OAuthServer.AuthorizationPath, ["GET", "POST"], context => _host.Handle(context, OAuthServer.AuthorizationPath)).WithMetadata(open);
        foreach (var path in (string[])[OAuthServer.TokenPath, OAuthServer.IntrospectionPath, OAuthServer.RevocationPath])
        {
            routes.MapMethods("/" + path, ["POST"], context => _host.Handle(context, path)).WithMetadata(open);
        }
    }

    /// <summary>By the guide: nothing (204) for a community that the hub does not belong to, not found where there is no metadata.</summary>
    private async Task Udap(HttpContext context)
    {
        var community = context.Request.Query["community"];
        if (_udap.Current() is { } document && (community.Count == 0 || (community.Count == 1 && community[0] == _udap.Community)))
        {
            await Document(context, document, "application/json").ConfigureAwait(false);
            return;
        }

        var request = HubRequest.Of(context);
        var status = community.Count == 0 ? StatusCodes.Status404NotFound : StatusCodes.Status204NoContent;
        request.Receipt = await _parts.Acts.Refusals.Count(EntryKind.Open, "open", request.Source, "capabilities", status, context.RequestAborted).ConfigureAwait(false);
        await (status == StatusCodes.Status204NoContent
            ? Responses.Send(context, request, _parts.Hub, new ActResult { Status = status, Receipt = request.Receipt })
            : Responses.Send(context, request, status, ReadOnlyMemory<byte>.Empty, "application/json")).ConfigureAwait(false);
    }

    private async Task Document(HttpContext context, byte[] body, string contentType)
    {
        var request = HubRequest.Of(context);
        request.Receipt = await _parts.Acts.Refusals.Count(EntryKind.Open, "open", request.Source, "capabilities", 200, context.RequestAborted).ConfigureAwait(false);
        await Responses.Send(context, request, 200, body, contentType).ConfigureAwait(false);
    }
}
