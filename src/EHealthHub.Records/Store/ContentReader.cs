using System.Security.Cryptography;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>
/// Opens content chunk by chunk. A chunk is given out when all of it is verified; read from the first to the last, the last one only when the hash over all sealed chunks is the one that the version is sealed with. For one caller at a time.
/// </summary>
public sealed class ContentReader : IDisposable
{
    private readonly SqliteContents _database;
    private readonly DataKey _key;
    private readonly ContentPlace _place;
    private readonly StoredContent _content;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private int _hashed;

    internal ContentReader(SqliteContents database, DataKey key, ContentPlace place, StoredContent content)
    {
        _database = database;
        _key = key;
        _place = place;
        _content = content;
    }

    /// <summary>Bytes in every chunk but the last, and so the size of buffer that <see cref="Read"/> wants.</summary>
    public static int ChunkBytes => ContentSeal.ChunkBytes;

    /// <summary>Bytes of the content.</summary>
    public long Length => _content.Length;

    /// <summary>How many chunks there are.</summary>
    public int Chunks => _content.Descriptor.Chunks;

    /// <summary>Opens a chunk into <paramref name="to"/>, of <see cref="ChunkBytes"/>, and gives how many bytes of it are content. Throws <see cref="RecordsTamperedException"/> for a chunk that is not what the hub wrote.</summary>
    public async ValueTask<int> Read(int chunk, Memory<byte> to, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(chunk);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(chunk, Chunks);
        var length = _content.Descriptor.BytesIn(chunk);
        var (_, opened) = await _database.Read(_place.Compartment, _place.Content, chunk, bytes => TryOpen(chunk, length, bytes, to.Span), cancellationToken).ConfigureAwait(false);
        if (!opened)
        {
            CryptographicOperations.ZeroMemory(to.Span);
            throw new RecordsTamperedException(FormattableString.Invariant($"Chunk {chunk} of a content is not what the hub wrote"), _content.CompartmentKey, -1);
        }

        return length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _key.Dispose();
        _hash.Dispose();
    }

    private bool TryOpen(int chunk, int length, ReadOnlySpan<byte> bytes, Span<byte> to)
    {
        var last = chunk == Chunks - 1;
        if (bytes.Length != (last ? ContentSeal.Padded(length) : length) + Sealer.Overhead || !ContentSeal.TryOpen(_key, _place, chunk, last, bytes, to))
        {
            return false;
        }

        if (chunk != _hashed)
        {
            return true; // a part of the content: each chunk stands by its own seal
        }

        _hash.AppendData(bytes);
        _hashed++;
        return !last || CryptographicOperations.FixedTimeEquals(_hash.GetHashAndReset(), _content.Descriptor.Hash.Span);
    }
}
