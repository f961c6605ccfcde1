using System.Buffers;
using System.Buffers.Binary;
using ZstdSharp;

namespace EHealthHub.Records.Sealing;

/// <summary>
/// Content as it is sealed: length of the zstd frame (4 bytes, big-endian), frame, zeros up to the padded length. Every content is compressed alone. Contexts are pooled; thread-safe.
/// </summary>
internal sealed class Compression : IDisposable
{
    /// <summary>Longest content in bytes, compressed or not: more than the largest body that is accepted.</summary>
    public const int ContentMax = 32 * 1024 * 1024;

    private const int Level = 3;
    private const int LengthSize = 4;
    private const int PooledMax = 16;

    private readonly byte[]?[] _dictionaries;
    private readonly Pool<Compressor>[] _compressors;
    private readonly Pool<Decompressor>[] _decompressors;

    public Compression()
    {
        _dictionaries = [null, .. Dictionaries.All];
        _compressors = [.. _dictionaries.Select(d => new Pool<Compressor>(PooledMax, () => NewCompressor(d)))];
        _decompressors = [.. _dictionaries.Select(d => new Pool<Decompressor>(PooledMax, () => NewDecompressor(d)))];
    }

    /// <summary>Packs the content into a rented buffer; the caller gives it back, cleared. The length is the padded one.</summary>
    public (byte[] Rented, int Length) Pack(ReadOnlySpan<byte> content, byte dictionary)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, ContentMax);
        var most = LengthSize + Compressor.GetCompressBound(content.Length);
        var rented = ArrayPool<byte>.Shared.Rent(Padding.LengthFor(most));
        var frame = 0;
        if (!content.IsEmpty)
        {
            var compressor = _compressors[dictionary].Take();
            frame = compressor.Wrap(content, rented.AsSpan(LengthSize));
            _compressors[dictionary].Give(compressor);
        }

        BinaryPrimitives.WriteInt32BigEndian(rented, frame);
        var length = Padding.LengthFor(LengthSize + frame);
        rented.AsSpan(LengthSize + frame, length - LengthSize - frame).Clear();
        return (rented, length);
    }

    /// <summary>Unpacks what <see cref="Pack"/> made; null for anything else. The input is authentic by now, so null means a bug or a newer format, and is treated as damage all the same.</summary>
    public byte[]? Unpack(ReadOnlySpan<byte> packed, byte dictionary)
    {
        if (packed.Length < LengthSize || dictionary >= _decompressors.Length)
        {
            return null;
        }

        var frame = BinaryPrimitives.ReadInt32BigEndian(packed);
        if (frame < 0 || frame > packed.Length - LengthSize)
        {
            return null;
        }

        if (frame == 0)
        {
            return [];
        }

        var compressed = packed.Slice(LengthSize, frame);
        var size = Decompressor.GetDecompressedSize(compressed);
        if (size > ContentMax)
        {
            return null;
        }

        var content = GC.AllocateUninitializedArray<byte>((int)size);
        var decompressor = _decompressors[dictionary].Take();
        var written = decompressor.Unwrap(compressed, content);
        _decompressors[dictionary].Give(decompressor);
        return written == content.Length ? content : null;
    }

    public void Dispose()
    {
        Array.ForEach(_compressors, p => p.Dispose());
        Array.ForEach(_decompressors, p => p.Dispose());
    }

    private static Compressor NewCompressor(byte[]? dictionary)
    {
        var compressor = new Compressor(Level);
        if (dictionary is not null)
        {
            compressor.LoadDictionary(dictionary);
        }

        return compressor;
    }

    private static Decompressor NewDecompressor(byte[]? dictionary)
    {
        var decompressor = new Decompressor();
        if (dictionary is not null)
        {
            decompressor.LoadDictionary(dictionary);
        }

        return decompressor;
    }

    /// <summary>A few instances for reuse; what does not fit is disposed.</summary>
    private sealed class Pool<T>(int max, Func<T> create) : IDisposable
        where T : class, IDisposable
    {
        private readonly T?[] _free = new T?[max];

        public T Take()
        {
            for (var i = 0; i < _free.Length; i++)
            {
                if (_free[i] is not null && Interlocked.Exchange(ref _free[i], null) is { } taken)
                {
                    return taken;
                }
            }

            return create();
        }

        public void Give(T instance)
        {
            for (var i = 0; i < _free.Length; i++)
            {
                if (Interlocked.CompareExchange(ref _free[i], instance, null) is null)
                {
                    return;
                }
            }

            instance.Dispose();
        }

        public void Dispose() => Array.ForEach(_free, f => f?.Dispose());
    }
}
