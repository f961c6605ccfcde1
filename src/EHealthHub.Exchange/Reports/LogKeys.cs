using System.Collections.Concurrent;
using EHealthHub.Audit.Entries;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;

namespace EHealthHub.Exchange.Reports;

/// <summary>Audit keys of the hub's logs by their origins: one for each half-year, kept as long as the process lives. Thread-safe.</summary>
internal sealed class LogKeys(IKeyVault vault)
{
    private readonly ConcurrentDictionary<string, IEntryKey> _keys = new(StringComparer.Ordinal);

    /// <summary>The key of a log; the log of the hub's upkeep has that of its half-year.</summary>
    public IEntryKey Of(string origin) => _keys.GetOrAdd(HubLayout.AuditKey(origin[(origin.LastIndexOf('/') + 1)..]), name => new VaultEntrySealer(vault.Derive(name)));
}
