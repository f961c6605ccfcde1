using EHealthHub.Access.Policy;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Writing;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Operations;

/// <summary>
/// <c>$meta</c> of a type or of the whole hub (R4 Resource-meta), for system scopes: the profiles, tags and security labels in use, read from facts alone. Logged before facts are opened, and again with the number that was looked at; no
/// body is opened, and no patient is told of.
/// </summary>
public sealed class SummarizeMeta
{
    private const string Interaction = "$meta";
    private const int StepMax = 1_000;

    private readonly RecordStore _records;
    private readonly DecisionFacts _facts;
    private readonly Journal _journal;

    internal SummarizeMeta(RecordStore records, DecisionFacts facts, Journal journal)
    {
        _facts = facts;
        _records = records;
        _journal = journal;
    }

    /// <summary>The act; <paramref name="type"/> null for every type. 403 beyond what one search may open.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, string? type, CancellationToken cancellationToken)
    {
        if (context.Caller is not { InstitutionKind: InstitutionKind.Authority, PersonKind: PersonKind.None })
        {
            return await Refuse(context, type, "system-scope-required", Failure.Of(403, "too-costly", "meta-system-scope", "The labels of a type or of everything are for system scopes; ask for those of one resource.", type), cancellationToken).ConfigureAwait(false);
        }

        var decision = AccessPolicy.Decide(_facts.Ask(context.Caller, Access.Policy.Interaction.Search, type ?? "*", CompartmentKind.Patient));
        if (!decision.Granted)
        {
            return await Refuse(context, type, decision.Rule, Refusals.Denied(type ?? "Resource"), cancellationToken).ConfigureAwait(false);
        }

        var scope = new SearchScope(CompartmentKind.Patient, null, true, Interaction, type ?? "", [], "");
        var asked = _journal.Entry(context, EntryKind.SearchAsked, Interaction, type ?? "", "", decision.Rule, []) with { Detail = type is null ? Interaction : $"{type}/{Interaction}" };
        var receipt = await _journal.Append(asked, scope.Hash(), cancellationToken).ConfigureAwait(false);
        var summary = new MetaSummary();
        int? looked;
        using (var session = await _records.BeginSearch(scope, RecordView.Everything, receipt, cancellationToken).ConfigureAwait(false))
        {
            looked = Gather(session, type, summary);
        }

        if (looked is not { } count)
        {
            return await Refuse(context, type, "too-costly", Failure.Of(403, "too-costly", "too-costly", "There are more resources or labels than one answer may look at. Ask for one type.", type), cancellationToken).ConfigureAwait(false);
        }

        var released = asked with { Kind = EntryKind.SearchReleased, Detail = "", Count = count };
        return new ActResult { Status = 200, Body = summary.Answer(), Receipt = await _journal.Record(released, cancellationToken).ConfigureAwait(false) };
    }

    /// <summary>How many resources were looked at; null beyond the bounds of one search.</summary>
    private static int? Gather(SearchSession session, string? type, MetaSummary summary)
    {
        var looked = 0;
        IEnumerable<string> types = type is null ? ResourceTypes.All.Order(StringComparer.Ordinal) : [type];
        foreach (var one in types)
        {
            // A type that cannot be searched has no labels to tell.
            for (long position = 0; SearchQuery.Parse(one, [], strict: true).Try(out var query, out _);)
            {
                var step = session.Find(query, position, StepMax, countAll: false);
                foreach (var match in step.Matches)
                {
                    summary.Add(match.Facts.Span);
                    looked++;
                }

                if (step.TooCostly || session.Spent || summary.IsFull)
                {
                    return null;
                }

                if (step.NextPosition == 0)
                {
                    break;
                }

                position = step.NextPosition;
            }
        }

        return looked;
    }

    private ValueTask<ActResult> Refuse(ActContext context, string? type, string rule, Failure failure, CancellationToken cancellationToken) =>
        _journal.Refuse(context, Interaction, type ?? "", "", rule, [], failure, cancellationToken);
}
