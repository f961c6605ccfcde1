using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EHealthHub.Records.Store;

/// <summary>
/// SHA-256 over length-prefixed fields: what a receipt is bound to. Two different asks never give the same bytes, because every field carries its length and every list its count. The fields are gathered and hashed at once: handed to the
/// cryptographic library one by one they cost more than all of the hashing.
/// </summary>
internal readonly ref struct AskHash
{
    /// <summary>What was gathered beyond this many bytes is hashed, and a field as long is not gathered at all: an ask may hold bodies of many megabytes.</summary>
    private const int GatheredBytesMax = 16 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_spare;

    private readonly ArrayBufferWriter<byte> _fields;
    private readonly IncrementalHash? _hash;

    private AskHash(ArrayBufferWriter<byte> fields, IncrementalHash? hash)
    {
        _fields = fields;
        _hash = hash;
    }

    /// <summary>Starts a short ask with the name of what is asked, so that a receipt for a read can never be one for a search.</summary>
    public static AskHash Start(string what) => Start(what, null);

    /// <summary>Starts an ask that may hold bodies.</summary>
    public static AskHash StartLong(string what) => Start(what, IncrementalHash.CreateHash(HashAlgorithmName.SHA256));

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        if (_hash is not null && bytes.Length > GatheredBytesMax)
        {
            HashGathered(_hash);
            _hash.AppendData(bytes);
            return;
        }

        _fields.Write(bytes);
        if (_hash is not null && _fields.WrittenCount > GatheredBytesMax)
        {
            HashGathered(_hash);
        }
    }

    public void Add(string? text)
    {
        if (text is null)
        {
            Add(-1);
            return;
        }

        Add(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, _fields);
    }

    public void Add(long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_fields.GetSpan(sizeof(long)), number);
        _fields.Advance(sizeof(long));
    }

    public void Add(DateTimeOffset time) => Add(Microseconds.From(time));

    public byte[] Finish()
    {
        byte[] result;
        if (_hash is null)
        {
            result = SHA256.HashData(_fields.WrittenSpan);
            _fields.Clear(); // with zeros: what was asked does not lie about
        }
        else
        {
            using (_hash)
            {
                HashGathered(_hash);
                result = _hash.GetHashAndReset();
            }
        }

        s_spare = _fields.Capacity <= 4 * GatheredBytesMax ? _fields : null;
        return result;
    }

    private static AskHash Start(string what, IncrementalHash? hash)
    {
        var fields = s_spare ?? new ArrayBufferWriter<byte>(512);
        s_spare = null; // two asks that are gathered on one thread at the same time have a buffer each
        var ask = new AskHash(fields, hash);
        ask.Add(what);
        return ask;
    }

    private void HashGathered(IncrementalHash hash)
    {
        hash.AppendData(_fields.WrittenSpan);
        _fields.Clear();
    }
}

/// <summary>Times as the store keeps them: whole microseconds since 1970, UTC.</summary>
internal static class Microseconds
{
    public static long From(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset ToTime(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
