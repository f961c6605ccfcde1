using System.Collections.Immutable;
using System.Globalization;
using EHealthHub.Access.Policy;
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
/// <param name="IsNarrow">True when nothing beyond one patient's compartment can match, or the caller may change everything: several matches may then be deleted at once.</param>
internal sealed record ConditionMatches(IReadOnlyList<string> Ids, SearchQuery? Query, ImmutableArray<DecidedOn> Decided, bool IsNarrow);

/// <summary>
/// Decides conditions of writes and references. One exact identifier is looked up by its national token. Any other condition is a search: decided by the same policy and logged before facts are opened, so that nobody learns through a
/// condition what a search would refuse them.
/// </summary>
internal sealed class ConditionSearch(RecordStore records, DecisionFacts facts, Journal journal, HubIdentity hub)
{
    /// <summary>Most conditions of one submission that need a search.</summary>
    public const int SearchesMax = 64;

    /// <summary>How facts are matched: a reference by the hub's own absolute address is the relative one.</summary>
    public SearchSettings Settings { get; } = new() { BaseUrl = hub.FhirBase };

    /// <summary>The matches, at most <paramref name="countMax"/>; two are enough to know "many". <paramref name="place"/> is for the outcome.</summary>
    public async ValueTask<Attempt<ConditionMatches>> Find(WriteWork work, Condition condition, string place, int countMax, CancellationToken cancellationToken)
    {
        var (context, interaction) = (work.Context, work.Interaction);
        if (condition.Identifier is { } exact && countMax <= 2)
        {
            var (ids, decided) = await records.DecideByIdentifier(exact, cancellationToken).ConfigureAwait(false);
            return new ConditionMatches(ids, null, [decided], false);
        }

        if (!Parse(condition, place).Try(out var query, out var failure))
        {
            return failure;
        }

        if (++work.Searches > SearchesMax)
        {
            return Failure.Of(413, "too-costly", "conditions-too-many", $"A submission has at most {SearchesMax} conditions that need a search.", place);
        }

        if (await Scope(context.Caller, interaction, condition, query, cancellationToken).ConfigureAwait(false) is not var (scope, request))
        {
            return Failure.Of(412, "too-costly", "patient-required", "A condition names one patient (patient=…), or an exact identifier: conditions over all patients are for system scopes.", place);
        }

        var patients = request.PatientId is { } patient ? ImmutableArray.Create(patient) : [];
        var decision = AccessPolicy.Decide(request);
        if (!decision.Granted || scope is null)
        {
            return new Attempt<ConditionMatches>(OnlyAt(Refusals.Denied(condition.Type), place), decision.Granted ? "not-found" : decision.Rule, patients);
        }

        var asked = journal.Entry(context, EntryKind.SearchAsked, interaction, condition.Type, "", decision.Rule, patients) with { Detail = Detail(condition) };
        var receipt = await journal.Append(asked, scope.Hash(), cancellationToken).ConfigureAwait(false);
        using var session = await records.BeginSearch(scope, receipt, cancellationToken).ConfigureAwait(false);
        session.KeepGrounds();
        var step = session.Find(query, 0, countMax);
        if (step.TooCostly)
        {
            return Failure.Of(412, "too-costly", "too-costly", "Nothing in the condition narrows it enough. Name a patient, an exact identifier, a code or a period.", place);
        }

        work.Decided.AddRange(session.Decided);
        work.Patients.UnionWith(step.Matches.SelectMany(m => m.Patients));
        return new ConditionMatches([.. step.Matches.Select(m => m.Location.Id)], query, [.. session.Decided], scope.AllCompartments || scope.Compartment == CompartmentKind.Patient);
    }

    /// <summary>The condition as a search; what would shape an answer rather than decide a match has no place in it.</summary>
    public Result<SearchQuery> Parse(Condition condition, string place)
    {
        if (!SearchQuery.Parse(condition.Type, QueryText.Parse(condition.Query), strict: true, Settings).Try(out var query, out var failure))
        {
            return OnlyAt(failure, place);
        }

        return query.Criteria.Count > 0 && query.Cursor is null
            ? query
            : Failure.Of(400, "invalid", "condition-invalid", "A condition needs a criterion; without one it would match everything.", place);
    }

    private static Failure OnlyAt(Failure failure, string place) => failure with { Issues = [.. failure.Issues.Select(i => i with { Expression = place })] };

    /// <summary>Where the condition looks, and what has to be decided; no scope when there is nowhere it may look, nothing at all when nobody is named.</summary>
    private async ValueTask<(SearchScope? Scope, AccessRequest Request)?> Scope(Caller caller, string interaction, Condition condition, SearchQuery query, CancellationToken cancellationToken)
    {
        var request = new AccessRequest { Caller = caller, Interaction = Interaction.Search, ResourceType = query.Type, Compartment = CompartmentKind.Directory };
        if (CompartmentRule.IsDirectory(query.Type))
        {
            return (In(CompartmentKind.Directory, ""), request);
        }

        var identifier = query.Type == "Patient" && query.Identifiers is [var only] ? only : null;
        var patient = query.PatientId;
        if (patient is null && identifier is not null && await records.LocateByIdentifier(identifier, cancellationToken).ConfigureAwait(false) is [var known])
        {
            patient = known;
        }

        if (patient is not null)
        {
            return (In(CompartmentKind.Patient, patient), await facts.WithPatient(request with { Compartment = CompartmentKind.Patient }, patient, cancellationToken).ConfigureAwait(false));
        }

        if (caller is { InstitutionKind: InstitutionKind.Authority, PersonKind: PersonKind.None })
        {
            return (In(CompartmentKind.Patient, null), request with { Compartment = CompartmentKind.Patient });
        }

        if (!CompartmentRule.IsPatientType(query.Type) && caller.Institution is { } owner)
        {
            return (In(CompartmentKind.Institution, owner), request with { Compartment = CompartmentKind.Institution, Owner = owner });
        }

        // Whom nobody knows is decided like a patient without a relationship: the answers do not tell the two apart.
        return identifier is null ? null : (null, request with { Compartment = CompartmentKind.Patient });

        SearchScope In(CompartmentKind kind, string? name) => new(kind, name, name is null, interaction, query.Type, query.Used, condition.Query);
    }

    private static string Detail(Condition condition) => string.Create(CultureInfo.InvariantCulture, $"{condition.Type}?{condition.Query}");
}
