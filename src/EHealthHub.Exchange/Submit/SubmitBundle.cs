using System.Buffers;
using System.Collections.Immutable;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Read;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Exchange.Submit;

/// <summary>
/// A hospital posts a Bundle: read, plan, validate every resource, then one write that stands or falls together (transaction), or one write for each entry (batch) (R4 3.1.0.11).
/// </summary>
public sealed class SubmitBundle
{
    /// <summary>Entries of a batch that run at the same time; they share the store's commit groups.</summary>
    private const int BatchParallelMax = 16;

    private readonly WriteFlow _flow;
    private readonly SubmissionCheck _check;
    private readonly BundleGet _get;
    private readonly Journal _journal;
    private readonly FhirLimits _limits;
    private readonly TimeProvider _time;

    internal SubmitBundle(WriteFlow flow, SubmissionCheck check, BundleGet get, Journal journal, FhirLimits limits, TimeProvider time)
    {
        _flow = flow;
        _check = check;
        _get = get;
        _journal = journal;
        _limits = limits;
        _time = time;
    }

    /// <summary>The act. <paramref name="language"/> is for outcomes inside a batch-response.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, FhirResource bundle, string language, CancellationToken cancellationToken)
    {
        if (!TransactionPlan.From(bundle, _limits).Try(out var plan, out var failure))
        {
            return await _journal.Refuse(context, "transaction", "Bundle", "", failure.Issues[0].Code, [], failure, cancellationToken).ConfigureAwait(false);
        }

        return plan.Atomic
            ? await Transaction(context, plan, language, cancellationToken).ConfigureAwait(false)
            : await Batch(context, plan, language, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ActResult> Transaction(ActContext context, TransactionPlan plan, string language, CancellationToken cancellationToken)
    {
        if ((Unatomic(plan) ?? Validate(plan)) is { } invalid)
        {
            return await _journal.Refuse(context, "transaction", "Bundle", "", invalid.Issues[0].Code, [], invalid, cancellationToken).ConfigureAwait(false);
        }

        var planned = ImmutableArray.CreateBuilder<PlannedEntry>(plan.Entries.Length);
        foreach (var entry in plan.Entries.Where(e => !IsLook(e)))
        {
            if (!PatchForms.WithEdit(entry, _limits).Try(out var ready, out var unpatched))
            {
                return await _journal.Refuse(context, "transaction", entry.Type, entry.Id ?? "", unpatched.Issues[0].Code, [], unpatched, cancellationToken).ConfigureAwait(false);
            }

            planned.Add(ready);
        }

        var writes = planned.ToImmutable();
        var responses = new ResponseEntry[plan.Entries.Length];
        LogPosition? receipt = null;
        if (writes.Length > 0)
        {
            var end = await _flow.Execute(context, "transaction", writes, new LinksToResolve(plan.ConditionalReferences, plan.RelativeReferences), cancellationToken).ConfigureAwait(false);
            if (end.Refusal is { } refusal)
            {
                return refusal;
            }

            receipt = end.Receipt;
            for (var i = 0; i < writes.Length; i++)
            {
                responses[writes[i].Index] = Response(context, end, i);
            }
        }

        foreach (var get in plan.Entries.Where(IsLook))
        {
            var result = await _get.Execute(context, get, language, cancellationToken).ConfigureAwait(false);
            receipt = result.Receipt;
            responses[get.Index] = Response(result);
        }

        receipt ??= await _journal.Record(_journal.Entry(context, EntryKind.Read, "transaction", "Bundle", "", "nothing-to-do", []), cancellationToken).ConfigureAwait(false);
        return Answer(true, responses, receipt, language);
    }

    private async ValueTask<ActResult> Batch(ActContext context, TransactionPlan plan, string language, CancellationToken cancellationToken)
    {
        var responses = new ResponseEntry[plan.Entries.Length];
        var receipts = new LogPosition[plan.Entries.Length];
        foreach (var verb in plan.Entries.GroupBy(e => e.Action).OrderBy(g => Order(g.Key)))
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = BatchParallelMax, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(verb, options, async (entry, token) =>
            {
                var result = await One(context, entry, language, token).ConfigureAwait(false);
                responses[entry.Index] = Response(result);
                receipts[entry.Index] = result.Receipt;
            }).ConfigureAwait(false);
        }

        var last = receipts.MaxBy(r => r.Index)
            ?? await _journal.Record(_journal.Entry(context, EntryKind.Read, "batch", "Bundle", "", "nothing-to-do", []), cancellationToken).ConfigureAwait(false);
        return Answer(false, responses, last, language);
    }

    private async ValueTask<ActResult> One(ActContext context, PlannedEntry entry, string language, CancellationToken cancellationToken)
    {
        if (!PatchForms.WithEdit(entry, _limits).Try(out var planned, out var unpatched))
        {
            return await _journal.Refuse(context, "batch", entry.Type, entry.Id ?? "", unpatched.Issues[0].Code, [], unpatched, cancellationToken).ConfigureAwait(false);
        }

        entry = planned;
        if (entry.Failure is { } malformed)
        {
            return await _journal.Refuse(context, "batch", "Bundle", "", malformed.Issues[0].Code, [], malformed, cancellationToken).ConfigureAwait(false);
        }

        if (IsLook(entry))
        {
            return await _get.Execute(context, entry, language, cancellationToken).ConfigureAwait(false);
        }

        var single = context with { RetryKey = context.RetryKey is null ? null : FormattableString.Invariant($"{context.RetryKey}#{entry.Index}") };
        var failure = Check(entry);
        if (failure is not null)
        {
            return await _journal.Refuse(single, "batch", entry.Type, entry.Id ?? "", failure.Issues[0].Code, [], failure, cancellationToken).ConfigureAwait(false);
        }

        var end = await _flow.Execute(single, "batch", [entry], LinksToResolve.None, cancellationToken).ConfigureAwait(false);
        return end.Refusal ?? new ActResult
        {
            Status = end.Ends[0].Status,
            Receipt = end.Receipt!,
            Body = end.Bodies is [var body] ? body : default,
            Outcome = context.Return == ReturnPreference.OperationOutcome ? Outcomes.Of(end.Ends[0]) : [],
            Location = end.Ends[0].Location,
            Version = end.Ends[0].Version == 0 ? null : end.Ends[0].Version,
            LastUpdated = end.Ends[0].Version == 0 ? null : end.Ends[0].LastUpdated,
        };
    }

    /// <summary>What an operation changes would stand although the transaction fails.</summary>
    private static Failure? Unatomic(TransactionPlan plan) => plan.Entries.FirstOrDefault(BundleOperation.Changes) is { } entry
        ? Failure.Of(400, "not-supported", "bundle-operation", "An operation that changes something is no part of a transaction; send it in a batch or alone.", FormattableString.Invariant($"Bundle.entry[{entry.Index}].request.url"))
        : null;

    private Failure? Validate(TransactionPlan plan)
    {
        var issues = ImmutableArray.CreateBuilder<Issue>();
        foreach (var entry in plan.Entries)
        {
            if (Check(entry) is { } failure)
            {
                issues.AddRange(failure.Issues);
                if (issues.Count >= _limits.IssuesMax)
                {
                    break;
                }
            }
        }

        return issues.Count == 0 ? null : SubmissionCheck.AsFailure([.. issues.Take(_limits.IssuesMax)]);
    }

    private Failure? Check(PlannedEntry entry) => entry is { Resource: { } resource, Action: not EntryAction.Operation } ? _check.Check(resource, Place(entry)) : null;

    private static bool IsLook(PlannedEntry entry) => entry.Action is EntryAction.Get or EntryAction.Head or EntryAction.Operation;

    private static string Place(PlannedEntry entry) => FormattableString.Invariant($"Bundle.entry[{entry.Index}].resource");

    private static int Order(EntryAction action) => action switch { EntryAction.Delete => 0, EntryAction.Create => 1, EntryAction.Update or EntryAction.Patch => 2, _ => 3 };

    private static ResponseEntry Response(ActContext context, WriteEnd written, int index)
    {
        var end = written.Ends[index];
        var body = written.Bodies.IsDefaultOrEmpty ? default : written.Bodies[index];
        return new ResponseEntry(end.Status, end.Location, end.Version == 0 ? null : end.Version, end.Version == 0 ? null : end.LastUpdated, body.IsEmpty ? default(ReadOnlyMemory<byte>?) : body, null)
        {
            Outcome = context.Return == ReturnPreference.OperationOutcome ? Outcomes.Of(end) : [],
        };
    }

    private static ResponseEntry Response(ActResult result) =>
        new(result.Status, result.Location, result.Version, result.LastUpdated, result.Body.IsEmpty ? default(ReadOnlyMemory<byte>?) : result.Body, result.Failure) { Outcome = result.Outcome };

    private ActResult Answer(bool transaction, ResponseEntry[] responses, LogPosition receipt, string language)
    {
        var body = new ArrayBufferWriter<byte>(256 + (responses.Length * 200));
        BundleWriter.WriteResponse(body, Identifiers.New(_time), transaction, responses, language);
        return new ActResult { Status = 200, Body = body.WrittenMemory, Receipt = receipt };
    }
}
