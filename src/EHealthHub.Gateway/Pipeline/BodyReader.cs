using System.Buffers;
using EHealthHub.Gateway.Composition;

namespace EHealthHub.Gateway.Pipeline;

/// <summary>A body in pooled memory; disposing gives the memory back.</summary>
internal sealed class PooledBody(byte[] buffer, int length, SemaphoreSlim? place) : IDisposable
{
    private byte[]? _buffer = buffer;

    public ReadOnlyMemory<byte> Bytes => (_buffer ?? throw new ObjectDisposedException(nameof(PooledBody))).AsMemory(0, length);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } owned)
        {
            // Cleared: the next renter of this memory may be anybody.
            owned.AsSpan(0, length).Clear();
            ArrayPool<byte>.Shared.Return(owned);
            place?.Release();
        }
    }
}

/// <summary>
/// Reads a request's body within a bound. A body beyond it is drained, so that the connection lives on, and given as null: the answer is 413. Memory grows with what has arrived, never with what a header announces.
/// </summary>
internal static class BodyReader
{
    private const int FirstBytes = 16 * 1024;

    private static readonly SemaphoreSlim LargePlaces = new(GatewayBounds.LargeBodiesMax);

    public static async ValueTask<PooledBody?> Read(HttpContext context, int bytesMax)
    {
        var cancellationToken = context.RequestAborted;
        var reader = context.Request.BodyReader;
        var request = HubRequest.Of(context);
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
        var length = 0;
        var tooLarge = context.Request.ContentLength > bytesMax;
        SemaphoreSlim? place = null;
        var handedOver = false;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                var chunk = result.Buffer;
                if (!tooLarge && length + chunk.Length > bytesMax)
                {
                    tooLarge = true;
                }

                if (!tooLarge)
                {
                    if (place is null && length + chunk.Length > GatewayBounds.LargeBodyBytes)
                    {
                        await LargePlaces.WaitAsync(cancellationToken).ConfigureAwait(false);
                        place = LargePlaces;
                    }

                    buffer = Grow(buffer, length, length + (int)chunk.Length);
                    chunk.CopyTo(buffer.AsSpan(length));
                    length += (int)chunk.Length;
                }

                request.BodyBytes += chunk.Length;
                reader.AdvanceTo(chunk.End);
                if (result.IsCompleted)
                {
                    break;
                }
            }

            handedOver = !tooLarge;
            return tooLarge ? null : new PooledBody(buffer, length, place);
        }
        finally
        {
            if (!handedOver)
            {
                buffer.AsSpan(0, length).Clear();
                ArrayPool<byte>.Shared.Return(buffer);
                place?.Release();
            }
        }
    }

    private static byte[] Grow(byte[] buffer, int used, int needed)
    {
        if (needed <= buffer.Length)
        {
            return buffer;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, buffer.Length * 2));
        buffer.AsSpan(0, used).CopyTo(larger);
        buffer.AsSpan(0, used).Clear();
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
