using System.Security.Cryptography.X509Certificates;
using EHealthHub.Audit.Entries;
using EHealthHub.Gateway.Composition;
using EHealthHub.Trust;
using EHealthHub.Trust.Institutions;
using Microsoft.AspNetCore.Http.Features;

namespace EHealthHub.Gateway.Pipeline;

/// <summary>
/// Puts the certificate that a registered proxy forwards (RFC 9440) in the place of the proxy's own, for this request alone; takes every other forwarded certificate off the request and counts it.
/// </summary>
internal sealed class TakeForwardedCertificate(RequestDelegate next, HubParts parts, ForwardedCertificates forwarded, GatewayMetrics metrics)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        foreach (var name in ForwardedCertificates.NeverHeard)
        {
            if (headers.Remove(name))
            {
                metrics.ForwardedHeaderDropped();
            }
        }

        if (headers.Remove(ForwardedCertificates.Field, out var values))
        {
            switch (forwarded.Take(context.Connection.ClientCertificate, values, out var certificate))
            {
                case Forwarding.Ignored:
                    metrics.ForwardedHeaderDropped();
                    break;
                case Forwarding.Refused:
                    await Refuse(context).ConfigureAwait(false);
                    return;
                default:
                    context.Features.Set<ITlsConnectionFeature>(new Forwarded(certificate));
                    break;
            }
        }

        await next(context).ConfigureAwait(false);
    }

    private async Task Refuse(HttpContext context)
    {
        var request = HubRequest.Of(context);
        metrics.Refused(TrustReason.ForwardedInvalid);
        var failure = IdentifyCaller.FailureOf(TrustReason.ForwardedInvalid);
        request.Receipt = await parts.Acts.Refusals.Count(EntryKind.Refusal, nameof(TrustReason.ForwardedInvalid), request.Source, "identify", failure.Status, context.RequestAborted).ConfigureAwait(false);
        await Responses.Send(context, request, failure).ConfigureAwait(false);
    }

    /// <summary>A feature of the request: the connection's own certificate stays what it is for the next one.</summary>
    private sealed class Forwarded(X509Certificate2? certificate) : ITlsConnectionFeature
    {
        public X509Certificate2? ClientCertificate { get; set; } = certificate;

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }
}
