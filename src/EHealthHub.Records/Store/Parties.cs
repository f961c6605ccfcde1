using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Index;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>Submitters by their number in the table of versions. Their names lie sealed under a key of the hub. Thread-safe.</summary>
internal sealed class Parties : IDisposable
{
    private const int KeptMax = 20_000;

    private readonly HubIdentity _hub;
    private readonly NationalTokens _national;
    private readonly DataKey _key;
    private readonly Bounded<int, string> _names = new(KeptMax);
    private readonly Bounded<string, (UInt128 Handle, byte[] Sealed)> _sealed = new(KeptMax);

    public Parties(HubIdentity hub, NationalTokens national, IKeyVault vault)
    {
        _hub = hub;
        _national = national;
        _key = vault.Derive("records/parties");
    }

    public string Name(SqliteReader reader, int reference)
    {
        if (_names.TryGet(reference, out var known))
        {
            return known;
        }

        var (handle, sealedName) = reader.Party(reference) ?? throw new RecordsTamperedException($"A version names the submitter {reference}, who is not there");
        var name = Open(handle, sealedName) ?? throw new RecordsTamperedException($"The name of the submitter {reference} is not what the hub wrote");
        _names.Set(reference, name);
        return name;
    }

    /// <summary>The name in a row; null where it is not what the hub wrote.</summary>
    public string? Open(UInt128 handle, ReadOnlySpan<byte> sealedName) =>
        NameSealer.Open(_key, _hub.Id, "party name"u8, handle, sealedName) is { } name && _national.Party(name) == handle ? name : null;

    /// <summary>Handle and sealed name, for a row that may have to be made.</summary>
    public (UInt128 Handle, byte[] Sealed) Seal(string name)
    {
        if (!_sealed.TryGet(name, out var known))
        {
            var handle = _national.Party(name);
            known = (handle, NameSealer.Seal(_key, _hub.Id, "party name"u8, handle, name));
            _sealed.Set(name, known);
        }

        return known;
    }

    public void Dispose() => _key.Dispose();
}
