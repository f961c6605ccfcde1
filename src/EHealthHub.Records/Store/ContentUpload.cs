using System.Buffers;
using System.Security.Cryptography;
using EHealthHub.Fhir.Search;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Sealing;

namespace EHealthHub.Records.Store;

/// <summary>
/// Content that is being received: two buffers of a chunk, whatever its length. Sealed chunks go to the database as they fill; no writer waits for the sender. Disposing it takes them away again unless a commit has named them, or may have.
/// For one caller at a time.
/// </summary>
public sealed class ContentUpload : IAsyncDisposable
{
    private readonly ContentStore _store;
    private readonly DataKey _key;
    private readonly ContentPlace _place;
    private readonly long _compartmentKey;
    private readonly (CompartmentKind Kind, string Name) _for;
    private readonly byte[] _salt;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _plain = ArrayPool<byte>.Shared.Rent(ContentSeal.ChunkBytes);
    private readonly byte[] _sealed = ArrayPool<byte>.Shared.Rent(ContentSeal.SealedMax);
    private int _filled;
    private int _chunks;
    private State _state;

    internal ContentUpload(ContentStore store, DataKey key, ContentPlace place, long compartmentKey, (CompartmentKind Kind, string Name) received, byte[] salt)
    {
        _store = store;
        _key = key;
        _place = place;
        _compartmentKey = compartmentKey;
        _for = received;
        _salt = salt;
    }

    private enum State
    {
        /// <summary>Nothing names it.</summary>
        Staged,

        /// <summary>A commit names it, and how that ended is not known.</summary>
        Unknown,

        /// <summary>A version names it.</summary>
        Named,

        Over,
    }

    /// <summary>Its compartment was erased meanwhile: the key that seals it is gone.</summary>
    internal bool IsErased { get; set; }

    /// <summary>True for content of this compartment.</summary>
    internal bool LiesIn(UInt128 compartment) => _place.Compartment == compartment;

    /// <summary>Bytes received.</summary>
    public long Length => ((long)_chunks * ContentSeal.ChunkBytes) + _filled;

    /// <summary>Takes in more bytes. Throws <see cref="RecordsUnavailableException"/> when the disk takes no more.</summary>
    public async ValueTask Add(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Length + bytes.Length, ContentSeal.LengthMax, nameof(bytes));
        while (!bytes.IsEmpty)
        {
            if (_filled == ContentSeal.ChunkBytes)
            {
                // Only now is it known not to be the last.
                await _store.Database.Add(_place.Compartment, _place.Content, _chunks, Seal(last: false), cancellationToken).ConfigureAwait(false);
                (_filled, _chunks) = (0, _chunks + 1);
            }

            var taken = Math.Min(bytes.Length, ContentSeal.ChunkBytes - _filled);
            bytes.Span[..taken].CopyTo(_plain.AsSpan(_filled));
            _filled += taken;
            bytes = bytes[taken..];
        }
    }

    /// <summary>Ends the content, of at least one byte, and makes it durable. Nothing can be added afterwards.</summary>
    public async ValueTask<StoredContent> Finish(CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(Length);
        var length = Length;
        await _store.Database.AddLast(_place.Compartment, _place.Content, _chunks, Seal(last: true), cancellationToken).ConfigureAwait(false);
        return new StoredContent(new ContentDescriptor(_place.Content, _key.Epoch, length, _salt, _hash.GetHashAndReset()), _place.Compartment, _compartmentKey, _for);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_state == State.Over)
        {
            return;
        }

        var state = _state;
        _state = State.Over;
        CryptographicOperations.ZeroMemory(_plain);
        ArrayPool<byte>.Shared.Return(_plain);
        ArrayPool<byte>.Shared.Return(_sealed);
        _key.Dispose();
        _hash.Dispose();
        try
        {
            // Neither the caller's leaving nor its patience counts here. What is left when this fails, or where the commit's end is unknown, the sweep sees to.
            if (state == State.Named)
            {
                await _store.Database.Settle(_place.Content, CancellationToken.None).ConfigureAwait(false);
            }
            else if (state == State.Staged)
            {
                await _store.Database.Remove(_place.Compartment, _place.Content, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (RecordsUnavailableException)
        {
            // A disk that is full refuses this as well; the upload's row stays, and the sweep tries again.
        }
        finally
        {
            _store.Forget(_place.Content);
        }
    }

    /// <summary>A commit that names it is about to be made.</summary>
    internal void Committing() => _state = State.Unknown;

    /// <summary>How that commit ended.</summary>
    internal void Ended(CommitStatus status) => _state = status == CommitStatus.Committed ? State.Named : State.Staged;

    private ReadOnlyMemory<byte> Seal(bool last)
    {
        var length = last ? ContentSeal.Padded(_filled) : _filled;
        _plain.AsSpan(_filled, length - _filled).Clear();
        var chunk = _sealed.AsMemory(0, length + Sealer.Overhead);
        ContentSeal.Seal(_key, _place, _chunks, last, _plain.AsSpan(0, length), chunk.Span);
        _hash.AppendData(chunk.Span);
        return chunk;
    }
}
