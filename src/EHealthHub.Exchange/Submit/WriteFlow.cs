using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using EHealthHub.Access.Policy;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Submit;

/// <summary>A submission that ended well, or the refusal.</summary>
/// <param name="Refusal">The answer when refused.</param>
/// <param name="Ends">What each entry came to.</param>
/// <param name="References">References as stored, for the response's representation.</param>
/// <param name="Receipt">Position of the outcome.</param>
/// <param name="Repeated">True when the same request had been answered before.</param>
internal sealed record WriteEnd(ActResult? Refusal, ImmutableArray<EntryEnd> Ends, IReadOnlyDictionary<string, string> References, LogPosition? Receipt, bool Repeated);

/// <summary>
/// The way of every write: resolve, decide each entry by itself, log the intent, commit under its receipt, log the outcome. When a condition no longer holds inside the transaction, it resolves again, a bounded number of times.
/// </summary>
internal sealed class WriteFlow(RecordStore records, WriteResolver resolver, Journal journal, OpenIntents intents, TimeProvider time)
{
    private const int AttemptsMax = 4;

    // 32 bytes each; an entry of the log holds at most some 60,000 bytes.
    private const int HashesPerEntryMax = 1_500;

    public async ValueTask<WriteEnd> Execute(
        ActContext context, string interaction, ImmutableArray<PlannedEntry> entries, LinksToResolve links, CancellationToken cancellationToken)
    {
        var (type, id) = entries is [var only] ? (only.Type, only.Id ?? "") : ("Bundle", "");
        if (context.RetryKey is { } key && await records.FirstResult(key, cancellationToken).ConfigureAwait(false) is { } first)
        {
            return await Repeat(context, interaction, type, id, first, cancellationToken).ConfigureAwait(false);
        }

        for (var attempt = 1; ; attempt++)
        {
            var now = Microseconds(time.GetUtcNow());
            var resolution = await resolver.Resolve(context.Caller, entries, links, now, cancellationToken).ConfigureAwait(false);
            if (!resolution.Try(out var write, out var failure))
            {
                return Refused(await journal.Refuse(context, interaction, type, id, failure.Issues[0].Code, [], failure, cancellationToken).ConfigureAwait(false));
            }

            if (Decide(write, entries) is var (rule, refusal) && refusal is not null)
            {
                return Refused(await journal.Refuse(context, interaction, type, id, rule, write.Patients, refusal, cancellationToken).ConfigureAwait(false));
            }

            if (Mismatch(write, entries) is { } mismatch)
            {
                return Refused(await journal.Refuse(context, interaction, type, id, "version-conflict", write.Patients, mismatch, cancellationToken).ConfigureAwait(false));
            }

            var (result, position) = await Commit(context, interaction, entries, write, rule, now, cancellationToken).ConfigureAwait(false);
            switch (result.Status)
            {
                case CommitStatus.Committed:
                    return new WriteEnd(null, write.Ends, write.References, position, false);
                case CommitStatus.Repeated:
                    return await Repeat(context, interaction, type, id, result.FirstResult, cancellationToken).ConfigureAwait(false);
                case CommitStatus.Conflict when attempt < AttemptsMax:
                    continue;
                default:
                    return Refused(ActResult.Refused(Refusals.Busy(type), position));
            }
        }
    }

    private static (string Rule, Failure? Refusal) Decide(ResolvedWrite write, ImmutableArray<PlannedEntry> entries)
    {
        var rule = "nothing-to-do";
        foreach (var (index, request) in write.Decisions)
        {
            var decision = AccessPolicy.Decide(request);
            rule = decision.Rule;
            if (!decision.Granted)
            {
                var entry = entries[index];
                var place = entry.Index < 0 ? entry.Type : $"Bundle.entry[{entry.Index}]";
                var refusal = decision.Hidden ? Refusals.NotFound(entry.Type, entry.Id ?? "") : Refusals.Denied(entry.Type);
                return (rule, refusal with { Issues = [refusal.Issues[0] with { Expression = place }] });
            }
        }

        return (rule, null);
    }

    private static Failure? Mismatch(ResolvedWrite write, ImmutableArray<PlannedEntry> entries)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i].IfMatch is int wanted && write.Ends[i] is { Written: >= 0 } end && end.Version - 1 != wanted)
            {
                return Refusals.VersionConflict(entries[i].Type);
            }
        }

        return null;
    }

    private async ValueTask<(CommitResult Result, LogPosition Outcome)> Commit(
        ActContext context, string interaction, ImmutableArray<PlannedEntry> entries, ResolvedWrite write, string rule, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ask = new CommitAsk
        {
            Entries = write.Writes,
            Resolved = write.Resolved,
            References = write.References,
            Submitter = context.Caller.Institution ?? context.Caller.Person ?? throw new InvalidOperationException("A caller without institution and person was granted a write."),
            Time = now,
            RequestKey = context.RetryKey,
            Result = context.RetryKey is null ? default : FirstResults.Encode(write.Ends),
            Salt = RandomNumberGenerator.GetBytes(16),
        };
        var hash = ask.Hash();
        var (type, id) = write.Ends is [var only] ? (only.Type, only.Id) : ("Bundle", "");
        var entry = journal.Entry(context, EntryKind.WriteIntent, interaction, type, id, rule, write.Patients) with { Hashes = hash, Detail = Summary(entries) };

        using var open = intents.Open();
        var receipt = await journal.Append(entry, hash, cancellationToken).ConfigureAwait(false);
        open.At(receipt.Position.Index);

        // From here on the caller's leaving changes nothing: what was begun is brought to its end, and its outcome is logged. When the store or the log fails in between, the
        // intent stays open, and CloseOrphans closes it from the database.
        var result = await records.Commit(ask, receipt, CancellationToken.None).ConfigureAwait(false);
        var outcome = await RecordOutcome(entry, receipt.Position.Index, result).ConfigureAwait(false);
        open.Ended();
        return (result, outcome);
    }

    /// <summary>The outcome, in as many entries as its hashes need.</summary>
    private async ValueTask<LogPosition> RecordOutcome(AuditEntry intent, long intentIndex, CommitResult result)
    {
        var (status, reason) = result.Status switch
        {
            CommitStatus.Committed => (200, "committed"),
            CommitStatus.Repeated => (200, "repeated"),
            _ => (409, "conflict"),
        };
        return await OutcomeEntries.Record(journal, intent with { Detail = "" }, intentIndex, status, reason, result.Sequence, result.EnvelopeHashes, time.GetUtcNow(), HashesPerEntryMax).ConfigureAwait(false);
    }

    private async ValueTask<WriteEnd> Repeat(ActContext context, string interaction, string type, string id, ReadOnlyMemory<byte> first, CancellationToken cancellationToken)
    {
        var ends = FirstResults.Decode(first.Span);
        var entry = journal.Entry(context, EntryKind.Administration, interaction, type, id, "request-repeated", []);
        var position = await journal.Record(entry, cancellationToken).ConfigureAwait(false);
        return new WriteEnd(null, ends, ImmutableDictionary<string, string>.Empty, position, true);
    }

    private static WriteEnd Refused(ActResult refusal) => new(refusal, [], ImmutableDictionary<string, string>.Empty, refusal.Receipt, false);

    private static DateTimeOffset Microseconds(DateTimeOffset t) => new(t.UtcTicks / 10 * 10, TimeSpan.Zero);

    private static string Summary(ImmutableArray<PlannedEntry> entries) =>
        string.Join(' ', entries.GroupBy(e => (e.Action, e.Type)).Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Key.Action}:{g.Key.Type}:{g.Count()}")).Take(64));
}
