using EHealthHub.Audit.Entries;

namespace EHealthHub.Exchange.Submit;

/// <summary>Writes the outcome of a write: one entry, or several where its hashes need more than one; all name the same intent and sequence.</summary>
internal static class OutcomeEntries
{
    public static async ValueTask<LogPosition> Record(
        Journal journal, AuditEntry intent, long intentIndex, int status, string reason, long sequence, ReadOnlyMemory<byte> hashes, DateTimeOffset now, int hashesPerEntryMax)
    {
        var step = hashesPerEntryMax * 32;
        LogPosition? position = null;
        for (var at = 0; at == 0 || at < hashes.Length; at += step)
        {
            position = await journal.Record(
                intent with
                {
                    Kind = EntryKind.WriteOutcome,
                    Time = now,
                    Status = status,
                    Reason = reason,
                    IntentIndex = intentIndex,
                    CommitSequence = sequence,
                    Hashes = hashes.Slice(at, Math.Min(step, hashes.Length - at)),
                },
                CancellationToken.None).ConfigureAwait(false);
        }

        return position!;
    }
}
