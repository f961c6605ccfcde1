using System.Buffers.Binary;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Sqlite;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Sealing;

/// <summary>The data keys of compartments: wrapped in <c>keys.db</c>, unwrapped by the vault, lent from a bounded cache. A wrapped key moved to another compartment, hub or epoch does not unwrap. Thread-safe.</summary>
internal sealed class KeyRing(HubIdentity hub, IKeyVault vault, SqliteKeys keys, DataKeyCache cache) : IDisposable
{
    /// <summary>Epoch of the data keys that seal new versions.</summary>
    public const int CurrentEpoch = 1;

    /// <summary>Generation of the province's key-encryption key for new data keys.</summary>
    private const int CurrentKek = 1;

    /// <summary>Lends the key of an epoch of a compartment that exists; throws <see cref="RecordsTamperedException"/> when it is not to be had.</summary>
    public DataKeyLease Lease(long compartmentKey, UInt128 compartment, int epoch)
    {
        if (cache.TryLease(compartmentKey, epoch, out var lease))
        {
            return lease;
        }

        var wrapped = keys.Find(compartment, epoch) ?? throw new RecordsTamperedException("The compartment has no key", compartmentKey, -1);
        return cache.Add(compartmentKey, Unwrap(compartment, wrapped) ?? throw new RecordsTamperedException("The compartment's key does not unwrap", compartmentKey, -1));
    }

    /// <summary>
    /// The newest key of a compartment that may not exist yet; made and made durable where there is none. Durable before anything sealed with it is, so that a crash leaves at worst a key without a compartment.
    /// The caller disposes it.
    /// </summary>
    public DataKey OpenOrCreate(UInt128 compartment)
    {
        var wrapped = keys.Find(compartment, 0);
        if (wrapped is null)
        {
            using var made = DataKey.Create(CurrentEpoch);
            wrapped = keys.Add(compartment, new WrappedKey(made.Epoch, CurrentKek, Wrap(compartment, made)));
        }

        return Unwrap(compartment, wrapped) ?? throw new RecordsTamperedException("The key of a compartment to be does not unwrap");
    }

    /// <summary>Destroys the keys of a compartment, in the table and in memory. Nothing that was sealed with them opens any more. False where the table's log still holds them, for somebody reads it.</summary>
    public bool Destroy(long compartmentKey, ErasedKey erased)
    {
        var isFolded = keys.Destroy(erased);
        cache.Remove(compartmentKey);
        return isFolded;
    }

    /// <summary>The marks of all compartments whose keys were destroyed.</summary>
    public List<ErasedKey> Erased() => keys.Erased();

    /// <summary>Unwraps; null where the bytes are not those of this hub, compartment and epoch.</summary>
    public DataKey? Unwrap(UInt128 compartment, WrappedKey key)
    {
        Span<byte> associated = stackalloc byte[AssociatedSize];
        WriteAssociated(associated, compartment, key.Epoch);
        return vault.Unwrap(Kek(key.Kek), key.Wrapped, associated, key.Epoch);
    }

    public void Dispose() => cache.Dispose();

    private const int AssociatedSize = 12 + 16 + 16 + 4;

    private byte[] Wrap(UInt128 compartment, DataKey key)
    {
        Span<byte> associated = stackalloc byte[AssociatedSize];
        WriteAssociated(associated, compartment, key.Epoch);
        return vault.Wrap(Kek(CurrentKek), key, associated);
    }

    private void WriteAssociated(Span<byte> to, UInt128 compartment, int epoch)
    {
        "EHealthHub k"u8.CopyTo(to);
        hub.Id.TryWriteBytes(to[12..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt128BigEndian(to[28..], compartment);
        BinaryPrimitives.WriteInt32BigEndian(to[44..], epoch);
    }

    private string Kek(int generation) => $"kek/{hub.Province}/{generation}";
}
