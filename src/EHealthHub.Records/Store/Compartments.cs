using EHealthHub.Fhir.Search;
using EHealthHub.Records.Index;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>Finds compartments by name, handle or key, with their names opened. What it keeps never changes while a compartment lives. Thread-safe.</summary>
internal sealed class Compartments(HubIdentity hub, NationalTokens national, KeyRing keys)
{
    private const int KeptMax = 50_000;

    private readonly Bounded<UInt128, CompartmentInfo> _byHandle = new(KeptMax);
    private readonly Bounded<long, CompartmentInfo> _byKey = new(KeptMax);

    /// <summary>What seals the name of a compartment.</summary>
    public static ReadOnlySpan<byte> NameLabel => "compartment name"u8;

    public CompartmentInfo? Find(SqliteReader reader, CompartmentKind kind, string name)
    {
        var handle = national.Compartment(kind, name);
        return _byHandle.TryGet(handle, out var known) ? known : reader.Compartment(handle) is { } row ? Open(row) : null;
    }

    /// <summary>The compartment of a row that points to it: its absence is damage.</summary>
    public CompartmentInfo Get(SqliteReader reader, long key) =>
        _byKey.TryGet(key, out var known) ? known : Open(reader.Compartment(key) ?? throw new RecordsTamperedException("A row belongs to no compartment", key, -1));

    /// <summary>The compartment was erased.</summary>
    public void Forget(long key, UInt128 handle)
    {
        _byKey.Remove(key);
        _byHandle.Remove(handle);
    }

    /// <summary>Opens the name in a row and checks that the handle is that of the name.</summary>
    public CompartmentInfo Open(CompartmentRow row)
    {
        if (_byKey.TryGet(row.Key, out var known) && known.Handle == row.Handle)
        {
            return known;
        }

        string? name;
        using (var lease = keys.Lease(row.Key, row.Handle, Keys.Sealing.Sealer.EpochOf(row.Name)))
        {
            name = NameSealer.Open(lease.Key, hub.Id, NameLabel, row.Handle, row.Name);
        }

        var kind = (CompartmentKind)row.Kind;
        if (name is null || national.Compartment(kind, name) != row.Handle)
        {
            throw new RecordsTamperedException("The compartment's name is not what the hub wrote", row.Key, -1);
        }

        var info = new CompartmentInfo(row.Key, row.Number, row.Handle, kind, name);
        _byKey.Set(row.Key, info);
        _byHandle.Set(row.Handle, info);
        return info;
    }
}
