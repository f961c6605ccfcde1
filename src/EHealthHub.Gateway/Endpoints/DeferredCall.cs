using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Exchange;
using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pipeline;
using EHealthHub.Records.Store;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>Takes a request off its connection, so that it can run when the caller no longer waits: the same address, headers and body, and the same route.</summary>
internal sealed class DeferredCall(HubParts parts, ILogger logger)
{
    /// <summary>True for <c>Prefer: respond-async</c>; a HEAD has no result to wait for.</summary>
    public static bool IsWanted(HttpContext http) => !HttpMethods.IsHead(http.Request.Method) && http.Request.Headers["Prefer"] is { Count: > 0 } header && Preference.Parse(header).RespondAsync;

    public async ValueTask<ActResult> Accept(FhirCall call, FhirRoute route)
    {
        byte[] body;
        using (var read = await BodyReader.Read(call.Http, GatewayBounds.BodyBytesMax).ConfigureAwait(false))
        {
            if (read is null)
            {
                return await call.Refuse(FhirCall.TooLarge(GatewayBounds.BodyBytesMax)).ConfigureAwait(false);
            }

            body = read.Bytes.ToArray();
        }

        var detached = Detach(call.Http, call.Request, body);
        var language = call.Request.Language;
        return await parts.Acts.Deferred.Accept(
            call.Act(), route.Interaction.Split('|')[0], call.Type, call.Id, body.Length, language, stop => Run(detached, route, stop), call.Aborted).ConfigureAwait(false);
    }

    private async ValueTask<ActResult> Run(DefaultHttpContext http, FhirRoute route, CancellationToken stop)
    {
        http.RequestAborted = stop;
        var call = new FhirCall(http, parts, route);
        try
        {
            return await route.Act(call).ConfigureAwait(false);
        }
        catch (AuditUnavailableException e)
        {
            Log.AuditUnavailable(logger, e.Message);
            throw;
        }
        catch (RecordsUnavailableException e)
        {
            Log.RecordsUnavailable(logger, e.Message);
            throw;
        }
        catch (Exception e) when (e is not OperationCanceledException and not OutOfMemoryException)
        {
            Log.Unexpected(logger, e.GetType().Name, ErrorBoundary.Place(e), call.Request.RequestId);
            var position = await parts.Acts.Refusals.Count(EntryKind.Refusal, "internal-error", call.Request.Source, "error", 500, CancellationToken.None).ConfigureAwait(false);
            return ActResult.Refused(Failure.Of(500, "exception", "internal-error", "The hub failed. Nothing of this request was released."), position);
        }
    }

    /// <summary>What a route's handler reads of a request, and nothing of the connection.</summary>
    private static DefaultHttpContext Detach(HttpContext http, HubRequest request, byte[] body)
    {
        var detached = new DefaultHttpContext();
        var (from, to) = (http.Request, detached.Request);
        (to.Method, to.Scheme, to.Host, to.Path, to.QueryString, to.Protocol) = (from.Method, from.Scheme, from.Host, from.Path, from.QueryString, from.Protocol);
        foreach (var (name, value) in from.Headers)
        {
            to.Headers[name] = value;
        }

        foreach (var (name, value) in from.RouteValues)
        {
            to.RouteValues[name] = value;
        }

        to.ContentLength = from.ContentLength is null && body.Length == 0 ? null : body.Length;
        to.Body = new MemoryStream(body, writable: false);
        detached.Features.Set(request.Copy());
        return detached;
    }
}
