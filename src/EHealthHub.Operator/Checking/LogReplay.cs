using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Tiles;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;
using EHealthHub.Records.Verify;

namespace EHealthHub.Operator.Checking;

/// <summary>Replays the logs of a data directory: what they tell of every commit, for comparison with the store.</summary>
internal static class LogReplay
{
    /// <summary>
    /// The write outcomes of all logs, log after log. Throws <see cref="InvalidDataException"/> where an entry cannot be opened: then the log has to be looked at first (<c>hub audit verify</c>).
    /// </summary>
    public static IEnumerable<CommitOutcome> Outcomes(HubLayout layout, IKeyVault vault)
    {
        foreach (var folder in LogReader.FoldersIn(layout.Audit))
        {
            var reader = LogReader.Open(folder);
            using var sealer = new VaultEntrySealer(vault.Derive(HubLayout.AuditKey(PeriodOf(reader.Origin))));
            foreach (var (index, leaf) in reader.Leaves(0, reader.Size))
            {
                var entry = EntryEnvelope.Open(sealer, reader.Origin, leaf.Span)
                    ?? throw new InvalidDataException($"Entry {index} of {reader.Origin} cannot be opened with the hub's key; ./hub audit verify tells more.");
                if (entry.Kind == EntryKind.WriteOutcome)
                {
                    yield return new CommitOutcome(reader.Origin, entry.IntentIndex, entry.CommitSequence, entry.Hashes);
                }
            }
        }
    }

    /// <summary>The last part of an origin.</summary>
    public static string PeriodOf(string origin) => origin[(origin.LastIndexOf('/') + 1)..];
}
