using System.Globalization;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Exchange.Submit;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Start;

/// <summary>The database is behind the log: it was rolled back, or belongs to another hub. The hub does not start.</summary>
public sealed class RolledBackException : Exception
{
    /// <summary>With its reason.</summary>
    public RolledBackException(string message)
        : base(message)
    {
    }

    /// <summary>For serializers.</summary>
    public RolledBackException()
    {
    }

    /// <summary>With its reason and cause.</summary>
    public RolledBackException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>
/// Brings log and database together after a crash: every intent without an outcome gets one from what the database holds. Also notices a database that is older than the log.
/// Watermark entries, written now and then, say from where intents may still be open, so that only the log's tail is read.
/// </summary>
public sealed class CloseOrphans(AuditLog log, RecordStore records, Journal journal, OpenIntents intents, TimeProvider time)
{
    /// <summary>Reason of watermark entries; their detail is the index from which intents may be open.</summary>
    public const string Watermark = "outcomes-closed-below";

    private const int ChunkEntries = 4_096;
    private const int HashesPerEntryMax = 1_500;

    /// <summary>At start, before the first request: closes orphans, compares the database's head with the log's, and writes a watermark. Gives the number of orphans closed.</summary>
    public async ValueTask<int> AtStart(CancellationToken cancellationToken)
    {
        var (open, lastSequence) = Scan();
        var head = await records.LastSequence(cancellationToken).ConfigureAwait(false);
        if (head < lastSequence)
        {
            throw new RolledBackException(string.Create(CultureInfo.InvariantCulture, $"The log tells of commit {lastSequence}, the database ends at {head}: it was rolled back or replaced."));
        }

        foreach (var (index, intent) in open.OrderBy(o => o.Key))
        {
            await Close(index, intent, cancellationToken).ConfigureAwait(false);
        }

        await WriteWatermark(cancellationToken).ConfigureAwait(false);
        return open.Count;
    }

    /// <summary>While running: closes intents whose end was unknown because the store or the log had failed, and moves the watermark.</summary>
    public async ValueTask Sweep(CancellationToken cancellationToken)
    {
        foreach (var index in intents.Unknown())
        {
            var (_, intent) = log.ReadFrom(index).First();
            await Close(index, intent, cancellationToken).ConfigureAwait(false);
            intents.Forget(index);
        }

        await WriteWatermark(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask Close(long index, AuditEntry intent, CancellationToken cancellationToken)
    {
        var committed = await records.CommittedUnder(log.Origin, index, cancellationToken).ConfigureAwait(false);
        var (status, reason, sequence, hashes) = committed is { } c ? (200, "committed-closed-later", c.Sequence, c.EnvelopeHashes) : (500, "nothing-committed", 0L, ReadOnlyMemory<byte>.Empty);
        await OutcomeEntries.Record(journal, intent with { Detail = "" }, index, status, reason, sequence, hashes, time.GetUtcNow(), HashesPerEntryMax).ConfigureAwait(false);
    }

    private async ValueTask WriteWatermark(CancellationToken cancellationToken)
    {
        if (intents.Lowest(log.Size) is { } below)
        {
            var entry = new AuditEntry
            {
                Kind = EntryKind.Administration,
                Time = time.GetUtcNow(),
                Interaction = "watermark",
                Reason = Watermark,
                Detail = below.ToString(CultureInfo.InvariantCulture),
            };
            await log.Record(entry, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Open intents of the tail, and the highest commit sequence that the log tells of.</summary>
    private (Dictionary<long, AuditEntry> Open, long LastSequence) Scan()
    {
        var open = new Dictionary<long, AuditEntry>();
        var last = 0L;
        foreach (var (index, entry) in log.ReadFrom(ScanStart()))
        {
            switch (entry.Kind)
            {
                case EntryKind.WriteIntent:
                    open[index] = entry;
                    break;
                case EntryKind.WriteOutcome:
                    open.Remove(entry.IntentIndex);
                    last = Math.Max(last, entry.CommitSequence);
                    break;
                default:
                    break;
            }
        }

        return (open, last);
    }

    /// <summary>
    /// Where to begin: from the last watermark's index, but never so late that no outcome with a commit sequence is seen while an earlier one exists. Chunks are read backwards until both are found or the log begins.
    /// </summary>
    private long ScanStart()
    {
        long? below = null;
        var sawCommit = false;
        for (var end = log.Size; end > 0;)
        {
            var start = Math.Max(0, end - ChunkEntries);
            foreach (var (index, entry) in log.ReadFrom(start).TakeWhile(e => e.Index < end))
            {
                if (entry.Reason == Watermark && long.TryParse(entry.Detail, NumberStyles.None, CultureInfo.InvariantCulture, out var b))
                {
                    below = Math.Max(below ?? 0, b);
                }

                sawCommit |= entry.Kind == EntryKind.WriteOutcome && entry.CommitSequence > 0;
            }

            if (below is { } found && sawCommit)
            {
                return Math.Min(found, start);
            }

            end = start;
        }

        return 0;
    }
}
