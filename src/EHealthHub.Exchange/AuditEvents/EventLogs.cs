using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Audit.Tiles;
using EHealthHub.Exchange.Reports;

namespace EHealthHub.Exchange.AuditEvents;

/// <summary>One log of the hub, to be read by index as it stands now.</summary>
/// <param name="Origin">The log.</param>
/// <param name="Size">Its durable entries at the time it was opened.</param>
/// <param name="Read">Entries from an index up to another, in order.</param>
internal sealed record EventLog(string Origin, long Size, Func<long, long, IEnumerable<AuditEntry>> Read)
{
    /// <summary>One entry.</summary>
    public AuditEntry At(long index) => Read(index, index + 1).First();
}

/// <summary>All logs of this gateway, that of its upkeep too: the one that is written now, and those that lie in the folder beside it.</summary>
internal sealed class EventLogs(AuditLog live, string? auditFolder, LogKeys keys)
{
    /// <summary>Most logs that are read: more than a gateway fills in its life.</summary>
    private const int LogsMax = 256;

    /// <summary>The logs; throws <see cref="InvalidDataException"/> for one that is damaged.</summary>
    public IReadOnlyList<EventLog> Open()
    {
        var logs = new List<EventLog> { Live() };
        foreach (var folder in auditFolder is null ? [] : LogReader.FoldersIn(auditFolder).Take(LogsMax))
        {
            if (LogFolder.OriginOf(Path.GetFileName(folder)) is { } origin && origin != live.Origin)
            {
                logs.Add(Kept(LogReader.Open(folder)));
            }
        }

        return logs;
    }

    /// <summary>The log that a place names; null where there is none.</summary>
    public EventLog? Find(ulong log)
    {
        if (EventIds.LogOf(live.Origin) == log)
        {
            return Live();
        }

        var folder = auditFolder is null ? null : LogReader.FoldersIn(auditFolder).Take(LogsMax).FirstOrDefault(f => LogFolder.OriginOf(Path.GetFileName(f)) is { } origin && EventIds.LogOf(origin) == log);
        return folder is null ? null : Kept(LogReader.Open(folder));
    }

    private EventLog Live() => new(live.Origin, live.Size, (from, to) => live.ReadFrom(from).TakeWhile(e => e.Index < to).Select(e => e.Entry));

    private EventLog Kept(LogReader reader)
    {
        var key = keys.Of(reader.Origin);
        return new EventLog(reader.Origin, reader.Size, (from, to) => reader.Leaves(from, to).Select(leaf =>
            EntryEnvelope.Open(key, reader.Origin, leaf.Leaf.Span) ?? throw new InvalidDataException($"{reader.Origin}: entry {leaf.Index} cannot be opened.")));
    }
}
