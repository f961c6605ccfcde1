using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>Content of any length that nobody holds in memory: each 64 KiB tell which they are. May stop on its way, or wait there.</summary>
internal sealed class LongContent : HttpContent
{
    public const int Step = 65_536;

    private readonly long _length;
    private readonly bool _announced;
    private readonly Func<long, Task>? _onTheWay;

    public LongContent(long length, string type = "application/dicom", bool announced = true, Func<long, Task>? onTheWay = null)
    {
        (_length, _announced, _onTheWay) = (length, announced, onTheWay);
        Headers.ContentType = new MediaTypeHeaderValue(type);
    }

    public static byte[] Bytes(long length)
    {
        var bytes = new byte[length];
        for (var at = 0L; at < length; at += Step)
        {
            Fill(bytes.AsSpan((int)at, (int)Math.Min(Step, length - at)), at);
        }

        return bytes;
    }

    /// <summary>SHA-256 of the content, without holding it.</summary>
    public static string Hash(long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var step = new byte[Step];
        for (var at = 0L; at < length; at += Step)
        {
            var part = step.AsSpan(0, (int)Math.Min(Step, length - at));
            Fill(part, at);
            hash.AppendData(part);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var step = new byte[Step];
        for (var at = 0L; at < _length; at += Step)
        {
            if (_onTheWay is not null)
            {
                await _onTheWay(at);
            }

            var part = step.AsMemory(0, (int)Math.Min(Step, _length - at));
            Fill(part.Span, at);
            await stream.WriteAsync(part);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return _announced;
    }

    private static void Fill(Span<byte> part, long at)
    {
        for (var i = 0; i < part.Length; i++)
        {
            part[i] = (byte)((i * 31) + (i >> 8));
        }

        if (part.Length >= 8)
        {
            BinaryPrimitives.WriteInt64BigEndian(part, at);
        }
    }
}
