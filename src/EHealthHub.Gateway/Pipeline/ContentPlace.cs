using EHealthHub.Gateway.Composition;
using Microsoft.AspNetCore.Http.Timeouts;

namespace EHealthHub.Gateway.Pipeline;

/// <summary>Bounds the long contents that are received and sent: how many at a time, and how long each may take. Dispose it when the content is through.</summary>
internal sealed class ContentPlace : IDisposable
{
    private static readonly SemaphoreSlim Places = new(GatewayBounds.ContentStreamsMax);

    private readonly CancellationTokenSource _deadline;

    private ContentPlace(CancellationTokenSource deadline) => _deadline = deadline;

    /// <summary>Cancelled when the caller left or the content took too long.</summary>
    public CancellationToken Token => _deadline.Token;

    /// <summary>A place for content of so many bytes at most; null when all are taken. The request's own time no longer counts then.</summary>
    public static ContentPlace? Take(HttpContext context, long bytesMax)
    {
        if (!Places.Wait(0, CancellationToken.None))
        {
            return null;
        }

        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(GatewayBounds.RequestTimeout + TimeSpan.FromSeconds(bytesMax / GatewayBounds.ContentBytesPerSecondMin));
        return new ContentPlace(deadline);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _deadline.Dispose();
        Places.Release();
    }
}
