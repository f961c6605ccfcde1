using EHealthHub.Access.Policy;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Derived;

/// <summary>
/// <c>[type]/$aggregate</c>: how many patients have resources that satisfy the criteria, by up to three dimensions, over the records of all who may be counted. The question is in the log before anything is opened, and every patient who was
/// counted, in whichever cell, before the answer leaves: their report says so. Facts are enough; no body is opened.
/// </summary>
public sealed class AggregatePatients
{
    /// <summary>The operation.</summary>
    public const string Interaction = "$aggregate";

    private readonly RecordStore _records;
    private readonly DecisionFacts _facts;
    private readonly DerivedGate _gate;
    private readonly ICodeSets _codes;
    private readonly Journal _journal;
    private readonly TimeProvider _time;

    internal AggregatePatients(RecordStore records, DecisionFacts facts, DerivedGate gate, ICodeSets codes, Journal journal, TimeProvider time) =>
        (_records, _facts, _gate, _codes, _journal, _time) = (records, facts, gate, codes, journal, time);

    /// <summary>The act: <c>by</c> names the dimensions, everything else is a criterion.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, string type, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        if (!CompartmentRule.IsPatientType(type))
        {
            return await Refuse(context, type, "type-not-counted", Failure.Of(404, "not-supported", "operation-unknown", "This operation is not served on this type.", "operation"), cancellationToken).ConfigureAwait(false);
        }

        var by = parameters.Where(p => p.Key == "by").SelectMany(p => p.Value.Split(',', _gate.Bounds.DimensionsMax + 1)).ToList();
        if (!Dimensions.Parse(type, by, _gate.Bounds, _time.GetUtcNow()).Try(out var dimensions, out var fault))
        {
            return await Refuse(context, type, fault.Issues[0].Code, fault, cancellationToken).ConfigureAwait(false);
        }

        List<KeyValuePair<string, string>> criteria = [.. parameters.Where(p => p.Key is not ("by" or "_format" or "_pretty"))];
        if (!CoarseCriteria.Parse(type, criteria, _codes).Try(out var query, out fault))
        {
            return await Refuse(context, type, fault.Issues[0].Code, fault, cancellationToken).ConfigureAwait(false);
        }

        if (!_gate.TryEnter(context.Caller, type, out var project, out var refusal))
        {
            return await Refuse(context, type, refusal.Rule, refusal.Failure, cancellationToken).ConfigureAwait(false);
        }

        using (project)
        {
            IReadOnlyList<KeyValuePair<string, string>> asked = [.. parameters.Where(p => p.Key == "by"), .. criteria];
            return await Count(context, project, dimensions, query, asked, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<ActResult> Count(ActContext context, DerivedProject project, Dimensions dimensions, SearchQuery query, IReadOnlyList<KeyValuePair<string, string>> asked, CancellationToken cancellationToken)
    {
        var type = query.Type;
        var scope = new SearchScope(CompartmentKind.Patient, null, true, Interaction, type, asked);
        var entry = _journal.Entry(context, EntryKind.SearchAsked, Interaction, type, "", RuleOf(context), []) with { Detail = $"{type}/{Interaction}{QueryText.Write(asked)}", Statement = project.Name };
        var receipt = await _journal.Append(entry, scope.Hash(), cancellationToken).ConfigureAwait(false);
        var tally = new Tally(project, _gate.Bounds);
        var counted = new List<string>();
        if (!await Walk(_records.BeginCohort(scope, 0, receipt), context, dimensions, query, tally, counted, cancellationToken).ConfigureAwait(false))
        {
            var costly = Failure.Of(403, "too-costly", "too-costly", "The table has too many cells, or takes too long: ask by fewer dimensions, narrow it, or do not wait for it (Prefer: respond-async).", "by");
            return await Refuse(context, type, "too-costly", costly, cancellationToken).ConfigureAwait(false);
        }

        var cells = tally.Told();
        var released = entry with { Kind = EntryKind.SearchReleased, Time = _time.GetUtcNow(), Detail = "", Patients = [.. counted], Count = 1 };
        var position = await _journal.Record(released, cancellationToken).ConfigureAwait(false);
        return new ActResult { Status = 200, Body = AggregateAnswer.Write(type, project.Name, dimensions, cells, _gate.Bounds), Receipt = position };
    }

    /// <summary>Patient by patient; false beyond a bound.</summary>
    private async ValueTask<bool> Walk(CohortWalk walk, ActContext context, Dimensions dimensions, SearchQuery query, Tally tally, List<string> counted, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var seen = 0;
        bool Look(AccessRequest request, CohortPatient<PatientKnowledge> patient)
        {
            seen++;
            if (DerivedGate.ViewOf(request) is { } view && CellsOf(patient, view, dimensions, query) is { Count: > 0 } cells)
            {
                tally.Add(patient.Id, cells);
                counted.Add(patient.Id);
            }

            return !tally.IsFull;
        }

        while (await _facts.Step(walk, context.Caller, query.Type, Look, cancellationToken).ConfigureAwait(false))
        {
            if (tally.IsFull || seen >= _gate.Bounds.PatientsMax || _time.GetElapsedTime(began) > _gate.Bounds.RunTime)
            {
                return false;
            }
        }

        return !tally.IsFull;
    }

    private static HashSet<string> CellsOf(CohortPatient<PatientKnowledge> patient, RecordView view, Dimensions dimensions, SearchQuery query)
    {
        using var session = patient.Search(view);
        var cells = new HashSet<string>(StringComparer.Ordinal);
        var matches = session.Find(query, 0, DerivedBounds.ResourcesPerPatientMax, countAll: false).Matches;
        if (matches.Count > 0)
        {
            var person = dimensions.NeedPerson && session.Locate("Patient", patient.Id) is { } found ? CountedPerson.Of(found.Facts.Span) : CountedPerson.Unknown;
            foreach (var match in matches)
            {
                dimensions.Add(match.Facts.Span, person, cells);
            }
        }

        return cells;
    }

    private static string RuleOf(ActContext context) => context.Caller.Purpose == Purpose.PublicHealth ? "public-health" : "research-consent";

    private ValueTask<ActResult> Refuse(ActContext context, string type, string rule, Failure failure, CancellationToken cancellationToken) =>
        _journal.Refuse(context, Interaction, type, "", rule, [], failure, cancellationToken);
}
