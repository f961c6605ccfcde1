using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EHealthHub.Keys.Wrapping;

/// <summary>
/// A keyed function for handles and blind tokens: HMAC-SHA-256 under a key derived once (SP 800-108) from a data key and a label. Tags are 32 bytes, or their first 16. The input is a list of parts,
/// encoded without ambiguity: number of parts (1 byte), then for each its length (4 bytes, big-endian) and bytes. Thread-safe; keyed states are pooled and nothing is allocated per tag.
/// </summary>
public sealed class Prf : IDisposable
{
    /// <summary>Bytes of a short tag.</summary>
    public const int ShortTag = 16;

    /// <summary>Bytes of a full tag.</summary>
    public const int FullTag = 32;

    /// <summary>Longest input in bytes, all parts together.</summary>
    public const int InputMax = 64 * 1024;

    private const int LengthSize = 4;
    private const int StackMax = 512;

    private readonly byte[] _key = GC.AllocateArray<byte>(DataKey.Size, pinned: true);
    private readonly IncrementalHash?[] _pool;
    private volatile bool _disposed;

    /// <summary>Derives the function's key; the root is not kept. At most <paramref name="pooledMax"/> keyed states are kept for reuse: one is enough for a function that lives with one patient.</summary>
    public Prf(DataKey root, string label, ReadOnlySpan<byte> context = default, int pooledMax = 8)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pooledMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pooledMax, 1_024);
        Span<byte> encoded = stackalloc byte[256];
        var length = "EHealthHub prf "u8.Length;
        "EHealthHub prf "u8.CopyTo(encoded);
        length += Encoding.UTF8.GetBytes(label, encoded[length..]);
        SP800108HmacCounterKdf.DeriveBytes(root.Bytes, HashAlgorithmName.SHA256, encoded[..length], context, _key);
        _pool = new IncrementalHash?[pooledMax];
    }

    /// <summary>The tag of one part, into 16 or 32 bytes.</summary>
    public void Tag(Span<byte> tag, ReadOnlySpan<byte> part)
    {
        var size = 1 + LengthSize + part.Length;
        var rented = Rent(size);
        var input = (rented ?? stackalloc byte[StackMax])[..size];
        input[0] = 1;
        Put(input[1..], part);
        Compute(input, rented, tag);
    }

    /// <summary>The tag of two parts.</summary>
    public void Tag(Span<byte> tag, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var size = 1 + (2 * LengthSize) + first.Length + second.Length;
        var rented = Rent(size);
        var input = (rented ?? stackalloc byte[StackMax])[..size];
        input[0] = 2;
        Put(Put(input[1..], first), second);
        Compute(input, rented, tag);
    }

    /// <summary>The tag of three parts.</summary>
    public void Tag(Span<byte> tag, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        var size = 1 + (3 * LengthSize) + first.Length + second.Length + third.Length;
        var rented = Rent(size);
        var input = (rented ?? stackalloc byte[StackMax])[..size];
        input[0] = 3;
        Put(Put(Put(input[1..], first), second), third);
        Compute(input, rented, tag);
    }

    /// <summary>The tag of four parts.</summary>
    public void Tag(Span<byte> tag, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, ReadOnlySpan<byte> fourth)
    {
        var size = 1 + (4 * LengthSize) + first.Length + second.Length + third.Length + fourth.Length;
        var rented = Rent(size);
        var input = (rented ?? stackalloc byte[StackMax])[..size];
        input[0] = 4;
        Put(Put(Put(Put(input[1..], first), second), third), fourth);
        Compute(input, rented, tag);
    }

    /// <summary>Zeroes the key and drops the pooled states. Nobody may be computing a tag.</summary>
    public void Dispose()
    {
        _disposed = true;
        for (var i = 0; i < _pool.Length; i++)
        {
            Interlocked.Exchange(ref _pool[i], null)?.Dispose();
        }

        CryptographicOperations.ZeroMemory(_key);
    }

    private static byte[]? Rent(int size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, InputMax);
        return size > StackMax ? ArrayPool<byte>.Shared.Rent(size) : null;
    }

    private static Span<byte> Put(Span<byte> to, ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, part.Length);
        part.CopyTo(to[LengthSize..]);
        return to[(LengthSize + part.Length)..];
    }

    private void Compute(Span<byte> input, byte[]? rented, Span<byte> tag)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (tag.Length is not (ShortTag or FullTag))
        {
            throw new ArgumentException("A tag has 16 or 32 bytes.", nameof(tag));
        }

        Span<byte> full = stackalloc byte[FullTag];
        var hash = Take();
        hash.AppendData(input);
        hash.GetHashAndReset(full);
        Give(hash);
        full[..tag.Length].CopyTo(tag);
        CryptographicOperations.ZeroMemory(input);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private IncrementalHash Take()
    {
        for (var i = 0; i < _pool.Length; i++)
        {
            if (_pool[i] is not null && Interlocked.Exchange(ref _pool[i], null) is { } pooled)
            {
                return pooled;
            }
        }

        return IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
    }

    private void Give(IncrementalHash hash)
    {
        for (var i = 0; i < _pool.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _pool[i], hash, null) is null)
            {
                return;
            }
        }

        hash.Dispose();
    }
}
