using System.Buffers;
using System.Buffers.Binary;
using ZstdSharp;

namespace EHealthHub.Records.Sealing;

/// <summary>
/// Content as it is sealed: a zstd frame without its magic number, checksum and dictionary id, then zeros up to the padded length; no content is all zeros. Every content is compressed alone. Contexts are pooled; thread-safe.
/// </summary>
internal sealed class Compression : IDisposable
{
    /// <summary>Longest content in bytes, compressed or not: more than the largest body that is accepted.</summary>
    public const int ContentMax = 32 * 1024 * 1024;

    /// <summary>Longest packed content.</summary>
    public const int PackedMax = ContentMax * 2;

    /// <summary>Bytes that <see cref="Unpack"/> wants before what is packed: it writes the magic number there.</summary>
    public const int Before = 4;

    private const int Level = 3;
    private const uint Magic = 0xFD2FB528;
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
        var rented = ArrayPool<byte>.Shared.Rent(Padding.LengthFor(Compressor.GetCompressBound(content.Length)));
        var frame = 0;
        if (!content.IsEmpty)
        {
            var compressor = _compressors[dictionary].Take();
            frame = compressor.Wrap(content, rented.AsSpan()) - Before;
            _compressors[dictionary].Give(compressor);
            rented.AsSpan(Before, frame).CopyTo(rented);
        }

        var length = Padding.LengthFor(frame);
        rented.AsSpan(frame, length - frame).Clear();
        return (rented, length);
    }

    /// <summary>Unpacks what <see cref="Pack"/> made, with <see cref="Before"/> bytes before it; null for anything else. The input is authentic by now, so null means a bug or a newer format, and is treated as damage all the same.</summary>
    public byte[]? Unpack(Span<byte> packed, byte dictionary)
    {
        if (packed.Length <= Before || dictionary >= _decompressors.Length)
        {
            return null;
        }

        if (packed[Before] == 0)
        {
            return packed[Before..].ContainsAnyExcept((byte)0) ? null : [];
        }

        var length = FrameLength(packed[Before..]);
        if (length < 0)
        {
            return null;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(packed, Magic);
        var frame = packed[..(Before + length)];
        var size = Decompressor.GetDecompressedSize(frame);
        if (size > ContentMax)
        {
            return null;
        }

        var content = GC.AllocateUninitializedArray<byte>((int)size);
        var decompressor = _decompressors[dictionary].Take();
        var whole = decompressor.TryUnwrap(frame, content.AsSpan(), out var written);
        _decompressors[dictionary].Give(decompressor);
        return whole && written == content.Length ? content : null;
    }

    /// <summary>Where a frame without its magic number ends (RFC 8878, 3.1.1): its header, then blocks up to the last; -1 when it has no end.</summary>
    private static int FrameLength(ReadOnlySpan<byte> frame)
    {
        var descriptor = frame[0];
        var single = (descriptor >> 5) & 1;
        ReadOnlySpan<byte> sizeBytes = [(byte)single, 2, 4, 8];
        var at = 1 + (1 - single) + sizeBytes[descriptor >> 6];
        if ((descriptor & 0b0001_1111) != 0)
        {
            return -1; // a dictionary id, a checksum or a reserved bit: never written
        }

        while (at + 3 <= frame.Length)
        {
            var header = frame[at] | (frame[at + 1] << 8) | (frame[at + 2] << 16);
            at += 3 + ((header & 0b110) == 0b010 ? 1 : header >> 3); // one repeated byte, or so many
            if ((header & 1) != 0)
            {
                return at <= frame.Length ? at : -1;
            }
        }

        return -1;
    }

    public void Dispose()
    {
        Array.ForEach(_compressors, p => p.Dispose());
        Array.ForEach(_decompressors, p => p.Dispose());
    }

    private static Compressor NewCompressor(byte[]? dictionary)
    {
        var compressor = new Compressor(Level);
        compressor.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_dictIDFlag, 0); // the envelope names it
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
