using EHealthHub.Audit.Entries;
using EHealthHub.Keys.AuditKeys;
using EHealthHub.Keys.Development;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;

namespace EHealthHub.Operator.Checking;

/// <summary>The audit keys that open the entries of a data directory's logs: from the hub's key file where it is, else from the auditors'. Only whoever may read those files has them.</summary>
internal sealed class EntryKeys : IDisposable
{
    private readonly IKeyVault? _vault;
    private readonly HubIdentity? _hub;
    private readonly AuditKeyRing? _ring;
    private readonly Dictionary<string, VaultEntrySealer?> _keys = new(StringComparer.Ordinal);

    private EntryKeys(IKeyVault? vault, HubIdentity? hub, AuditKeyRing? ring) => (_vault, _hub, _ring) = (vault, hub, ring);

    /// <summary>Throws <see cref="InvalidDataException"/> when neither file can be used.</summary>
    public static EntryKeys Open(HubLayout layout)
    {
        if (HubIdentity.Open(layout.Root, null) is { } hub && Directory.Exists(layout.Keys) && Directory.EnumerateFiles(layout.Keys).Any())
        {
            return new EntryKeys(DevelopmentVault.Open(layout.Keys, hub.Id, create: false), hub, null);
        }

        var ring = Path.Combine(layout.Auditor, AuditKeyRing.FileName);
        return File.Exists(ring)
            ? new EntryKeys(null, null, AuditKeyRing.Read(ring))
            : throw new InvalidDataException($"There is neither the hub's key file in {layout.Keys} nor the auditors' in {layout.Auditor}: the entries cannot be opened.");
    }

    /// <summary>The audit key of a log; null for a log that the file in use does not know.</summary>
    public IEntryKey? Of(string origin)
    {
        if (!_keys.TryGetValue(origin, out var key))
        {
            _keys.Add(origin, key = KeyOf(origin) is { } secret ? new VaultEntrySealer(secret) : null);
        }

        return key;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in _keys.Values)
        {
            key?.Dispose();
        }

        _vault?.Dispose();
        _ring?.Dispose();
    }

    private DataKey? KeyOf(string origin)
    {
        if (_ring is not null)
        {
            return _ring.SealingKey(origin) is { } held ? new DataKey(held.Bytes, held.Epoch) : null;
        }

        return origin[..(origin.LastIndexOf('/') + 1)] == HubLayout.AuditOrigin(_hub!, "") ? _vault!.Derive(HubLayout.AuditKey(LogReplay.PeriodOf(origin))) : null;
    }
}
