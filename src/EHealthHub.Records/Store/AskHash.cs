using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EHealthHub.Records.Store;

/// <summary>SHA-256 over length-prefixed fields: what a receipt is bound to. Two different asks never give the same bytes, because every field carries its length and every list its count.</summary>
internal ref struct AskHash
{
    private readonly IncrementalHash _hash;
    private readonly Span<byte> _scratch;

    private AskHash(IncrementalHash hash, Span<byte> scratch)
    {
        _hash = hash;
        _scratch = scratch;
    }

    /// <summary>Starts with the name of what is asked, so that a receipt for a read can never be one for a search. <paramref name="scratch"/> holds at least 256 bytes.</summary>
    public static AskHash Start(string what, Span<byte> scratch)
    {
        var hash = new AskHash(IncrementalHash.CreateHash(HashAlgorithmName.SHA256), scratch);
        hash.Add(what);
        return hash;
    }

    public readonly void Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        _hash.AppendData(bytes);
    }

    public readonly void Add(string? text)
    {
        if (text is null)
        {
            Add(-1);
            return;
        }

        var length = Encoding.UTF8.GetMaxByteCount(text.Length) <= _scratch.Length ? Encoding.UTF8.GetBytes(text, _scratch) : -1;
        Add(length >= 0 ? _scratch[..length] : Encoding.UTF8.GetBytes(text));
    }

    public readonly void Add(long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        _hash.AppendData(bytes);
    }

    public readonly void Add(DateTimeOffset time) => Add(Microseconds.From(time));

    public readonly byte[] Finish()
    {
        using (_hash)
        {
            return _hash.GetHashAndReset();
        }
    }
}

/// <summary>Times as the store keeps them: whole microseconds since 1970, UTC.</summary>
internal static class Microseconds
{
    public static long From(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset ToTime(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
