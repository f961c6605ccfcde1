using System.Security.Cryptography;

namespace EHealthHub.Keys.Wrapping;

/// <summary>A 256-bit key in memory: pinned, zeroed when disposed, never written or logged.</summary>
public sealed class DataKey : IDisposable
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    private readonly byte[] _bytes = GC.AllocateArray<byte>(Size, pinned: true);
    private IncrementalHash? _hmac;
    private volatile bool _disposed;

    /// <summary>Copies the bytes; the caller clears its own.</summary>
    public DataKey(ReadOnlySpan<byte> bytes, int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size);
        bytes.CopyTo(_bytes);
        Epoch = epoch;
    }

    /// <summary>Which generation of its compartment's key this is, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The key. Do not keep the span.</summary>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes;
        }
    }

    /// <summary>A fresh random key.</summary>
    public static DataKey Create(int epoch)
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        var key = new DataKey(bytes, epoch);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        Interlocked.Exchange(ref _hmac, null)?.Dispose();
        CryptographicOperations.ZeroMemory(_bytes);
    }

    /// <summary>An HMAC-SHA-256 state under this key, for one thread at a time; give it back after use.</summary>
    internal IncrementalHash TakeHmac() => Interlocked.Exchange(ref _hmac, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Bytes);

    /// <summary>Keeps one state for the next use.</summary>
    internal void GiveHmac(IncrementalHash hmac)
    {
        if (Interlocked.CompareExchange(ref _hmac, hmac, null) is not null)
        {
            hmac.Dispose();
        }

        if (_disposed)
        {
            Interlocked.Exchange(ref _hmac, null)?.Dispose();
        }
    }
}
