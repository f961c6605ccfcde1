using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Gateway.Composition;
using EHealthHub.Trust;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Gateway.Pipeline;

/// <summary>Marks endpoints that need no proven caller: metadata, SMART configuration, token endpoint (which proves by itself).</summary>
public sealed class OpenEndpoint;

/// <summary>Certificate and token become a caller, or the request ends here with one named reason, counted in the log.</summary>
internal sealed class IdentifyCaller(RequestDelegate next, HubParts parts, CallerFactory callers, GatewayMetrics metrics)
{
    private const string Scheme = "Bearer ";
    private const int BearerMax = 8_192;

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<OpenEndpoint>() is not null)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var request = HubRequest.Of(context);
        if (callers.TryIdentify(context.Connection.ClientCertificate, Bearer(context.Request), out var caller, out var reason, out _))
        {
            request.Caller = caller;
            await next(context).ConfigureAwait(false);
            return;
        }

        metrics.Refused(reason);
        var failure = FailureOf(reason);
        request.Receipt = await parts.Acts.Refusals.Count(EntryKind.Refusal, reason.ToString(), request.Source, "identify", failure.Status, context.RequestAborted).ConfigureAwait(false);
        await Responses.Send(context, request, failure).ConfigureAwait(false);
    }

    /// <summary>401 for what another token could mend, 403 for what it could not (RFC 6750 3.1).</summary>
    public static Failure FailureOf(TrustReason reason)
    {
        var code = TrustReasons.PublicCode(reason);
        return reason is TrustReason.TokenInvalid or TrustReason.TokenExpired or TrustReason.TokenNotBound
            ? Failure.Of(401, "security", code, "The access token is not accepted.")
            : Failure.Of(403, reason is TrustReason.Expired or TrustReason.NotYetValid ? "expired" : "security", code, "The client certificate is not accepted.");
    }

    /// <summary>The token; an empty one for a header of another form, so that it is refused and not ignored.</summary>
    private static string? Bearer(HttpRequest request)
    {
        var header = request.Headers.Authorization;
        if (header.Count == 0)
        {
            return null;
        }

        var text = header.Count == 1 ? header.ToString() : "";
        return text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && text.Length <= BearerMax ? text[Scheme.Length..].Trim() : "";
    }
}
