using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using EHealthHub.Access.Policy;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Exchange.AuditEvents;
using EHealthHub.Exchange.Conformance;
using EHealthHub.Exchange.Content;
using EHealthHub.Exchange.Employments;
using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Submit;

/// <summary>A submission that ended well, or the refusal.</summary>
/// <param name="Refusal">The answer when refused.</param>
/// <param name="Ends">What each entry came to.</param>
/// <param name="Bodies">What each entry's resource is now, where the caller wants that and there is one; else empty.</param>
/// <param name="Receipt">Position of the outcome.</param>
internal sealed record WriteEnd(ActResult? Refusal, ImmutableArray<EntryEnd> Ends, ImmutableArray<ReadOnlyMemory<byte>> Bodies, LogPosition? Receipt);

/// <summary>
/// The way of every write: resolve, decide each entry by itself, log the intent, commit under its receipt, log the outcome. When a condition no longer holds inside the transaction, it resolves again, a bounded number of times.
/// </summary>
internal sealed class WriteFlow(RecordStore records, WriteResolver resolver, ConformanceHolder conformance, EmploymentFeed employments, Journal journal, OpenIntents intents, TimeProvider time)
{
    private const int AttemptsMax = 5;

    private readonly Turns _turns = new();

    // 32 bytes each; an entry of the log holds at most some 60,000 bytes.
    private const int HashesPerEntryMax = 1_500;

    public async ValueTask<WriteEnd> Execute(
        ActContext context, string interaction, ImmutableArray<PlannedEntry> entries, LinksToResolve links, CancellationToken cancellationToken)
    {
        var (type, id) = entries is [var only] ? (only.Type, only.Id ?? "") : ("Bundle", "");
        if (entries.FirstOrDefault(e => e.Type == SearchEvents.Type) is { } written)
        {
            var failure = written.Index < 0 ? SearchEvents.NotWritten : SearchEvents.NotWritten.At(FormattableString.Invariant($"Bundle.entry[{written.Index}]"));
            return Refused(await journal.Refuse(context, interaction, type, id, failure.Issues[0].Code, [], failure, cancellationToken).ConfigureAwait(false));
        }

        if (context.RetryKey is { } key && await records.FirstResult(key, cancellationToken).ConfigureAwait(false) is { } first)
        {
            return await Repeat(context, interaction, type, id, first, cancellationToken).ConfigureAwait(false);
        }

        var hasTurn = false;
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var (end, searched, position) = await Try(context, interaction, entries, links, type, id, cancellationToken).ConfigureAwait(false);
                if (end is not null)
                {
                    return end;
                }

                if (searched && !hasTurn)
                {
                    hasTurn = await _turns.Wait(cancellationToken).ConfigureAwait(false);
                }

                if (attempt == AttemptsMax || (searched && !hasTurn))
                {
                    return Refused(ActResult.Refused(Refusals.Busy(type), position!));
                }
            }
        }
        finally
        {
            if (hasTurn)
            {
                _turns.Done();
            }
        }
    }

    /// <summary>
    /// What a write of one entry would come to as things stand: the refusal, logged; or what would be written, null where nothing would be. Nothing is granted by it: it is asked before the content of a Binary is received, and the write
    /// itself is decided when that is there.
    /// </summary>
    public async ValueTask<(ActResult? Refusal, WriteEntry? Write)> Foresee(ActContext context, string interaction, PlannedEntry entry, CancellationToken cancellationToken)
    {
        var resolution = await resolver.Resolve(context, interaction, [entry], LinksToResolve.None, Microseconds(time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        if (!resolution.Try(out var write, out var failure))
        {
            return (await journal.Refuse(context, interaction, entry.Type, entry.Id ?? "", resolution.Rule, resolution.Patients, failure, cancellationToken).ConfigureAwait(false), null);
        }

        using (write)
        {
            var (rule, refusal) = Decide(write);
            if (refusal is null && Mismatch(write) is { } mismatch)
            {
                (rule, refusal) = (mismatch.Issues[0].Code, mismatch);
            }

            return refusal is null
                ? (null, write.Writes is [var only] ? only : null)
                : (await journal.Refuse(context, interaction, entry.Type, entry.Id ?? "", rule, write.Patients, refusal, cancellationToken).ConfigureAwait(false), null);
        }
    }

    /// <summary>One attempt; no end when a condition no longer held inside the transaction.</summary>
    private async ValueTask<(WriteEnd? End, bool Searched, LogPosition? Position)> Try(
        ActContext context, string interaction, ImmutableArray<PlannedEntry> entries, LinksToResolve links, string type, string id, CancellationToken cancellationToken)
    {
        var now = Microseconds(time.GetUtcNow());
        var resolution = await resolver.Resolve(context, interaction, entries, links, now, cancellationToken).ConfigureAwait(false);
        if (!resolution.Try(out var write, out var failure))
        {
            return (Refused(await journal.Refuse(context, interaction, type, id, resolution.Rule, resolution.Patients, failure, cancellationToken).ConfigureAwait(false)), false, null);
        }

        using (write)
        {
            if (Decide(write) is var (rule, refusal) && refusal is not null)
            {
                return (Refused(await journal.Refuse(context, interaction, type, id, rule, write.Patients, refusal, cancellationToken).ConfigureAwait(false)), false, null);
            }

            if (Mismatch(write) is { } mismatch)
            {
                return (Refused(await journal.Refuse(context, interaction, type, id, mismatch.Issues[0].Code, write.Patients, mismatch, cancellationToken).ConfigureAwait(false)), false, null);
            }

            // What a submission defines is judged as a whole, and by what is in force when it is committed.
            var definitions = DefinitionChange.Of(write);
            using var turn = definitions.Length == 0 ? null : await conformance.Turn(cancellationToken).ConfigureAwait(false);
            if (definitions.Length > 0 && (turn is null ? Refusals.Busy(type) : conformance.Check(definitions)) is { } undefinable)
            {
                return (Refused(await journal.Refuse(context, interaction, type, id, undefinable.Issues[0].Code, write.Patients, undefinable, cancellationToken).ConfigureAwait(false)), false, null);
            }

            // What the registry operator says of who works where becomes authority with its commit.
            var (hired, isBusy) = await employments.Turn(context, write, cancellationToken).ConfigureAwait(false);
            using var roles = hired;
            if ((isBusy ? Refusals.Busy(type) : roles is null ? null : await employments.Check(context, write, cancellationToken).ConfigureAwait(false)) is { } unemployable)
            {
                return (Refused(await journal.Refuse(context, interaction, type, id, unemployable.Issues[0].Code, write.Patients, unemployable, cancellationToken).ConfigureAwait(false)), false, null);
            }

            var ends = write.EndsOf(entries);
            var (result, position) = await Commit(context, interaction, entries, write, definitions, roles, ends, rule, now, cancellationToken).ConfigureAwait(false);
            return result.Status switch
            {
                CommitStatus.Committed => (new WriteEnd(null, ends, Bodies(context, write, entries, result.Stored), position), false, position),
                CommitStatus.Repeated => (await Repeat(context, interaction, type, id, result.FirstResult, cancellationToken).ConfigureAwait(false), false, position),
                _ => (null, write.Searched, position),
            };
        }
    }

    private static (string Rule, Failure? Refusal) Decide(ResolvedWrite write)
    {
        var rule = "nothing-to-do";
        foreach (var (step, request) in write.Decisions)
        {
            var decision = AccessPolicy.Decide(request);
            rule = decision.Rule;
            if (!decision.Granted || decision.Masked)
            {
                var entry = step.Entry;
                var refusal = decision.Hidden || decision.Granted ? Refusals.NotFound(entry.Type, entry.Id ?? "") : Refusals.Denied(entry.Type);
                return (rule, refusal with { Issues = [refusal.Issues[0] with { Expression = step.Place }] });
            }
        }

        return (rule, null);
    }

    private static Failure? Mismatch(ResolvedWrite write)
    {
        foreach (var step in write.Steps)
        {
            if (step is not { End.Written: >= 0, Current: { } current } || (step.Entry.IfMatch is null && step.Entry.IfNoneMatch is null))
            {
                continue;
            }

            if (step.Entry.IfMatch is { } wanted && !(wanted.Any ? !current.Deleted : wanted.Matches(current.Version)))
            {
                return Refusals.VersionConflict(step.Entry.Type) is var conflict && step.Entry.Index < 0 ? conflict : conflict.At(step.Place);
            }

            if (step.Entry.IfNoneMatch is { } unwanted && !current.Deleted && unwanted.Matches(current.Version))
            {
                return Refusals.AlreadyExists(step.Entry.Type) is var exists && step.Entry.Index < 0 ? exists : exists.At(step.Place);
            }
        }

        return null;
    }

    /// <summary>Whether the caller wants resources back: that of a write that stands alone unless told otherwise, those of a Bundle's entries only when asked for.</summary>
    private static bool WantsBodies(ActContext context, ImmutableArray<PlannedEntry> entries) =>
        context.Return == ReturnPreference.Representation || (context.Return == ReturnPreference.Unstated && entries is [{ Index: < 0 }]);

    /// <summary>The resources as they were stored; for a patch that changed nothing, as it stands.</summary>
    private static ImmutableArray<ReadOnlyMemory<byte>> Bodies(ActContext context, ResolvedWrite write, ImmutableArray<PlannedEntry> entries, ImmutableArray<ReadOnlyMemory<byte>> stored)
    {
        if (!WantsBodies(context, entries))
        {
            return [];
        }

        if (write.Steps.Length == entries.Length)
        {
            return [.. write.Steps.Select(Body)];
        }

        // Only a conditional delete has several steps, and those have no body.
        var bodies = write.Steps.Where(s => s.Action != EntryAction.Delete).ToDictionary(s => s.Entry, Body, (IEqualityComparer<PlannedEntry>)ReferenceEqualityComparer.Instance);
        return [.. entries.Select(e => bodies.GetValueOrDefault(e))];

        ReadOnlyMemory<byte> Body(WriteStep step) => step is not { Resource: not null, End: { Written: >= 0 } end } ? step.Unchanged
            : write.Writes[end.Written].Content is null ? stored[end.Written] : ContentStub.Shown(stored[end.Written]);
    }

    private async ValueTask<(CommitResult Result, LogPosition Outcome)> Commit(
        ActContext context, string interaction, ImmutableArray<PlannedEntry> entries, ResolvedWrite write, ImmutableArray<DefinitionChange> definitions, EmploymentTurn? roles, ImmutableArray<EntryEnd> ends, string rule, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ask = new CommitAsk
        {
            Entries = write.Writes,
            Resolved = write.Resolved,
            Decided = write.Decided,
            References = write.References,
            Submitter = context.Caller.Institution ?? context.Caller.Person ?? throw new InvalidOperationException("A caller without institution and person was granted a write."),
            Time = now,
            RequestKey = context.RetryKey,
            Result = context.RetryKey is null ? default : FirstResults.Encode(ends),
            KeepStored = WantsBodies(context, entries),
            Salt = RandomNumberGenerator.GetBytes(16),
        };
        var hash = ask.Hash();
        var (type, id) = ends is [var only] ? (only.Type, only.Id) : ("Bundle", "");
        var entry = journal.Entry(context, EntryKind.WriteIntent, interaction, type, id, rule, write.Patients) with { Hashes = hash, Detail = Summary(entries) };

        using var open = intents.Open();
        var receipt = await journal.Append(entry, hash, cancellationToken).ConfigureAwait(false);
        open.At(receipt.Position.Index);

        // From here on the caller's leaving changes nothing: what was begun is brought to its end, and its outcome is logged. When the store or the log fails in between, the
        // intent stays open, and CloseOrphans closes it from the database.
        roles?.Begin();
        var result = await records.Commit(ask, receipt, CancellationToken.None).ConfigureAwait(false);
        if (result.Status == CommitStatus.Committed && definitions.Length > 0)
        {
            await conformance.Take(definitions).ConfigureAwait(false); // they come into force with their commit
        }

        if (roles is not null)
        {
            await roles.End(result.Status, write).ConfigureAwait(false);
        }

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
        return new WriteEnd(null, ends, [], position);
    }

    private static WriteEnd Refused(ActResult refusal) => new(refusal, [], [], refusal.Receipt);

    private static DateTimeOffset Microseconds(DateTimeOffset t) => new(t.UtcTicks / 10 * 10, TimeSpan.Zero);

    private static string Summary(ImmutableArray<PlannedEntry> entries) =>
        string.Join(' ', entries.GroupBy(e => (e.Action, e.Type)).Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Key.Action}:{g.Key.Type}:{g.Count()}")).Take(64));
}
