using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.SignIn;
using EHealthHub.Trust;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Gateway.Pipeline;

/// <summary>Marks endpoints that need no proven caller: metadata, SMART configuration, token endpoint (which proves by itself).</summary>
public sealed class OpenEndpoint;

/// <summary>Certificate and token become a caller, or the request ends here with one named reason, counted in the log.</summary>
internal sealed class IdentifyCaller(RequestDelegate next, HubParts parts, CallerFactory callers, ProviderTokens tokens, GatewayMetrics metrics)
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
        var identified = await Identify(context, Bearer(context.Request)).ConfigureAwait(false);
        if (identified.Caller is { } caller)
        {
            request.Caller = caller;
            await next(context).ConfigureAwait(false);
            return;
        }

        metrics.Refused(identified.Reason);
        var failure = FailureOf(identified.Reason);
        request.Receipt = await parts.Acts.Refusals.Count(EntryKind.Refusal, identified.Reason.ToString(), request.Source, "identify", failure.Status, context.RequestAborted, identified.Institution).ConfigureAwait(false);
        await Responses.Send(context, request, failure).ConfigureAwait(false);
    }

    /// <summary>A token of a provider that the hub believes is examined by that provider's rules; the hub's own, and whatever else is presented, by the hub's.</summary>
    private ValueTask<ProviderAnswer> Identify(HttpContext context, string? bearer) =>
        tokens.Of(bearer, out var look) is { } provider ? tokens.Identify(context, bearer!, look, provider) : ByHub(callers.IdentifyAsync(context.Connection.ClientCertificate, bearer, context.RequestAborted));

    private static ValueTask<ProviderAnswer> ByHub(ValueTask<Identification> pending)
    {
        return pending.IsCompletedSuccessfully ? new(Answer(pending.Result)) : Later(pending);

        static async ValueTask<ProviderAnswer> Later(ValueTask<Identification> pending) => Answer(await pending.ConfigureAwait(false));

        static ProviderAnswer Answer(Identification identified) => new(identified.Caller, identified.Reason, "");
    }

    /// <summary>401 for what another token could mend, 403 for what it could not (RFC 6750 3.1), 503 for what time may mend: nothing fresh says that the certificate is not revoked.</summary>
    public static Failure FailureOf(TrustReason reason)
    {
        var code = TrustReasons.PublicCode(reason);
        return reason switch
        {
            TrustReason.TokenInvalid or TrustReason.TokenExpired or TrustReason.TokenNotBound or TrustReason.TokenRevoked or TrustReason.TokenMisdirected => Failure.Of(401, "security", code, "The access token is not accepted."),
            TrustReason.RevocationUnknown => Failure.Of(503, "transient", code, "Whether the certificate was revoked cannot be found out now."),
            TrustReason.ProviderUnavailable => Failure.Of(503, "transient", code, "The provider's keys cannot be had now."),
            TrustReason.PersonUnregistered or TrustReason.ClientUnproven or TrustReason.ScopeNotAllowed => Failure.Of(403, "security", code, "The access token gives nothing here."),
            _ => Failure.Of(403, reason is TrustReason.Expired or TrustReason.NotYetValid ? "expired" : "security", code, "The client certificate is not accepted."),
        };
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
