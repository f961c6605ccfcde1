using EHealthHub.Access.Policy;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Submit;

/// <summary>Fixes which resource each entry concerns, by id or by condition, and which version it makes (R4 3.1.0.4, .6, .7, .8). It asks the store where things lie and never opens one, but for the facts that a condition needs.</summary>
internal sealed class IdentityResolver(RecordStore records, DecisionFacts facts, ConditionSearch conditions, TimeProvider time)
{
    /// <summary>Most resources that one conditional delete deletes.</summary>
    public const int DeletesMax = 100;

    /// <summary>Adds the steps of one entry.</summary>
    public ValueTask<Attempt<WriteWork>> Fix(WriteWork work, PlannedEntry entry, CancellationToken cancellationToken) => entry switch
    {
        { Action: EntryAction.Create } => FixCreate(work, entry, cancellationToken),
        { Where: { } where } => FixWhere(work, entry, where, cancellationToken),
        _ => FixExisting(work, new WriteStep(entry), entry.Id!, cancellationToken),
    };

    private async ValueTask<Attempt<WriteWork>> FixCreate(WriteWork work, PlannedEntry entry, CancellationToken cancellationToken)
    {
        var step = new WriteStep(entry);
        work.Steps.Add(step);
        if (entry.IfNoneExist is { } condition)
        {
            // What the same transaction deletes is gone by then (R4 3.1.0.11.2).
            var deleted = work.Steps.Where(s => s.Action == EntryAction.Delete && s.Entry.Type == entry.Type).Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
            var attempt = await Matches(work, step, condition, 2, deleted.Count, cancellationToken).ConfigureAwait(false);
            if (!attempt.Try(out var matches, out _))
            {
                return attempt.As<WriteWork>();
            }

            Rest(work, step, matches);
            var ids = matches.Ids.Where(id => !deleted.Contains(id)).ToList();
            if (ids.Count > 1)
            {
                return At(step, 412, "multiple-matches", "conditional-create-many", "More than one resource matches the condition of the create.");
            }

            if (ids.Count == 1 && await records.Locate(entry.Type, ids[0], cancellationToken).ConfigureAwait(false) is { Deleted: false } existing)
            {
                work.Fix(step, existing.Id, new EntryEnd(200, entry.Type, existing.Id, existing.Version, existing.LastUpdated, -1));
                step.Matched = true;
                return work;
            }
        }

        work.Fix(step, Identifiers.New(time), version: 1, status: 201);
        return work;
    }

    /// <summary>An update, patch or delete by condition.</summary>
    private async ValueTask<Attempt<WriteWork>> FixWhere(WriteWork work, PlannedEntry entry, Condition where, CancellationToken cancellationToken)
    {
        var step = new WriteStep(entry);
        var several = entry.Action == EntryAction.Delete && (where.Identifier is null || IsSystem(work.Caller));
        var attempt = await Matches(work, step, where, several ? DeletesMax + 1 : 2, 0, cancellationToken).ConfigureAwait(false);
        if (!attempt.Try(out var matches, out _))
        {
            return attempt.As<WriteWork>();
        }

        work.Decided.AddRange(where.Identifier is null ? [] : matches.Decided);
        step.IsConditionWithheld = matches.IsWithheld;
        switch (matches.Ids.Count)
        {
            case 0:
                return await FixUnmatched(work, step, cancellationToken).ConfigureAwait(false);
            case 1:
                // Told only to those who may change what matched.
                work.Late ??= entry is { Action: EntryAction.Update, Resource.Id: { } id } && id != matches.Ids[0] ? At(step, 400, "invalid", "condition-id", "The id in the body is not that of the resource that matches the condition.") : null;
                return await FixExisting(work, step, matches.Ids[0], cancellationToken).ConfigureAwait(false);
            case <= DeletesMax when several && matches.IsNarrow:
                foreach (var match in matches.Ids)
                {
                    var fixedOne = await FixExisting(work, new WriteStep(entry), match, cancellationToken).ConfigureAwait(false);
                    if (!fixedOne.Try(out _, out _))
                    {
                        return fixedOne;
                    }
                }

                return work;
            default:
                return At(step, 412, "multiple-matches", "condition-many", several && matches.IsNarrow ? $"More than {DeletesMax} resources match the condition." : "More than one resource matches the condition.");
        }
    }

    private async ValueTask<Attempt<WriteWork>> FixUnmatched(WriteWork work, WriteStep step, CancellationToken cancellationToken)
    {
        var entry = step.Entry;
        if (entry.Action == EntryAction.Patch || (entry.Action == EntryAction.Delete && !IsSystem(work.Caller)))
        {
            return Missing(step);
        }

        if (entry.IfMatch is not null)
        {
            return At(step, 412, "conflict", "version-conflict", "If-Match names a version of a resource that does not exist.");
        }

        if (entry.Action == EntryAction.Delete)
        {
            work.Steps.Add(step);
            work.Fix(step, "", new EntryEnd(204, entry.Type, "", 0, work.Now, -1));
            return work;
        }

        if (entry.Resource?.Id is not { } id)
        {
            work.Steps.Add(step);
            step.Action = EntryAction.Create;
            work.Fix(step, Identifiers.New(time), version: 1, status: 201);
            return work;
        }

        if (!IsSystem(work.Caller))
        {
            return At(step, 400, "business-rule", "condition-id-own", "Nothing matches, and an id of the caller's own is for system scopes: leave it out, and the hub assigns one.");
        }

        return await records.Locate(entry.Type, id, cancellationToken).ConfigureAwait(false) is { Deleted: false }
            ? At(step, 409, "conflict", "condition-id-taken", "A resource with the id in the body exists, and does not match the condition.")
            : await FixExisting(work, step, id, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<Attempt<WriteWork>> FixExisting(WriteWork work, WriteStep step, string id, CancellationToken cancellationToken)
    {
        var entry = step.Entry;
        var (current, known) = await facts.Locate(work.Caller, entry.Type, id, cancellationToken).ConfigureAwait(false);
        if (current is { IsFixed: true })
        {
            return At(step, 403, "forbidden", "definition-built-in", "This definition is part of R4 or of the hub itself and is served as it is. Define one of your own under another id and url.");
        }

        // Whoever may not know of it is told here, before anything else could be: so it is told as early, and as much, as of what does not exist.
        if (current is not null && await Hiding(work, step, current, known, cancellationToken).ConfigureAwait(false) is { } rule)
        {
            return new Attempt<WriteWork>(Missing(step), rule, DecisionFacts.PatientsOf(current));
        }

        work.Steps.Add(step);
        step.Current = current;
        if (current is null)
        {
            if (!IsSystem(work.Caller) || entry.Action == EntryAction.Patch)
            {
                return Missing(step);
            }

            if (entry.IfMatch is not null)
            {
                return At(step, 412, "conflict", "version-conflict", "If-Match names a version of a resource that does not exist.");
            }

            if (entry.Action == EntryAction.Delete)
            {
                work.Fix(step, id, new EntryEnd(204, entry.Type, id, 0, work.Now, -1));
            }
            else
            {
                work.Fix(step, id, version: 1, status: 201);
            }

            return work;
        }

        if (entry.Action == EntryAction.Delete && current.Deleted)
        {
            work.Fix(step, id, new EntryEnd(204, entry.Type, id, 0, work.Now, -1));
        }
        else
        {
            var status = entry.Action == EntryAction.Delete ? 204 : current.Deleted ? 201 : 200;
            work.Fix(step, id, current.Version + 1, status);
        }

        return work;
    }

    /// <summary>The rule by which the resource is hidden from who writes it; null where it is not. What was asked is kept, to be decided again with all the rest.</summary>
    private async ValueTask<string?> Hiding(WriteWork work, WriteStep step, ResourceLocation current, PatientKnowledge? known, CancellationToken cancellationToken)
    {
        var asked = await facts.ForChange(work.Caller, step.Entry.Action == EntryAction.Delete ? Interaction.Delete : Interaction.Update, current, known, cancellationToken).ConfigureAwait(false);

        // What it becomes is not known yet; that is asked when everything is fixed.
        step.Asked = asked with { WrittenScopes = ulong.MaxValue };
        var decision = AccessPolicy.Decide(step.Asked);
        if (step.Entry.Action == EntryAction.Patch && decision is { Granted: true, Masked: false })
        {
            decision = AccessPolicy.Decide(step.Asked with { Interaction = Interaction.Read }); // its success tells of the content
        }

        return decision.Hidden || decision.Masked ? decision.Rule : null;
    }

    /// <summary>Where others bear the identifier of which the caller may not know, the store must not ask who bears it, but whether they are still the same.</summary>
    private static void Rest(WriteWork work, WriteStep step, ConditionMatches matches)
    {
        if (matches.IsWithheld)
        {
            step.IsConditionWithheld = true;
            work.Decided.AddRange(matches.Decided);
        }
    }

    private async ValueTask<Attempt<ConditionMatches>> Matches(WriteWork work, WriteStep step, Condition condition, int countMax, int beside, CancellationToken cancellationToken)
    {
        if (step.Action != EntryAction.Delete && !work.Conditions.Add(condition))
        {
            return At(step, 412, "multiple-matches", "conditional-create-twice", "Two entries of the Bundle write under the same condition.");
        }

        var attempt = await conditions.Find(work, condition, step.Place, countMax, beside, cancellationToken).ConfigureAwait(false);
        if (attempt.Try(out var matches, out _))
        {
            step.Condition = matches.Query;
        }

        return attempt;
    }

    private static bool IsSystem(Caller caller) => caller.InstitutionKind == InstitutionKind.Authority;

    private static Failure Missing(WriteStep step) => Refusals.NotFound(step.Entry.Type, "").At(step.Place);

    private static Failure At(WriteStep step, int status, string type, string code, string text) => Failure.Of(status, type, code, text, step.Place);
}
