using System.Collections.Immutable;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Submit;

/// <summary>What a condition matches.</summary>
/// <param name="Ids">Logical ids, at most as many as were asked for.</param>
/// <param name="Query">The search, where one was made; null for one exact identifier.</param>
/// <param name="Decided">What that rests on, for the commit to carry.</param>
/// <param name="IsWithheld">True when something matches of which the caller may not know: for the answer it does not exist, and the store must not ask by the identifier again, which it bears too.</param>
/// <param name="IsNarrow">True when nothing beyond one patient's compartment can match, or the caller may change everything: several matches may then be deleted at once.</param>
internal sealed record ConditionMatches(IReadOnlyList<string> Ids, SearchQuery? Query, ImmutableArray<DecidedOn> Decided, bool IsWithheld, bool IsNarrow);

/// <summary>
/// Decides conditions of writes and references. One exact identifier is looked up by its national token. Any other condition is a search: decided by the same policy and logged before facts are opened, so that nobody learns through a
/// condition what a search would refuse them.
/// </summary>
internal sealed class ConditionSearch(RecordStore records, DecisionFacts facts, SearchPlacer placer, ICodeSets codes, Journal journal)
{
    /// <summary>Most conditions of one submission that need a search.</summary>
    public const int SearchesMax = 64;

    /// <summary>Most bearers of one identifier that are looked at beside those that may be told.</summary>
    private const int BearersWithheldMax = 62;

    /// <summary>What a condition may be made of: whatever decides a match, not what shapes an answer.</summary>
    private const SearchNeeds Served = SearchNeeds.Chains | SearchNeeds.Has | SearchNeeds.Lists | SearchNeeds.ValueSets | SearchNeeds.Hierarchies;

    /// <summary>How facts are extracted and matched: the parameters that are in force at this moment.</summary>
    public SearchSettings Settings => records.Generations.Asking;

    /// <summary>The matches, at most <paramref name="countMax"/>; two are enough to know "many". <paramref name="place"/> is for the outcome. <paramref name="beside"/>: so many more, since some of
    /// them are deleted or changed by the same submission.</summary>
    public async ValueTask<Attempt<ConditionMatches>> Find(WriteWork work, Condition condition, string place, int countMax, int beside, CancellationToken cancellationToken)
    {
        var (context, interaction) = (work.Context, work.Interaction);
        if (condition.Identifier is { } exact && countMax <= 2)
        {
            return await Bearers(work, exact, countMax + beside, cancellationToken).ConfigureAwait(false);
        }

        if (!Parse(condition, place).Try(out var query, out var failure))
        {
            return failure;
        }

        if (++work.Searches > SearchesMax)
        {
            return Failure.Of(413, "too-costly", "conditions-too-many", $"A submission has at most {SearchesMax} conditions that need a search.", place);
        }

        var form = new SearchForm(interaction, condition.Type, [query]);
        if (await placer.Place(context.Caller, form, cancellationToken).ConfigureAwait(false) is not { } where)
        {
            return Failure.Of(412, "too-costly", "patient-required", "A condition names one patient (patient=…), or an exact identifier: conditions over all patients are for system scopes.", place);
        }

        var patients = where.Patients;
        var decision = where.Decide(condition.Type);
        if (!decision.Granted || (where.Name is null && !where.Everywhere))
        {
            return new Attempt<ConditionMatches>(OnlyAt(Refusals.Denied(condition.Type), place), decision.Granted ? "not-found" : where.Withheld ?? decision.Rule, patients);
        }

        var scope = new SearchScope(where.Kind, where.Name, where.Everywhere, interaction, condition.Type, query.Used, condition.Query);
        var asked = journal.Entry(context, EntryKind.SearchAsked, interaction, condition.Type, "", decision.Rule, patients) with { Detail = $"{condition.Type}?{condition.Query}" };
        var receipt = await journal.Append(asked, scope.Hash(), cancellationToken).ConfigureAwait(false);
        using var session = await records.BeginSearch(scope, where.View(condition.Type).OfWhatIsSeen(), receipt, cancellationToken).ConfigureAwait(false);
        session.KeepGrounds();
        if (!new SearchExecution(session, type => where.Decide(type).Granted, codes, Settings).Answer(query).Try(out var ready, out failure))
        {
            return OnlyAt(failure, place);
        }

        var step = session.Find(ready, 0, countMax + beside);
        if (step.TooCostly)
        {
            return Failure.Of(412, "too-costly", "too-costly", "Nothing in the condition narrows it enough. Name a patient, an exact identifier, a code or a period.", place);
        }

        work.Decided.AddRange(session.Decided);
        work.Patients.UnionWith(step.Matches.SelectMany(m => m.Patients));
        return new ConditionMatches([.. step.Matches.Select(m => m.Location.Id)], ready, [.. session.Decided], false, where.Kind == CompartmentKind.Patient || context.Caller is { InstitutionKind: InstitutionKind.Authority, PersonKind: PersonKind.None });
    }

    /// <summary>
    /// Those who bear an exact identifier, as far as the caller may know of them. A Patient is told to every provider that has the identifier: a hospital's system that registers somebody must learn that the hub has a record of this person, or
    /// there would be two. Insurers, citizens and all others register nobody.
    /// </summary>
    private async ValueTask<ConditionMatches> Bearers(WriteWork work, IdentifierCondition exact, int countMax, CancellationToken cancellationToken)
    {
        if ((exact.Type == "Patient" && work.Caller.InstitutionKind == InstitutionKind.Provider) || CompartmentRule.IsDirectory(exact.Type) || DecisionFacts.IsSystem(work.Caller))
        {
            var (ids, decided) = await records.DecideByIdentifier(exact, cancellationToken, countMax).ConfigureAwait(false);
            return new ConditionMatches(ids, null, [decided], false, false);
        }

        var (bearers, ground) = await records.DecideByIdentifier(exact, cancellationToken, countMax + BearersWithheldMax).ConfigureAwait(false);
        var seen = new List<string>();
        foreach (var id in bearers.TakeWhile(_ => seen.Count < countMax))
        {
            if (await facts.Locate(work.Caller, exact.Type, id, cancellationToken).ConfigureAwait(false) is ({ } location, var known))
            {
                var request = await facts.ForResource(work.Caller, Access.Policy.Interaction.Read, location, known, cancellationToken).ConfigureAwait(false);
                if (await facts.Decide(request, location, cancellationToken).ConfigureAwait(false) is { Granted: true, Masked: false })
                {
                    seen.Add(id);
                }
            }
        }

        return new ConditionMatches(seen, null, [ground], seen.Count < bearers.Count, false);
    }

    /// <summary>The condition as a search; what would shape an answer rather than decide a match has no place in it.</summary>
    public Result<SearchQuery> Parse(Condition condition, string place)
    {
        if (!SearchQuery.Parse(condition.Type, QueryText.Parse(condition.Query), strict: true, Settings).Try(out var query, out var failure))
        {
            return OnlyAt(failure, place);
        }

        if (query.Unserved(Served) is { } unserved)
        {
            return OnlyAt(unserved, place);
        }

        return query.Criteria.Count + query.Conditions.Count + query.Lookups.Count > 0 && query.Cursor is null
            ? query
            : Failure.Of(400, "invalid", "condition-invalid", "A condition needs a criterion; without one it would match everything.", place);
    }

    private static Failure OnlyAt(Failure failure, string place) => failure with { Issues = [.. failure.Issues.Select(i => i with { Expression = place })] };
}
