using System.Globalization;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Records.Reindexing;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Conformance;

/// <summary>
/// Extracts facts again for new search parameters while the hub runs, a bounded number a second. Each step is in the maintenance log before anything is opened, and again, with the hashes of old and new facts, before anything is written.
/// A crash costs the step at hand; the next start goes on from the place that the store kept.
/// </summary>
public sealed class Reindexer
{
    /// <summary>Versions of one step: their hashes fit one entry of the log many times over, and a writer waits for one step at most.</summary>
    public const int StepMax = 100;

    /// <summary>Most versions a second unless told otherwise: some fifth of a core.</summary>
    public const int RateDefault = 2_000;

    /// <summary>Highest rate.</summary>
    public const int RateMax = 100_000;

    // What a step takes at least: looking at the index alone has its price too.
    private const double PassSeconds = 0.01;

    private const string Interaction = "reindex";

    private readonly RecordStore _records;
    private readonly HeldSearchParameters _held;
    private readonly Func<AuditLog> _log;
    private readonly TimeProvider _time;

    internal Reindexer(RecordStore records, HeldSearchParameters held, Func<AuditLog> log, TimeProvider time) => (_records, _held, _log, _time) = (records, held, log, time);

    /// <summary>True when search parameters changed, or what is stored has not followed yet.</summary>
    public bool HasWork => _records.Generations.IsRunning || _held.IsUnsettled;

    /// <summary>Takes steps until there is nothing left, at most <paramref name="perSecondMax"/> versions a second. True when it did anything.</summary>
    public async ValueTask<bool> Run(int perSecondMax, CancellationToken cancellationToken)
    {
        await _held.Settle(cancellationToken).ConfigureAwait(false);
        var (did, began) = (false, _time.GetTimestamp());
        while (await Step(Math.Min(StepMax, perSecondMax), cancellationToken).ConfigureAwait(false) is { } count)
        {
            did = true;
            var wait = TimeSpan.FromSeconds(Math.Max((double)count / perSecondMax, PassSeconds)) - _time.GetElapsedTime(began);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(false);
            }

            began = _time.GetTimestamp();
        }

        return did;
    }

    /// <summary>One step; gives how many versions' facts were extracted again, or null when there is nothing left to look at.</summary>
    internal async ValueTask<int?> Step(int countMax, CancellationToken cancellationToken)
    {
        if (await _records.Generations.Next(countMax, cancellationToken).ConfigureAwait(false) is not { } ask)
        {
            return null;
        }

        if (ask.Count == 0)
        {
            await _records.Generations.Pass(ask).ConfigureAwait(false);
            return 0;
        }

        var log = _log();
        var opened = await log.Append(Entry("facts-opened", ask.Count), ask.Hash(), cancellationToken).ConfigureAwait(false);
        var batch = await _records.Generations.Extract(ask, opened, cancellationToken).ConfigureAwait(false);

        // From here on a stop waits for the step: the log tells of what is about to be written.
        var renewed = await log.Append(Entry("facts-renewed", batch.Count) with { Hashes = batch.Hashes }, batch.Hash(), CancellationToken.None).ConfigureAwait(false);
        await _records.Generations.Apply(batch, renewed).ConfigureAwait(false);
        return batch.Count;
    }

    private AuditEntry Entry(string reason, int count) => new()
    {
        Kind = EntryKind.Administration,
        Time = _time.GetUtcNow(),
        Interaction = Interaction,
        Reason = reason,
        Count = count,
        Detail = string.Create(CultureInfo.InvariantCulture, $"generation {_records.Generations.Number}"),
    };
}
