using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using EHealthHub.Fhir.Search;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Erasing;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>
/// Long content beside versions, in sealed chunks. An upload is staged: its chunks lie in the database, and nobody can open them, this hub included, for the salt of their key is in the upload's memory alone until a commit seals it into a
/// version. What no version names in the end is swept. To open content one needs a version that was opened, and so a receipt. Thread-safe.
/// </summary>
public sealed class ContentStore : IDisposable
{
    private readonly HubIdentity _hub;
    private readonly StoreParts _parts;
    private readonly SqliteReaders _readers;
    private readonly ErasureGate _gate;
    private readonly ConcurrentDictionary<UInt128, ContentUpload> _underWay = new();

    internal ContentStore(string databaseFolder, HubIdentity hub, StoreParts parts, SqliteReaders readers, ErasureGate gate)
    {
        _gate = gate;
        _hub = hub;
        _parts = parts;
        _readers = readers;
        Database = new SqliteContents(databaseFolder);
    }

    /// <summary>The chunks.</summary>
    internal SqliteContents Database { get; }

    /// <summary>Begins to receive content for a compartment, which need not exist yet. Dispose it when the commit that names the content is over, however that ended.</summary>
    public async ValueTask<ContentUpload> Begin(CompartmentKind kind, string compartmentName, CancellationToken cancellationToken)
    {
        var salt = RandomNumberGenerator.GetBytes(ContentKey.SaltSize);
        var id = BinaryPrimitives.ReadUInt128BigEndian(RandomNumberGenerator.GetBytes(16));
        using var pass = await _gate.Pass(cancellationToken).ConfigureAwait(false);
        var (key, compartment, compartmentKey) = await KeyFor(kind, compartmentName, salt, cancellationToken).ConfigureAwait(false);
        var upload = new ContentUpload(this, key, new ContentPlace(_hub.Id, compartment, id), compartmentKey, (kind, compartmentName), salt);
        _underWay[id] = upload;
        try
        {
            await Database.Begin(compartment, id, cancellationToken).ConfigureAwait(false);
            return upload;
        }
        catch
        {
            await upload.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens content of a version that was opened under a receipt. Dispose it when done: it holds a key.</summary>
    public ContentReader Open(StoredContent content)
    {
        using var lease = _parts.Keys.Lease(content.CompartmentKey, content.Compartment, content.Descriptor.Epoch);
        return new ContentReader(Database, ContentKey.Derive(lease.Key, content.Descriptor.Salt.Span), new ContentPlace(_hub.Id, content.Compartment, content.Descriptor.Id), content);
    }

    /// <summary>Takes away what was received and no version names: of uploads that a crash ended, or whose commit's end was unknown. Gives their number.</summary>
    public async ValueTask<int> Sweep(CancellationToken cancellationToken)
    {
        var swept = 0;
        foreach (var (content, compartment) in await Database.Uploads(cancellationToken).ConfigureAwait(false))
        {
            if (_underWay.ContainsKey(content))
            {
                continue;
            }

            if (await IsNamed(content, cancellationToken).ConfigureAwait(false))
            {
                await Database.Settle(content, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await Database.Remove(compartment, content, cancellationToken).ConfigureAwait(false);
                swept++;
            }
        }

        return swept;
    }

    /// <summary>Closes the database; no other method may be running.</summary>
    public void Dispose() => Database.Dispose();

    /// <summary>Takes away all chunks of a compartment that is erased. What is still being uploaded to it is lost: its key is gone.</summary>
    internal async ValueTask<bool> Erase(UInt128 compartment, CancellationToken cancellationToken)
    {
        foreach (var upload in _underWay.Values.Where(u => u.LiesIn(compartment)))
        {
            upload.IsErased = true;
        }

        return await Database.Erase(compartment, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>An upload is over.</summary>
    internal void Forget(UInt128 content) => _underWay.TryRemove(content, out _);

    /// <summary>The uploads that a commit names.</summary>
    internal List<ContentUpload> UploadsOf(CommitAsk ask)
    {
        var uploads = new List<ContentUpload>();
        foreach (var entry in ask.Entries)
        {
            if (entry.Content is { } content && _underWay.TryGetValue(content.Descriptor.Id, out var upload))
            {
                uploads.Add(upload);
            }
        }

        return uploads;
    }

    private async ValueTask<(DataKey Key, UInt128 Compartment, long CompartmentKey)> KeyFor(CompartmentKind kind, string name, byte[] salt, CancellationToken cancellationToken)
    {
        CompartmentInfo? known;
        using (var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false))
        {
            known = _parts.Compartments.Find(lease.Reader, kind, name);
        }

        if (known is not null)
        {
            using var lease = _parts.Keys.Lease(known.Key, known.Handle, KeyRing.CurrentEpoch);
            return (ContentKey.Derive(lease.Key, salt), known.Handle, known.Key);
        }

        var handle = _parts.National.Compartment(kind, name);
        using var made = _parts.Keys.OpenOrCreate(handle);
        return (ContentKey.Derive(made, salt), handle, 0);
    }

    private async ValueTask<bool> IsNamed(UInt128 content, CancellationToken cancellationToken)
    {
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        return lease.Reader.HasContent(content);
    }
}
