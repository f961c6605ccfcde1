using EHealthHub.Gateway.Composition;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace EHealthHub.Gateway.Authorization;

/// <summary>
/// Runs a request through OpenIddict. Its own ASP.NET Core host is not used: it looks at every request of the pipeline, believes the Host header, reads forms without our bounds, and writes answers that have no receipt.
/// </summary>
internal sealed class OAuthHost(HubParts parts)
{
    private readonly Uri _base = new(parts.Hub.BaseUrl + "/");

    /// <summary>Handles one request to the endpoint with a path below the hub's base address.</summary>
    public async Task Handle(HttpContext http, string path)
    {
        var factory = http.RequestServices.GetRequiredService<IOpenIddictServerFactory>();
        var dispatcher = http.RequestServices.GetRequiredService<IOpenIddictServerDispatcher>();
        var transaction = await factory.CreateTransactionAsync().ConfigureAwait(false);
        transaction.SetProperty(nameof(OAuthCall), new OAuthCall(http));
        transaction.BaseUri = _base;
        transaction.RequestUri = new Uri(_base, path);
        var request = new ProcessRequestContext(transaction) { CancellationToken = http.RequestAborted };
        await dispatcher.DispatchAsync(request).ConfigureAwait(false);
        if (request.IsRejected)
        {
            var error = new ProcessErrorContext(transaction)
            {
                CancellationToken = http.RequestAborted,
                Error = request.Error ?? OpenIddictConstants.Errors.InvalidRequest,
                ErrorDescription = request.ErrorDescription,
                Response = new OpenIddictResponse(),
            };
            await dispatcher.DispatchAsync(error).ConfigureAwait(false);
            if (!error.IsRequestHandled)
            {
                throw new InvalidOperationException("OpenIddict left a refusal unanswered.");
            }
        }
        else if (!request.IsRequestHandled)
        {
            throw new InvalidOperationException("OpenIddict left a request unanswered.");
        }
    }
}
