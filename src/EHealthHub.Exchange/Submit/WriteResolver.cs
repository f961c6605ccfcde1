using System.Collections.Immutable;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Exchange.Submit;

/// <summary>
/// Fixes ids, versions, references and compartments of a submission before it is decided (R4 3.1.0.11.2), in this order: which resources are meant; what patches make of them; what references mean; which security labels it gets; where everything lies. The store checks
/// all that this rests on once more, inside its transaction.
/// </summary>
internal sealed class WriteResolver(IdentityResolver identities, EditStage edits, ReferenceResolver references, LabelStage labels, ConsentStage consents, CompartmentResolver compartments)
{
    public async ValueTask<Attempt<ResolvedWrite>> Resolve(
        ActContext context, string interaction, ImmutableArray<PlannedEntry> entries, LinksToResolve links, DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var work = new WriteWork(context, interaction, now);
        foreach (var entry in entries)
        {
            var attempt = await identities.Fix(work, entry, cancellationToken).ConfigureAwait(false);
            if (!attempt.Try(out _, out _))
            {
                return attempt.As<ResolvedWrite>();
            }
        }

        if (ChangedTwice(work) is { } twice)
        {
            return twice;
        }

        foreach (var step in work.Steps.Where(s => s.Action == EntryAction.Patch))
        {
            var attempt = await edits.Run(work, step, cancellationToken).ConfigureAwait(false);
            if (!attempt.Try(out _, out _))
            {
                return attempt.As<ResolvedWrite>();
            }
        }

        var linked = await references.Fix(work, links, cancellationToken).ConfigureAwait(false);
        if (!linked.Try(out _, out _))
        {
            return linked.As<ResolvedWrite>();
        }

        if ((references.MadeTwice(work) ?? LeftOpen(work)) is { } open)
        {
            return open;
        }

        if (await labels.Run(work, cancellationToken).ConfigureAwait(false) is { } unlabelled)
        {
            return unlabelled;
        }

        if (await consents.Run(work, cancellationToken).ConfigureAwait(false) is { } misunderstood)
        {
            return misunderstood;
        }

        foreach (var step in work.Steps)
        {
            if (await compartments.Fix(work, step, cancellationToken).ConfigureAwait(false) is { } failure)
            {
                return failure;
            }
        }

        return work.Done();
    }

    /// <summary>The same resource meant twice, one of the times to change it: also when conditions lead there (R4 3.1.0.11.2).</summary>
    private static Failure? ChangedTwice(WriteWork work)
    {
        if (work.Steps.Count < 2)
        {
            return null;
        }

        var seen = new Dictionary<(string Type, string Id), bool>(work.Steps.Count);
        foreach (var step in work.Steps)
        {
            var changes = step.Action != EntryAction.Create;
            var key = (step.Entry.Type, step.Id);
            if (step.Id.Length > 0 && !seen.TryAdd(key, changes) && (changes || seen[key]))
            {
                return Failure.Of(400, "duplicate", "bundle-duplicate-identity", "Another entry of the transaction changes the same resource.", step.Place);
            }
        }

        return null;
    }

    /// <summary>A patch may have brought a temporary or conditional reference that nothing resolves.</summary>
    private static Failure? LeftOpen(WriteWork work) =>
        work.Steps.Where(s => s is { Entry.Action: EntryAction.Patch, Resource: not null }).Select(s => TransactionPlan.CheckLeft(s.Resource!, s.Place, work.References)).FirstOrDefault(f => f is not null);
}
