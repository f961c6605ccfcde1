using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Exchange.Reports;

/// <summary>One log that a report looks through: the one that is written now, or an earlier one of the hub, which does not change any more.</summary>
internal sealed class TrailLog
{
    private readonly AuditLog? _open;
    private readonly LogReader? _closed;
    private readonly IEntrySealer? _sealer;

    public TrailLog(AuditLog log) => (_open, Origin) = (log, log.Origin);

    public TrailLog(LogReader log, IEntrySealer sealer) => (_closed, _sealer, Origin) = (log, sealer, log.Origin);

    /// <summary>The log's name.</summary>
    public string Origin { get; }

    /// <summary>Entries that are durable.</summary>
    public long Size => _open?.Size ?? _closed!.Size;

    /// <summary>The signed checkpoint as text: whoever keeps it can have the log checked up to it.</summary>
    public string Checkpoint => _open?.Checkpoint ?? _closed!.Checkpoint;

    /// <summary>Entries from an index on. Throws <see cref="InvalidDataException"/> for one that cannot be opened.</summary>
    public IEnumerable<(long Index, AuditEntry Entry)> From(long index) => _open?.ReadFrom(index) ?? Closed(index, long.MaxValue);

    /// <summary>One entry.</summary>
    public AuditEntry At(long index) => _open is { } open ? open.ReadFrom(index).First().Entry : Closed(index, index + 1).First().Entry;

    private IEnumerable<(long Index, AuditEntry Entry)> Closed(long from, long to)
    {
        foreach (var (index, leaf) in _closed!.Leaves(from, to))
        {
            yield return (index, EntryEnvelope.Open(_sealer!, Origin, leaf.Span) ?? throw new InvalidDataException($"Entry {index} of {Origin} cannot be opened with the hub's key."));
        }
    }
}
