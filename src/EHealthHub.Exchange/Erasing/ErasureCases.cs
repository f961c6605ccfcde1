using System.Collections.Immutable;
using EHealthHub.Access.Erasure;
using EHealthHub.Access.Policy;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Operations;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Erasing;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Erasing;

/// <summary>
/// The way of an erasure: the citizen asks, two operators approve, one of them carries it out, and a legal hold stops it up to the last moment. Every step is in the log before it is taken; the last entry of an erasure carries the hash over
/// the envelopes that are gone, each of which the log knows from when it was written.
/// </summary>
public sealed class ErasureCases
{
    private const string Type = "Patient";
    private const int ReasonMax = 1_000;
    private const int ApprovalsNeeded = 2;

    private readonly RecordStore _records;
    private readonly DecisionFacts _facts;
    private readonly Journal _journal;
    private readonly TimeProvider _time;

    internal ErasureCases(RecordStore records, DecisionFacts facts, Journal journal, TimeProvider time) => (_records, _facts, _journal, _time) = (records, facts, journal, time);

    /// <summary><c>Patient/[id]/$request-erasure</c>: the citizen asks. One who asked already is told of that case.</summary>
    public async ValueTask<ActResult> Ask(ActContext context, string patient, OperationInput input, CancellationToken cancellationToken)
    {
        const string Interaction = "$request-erasure";
        var request = await _facts.WithPatient(_facts.Ask(context.Caller, Access.Policy.Interaction.Read, Type, CompartmentKind.Patient), patient, cancellationToken).ConfigureAwait(false);
        var decision = ErasurePolicy.Decide(context.Caller, ErasureStep.Ask, request.IsOwnRecord, tookPart: false);
        if (!decision.Granted)
        {
            return await _journal.Refuse(context, Interaction, Type, patient, decision.Rule, [], Refusals.NotFound(Type, patient), cancellationToken).ConfigureAwait(false);
        }

        if (!Reason(input, "reason").Try(out var reason, out var fault))
        {
            return await _journal.Refuse(context, Interaction, Type, patient, fault.Issues[0].Code, [patient], fault, cancellationToken).ConfigureAwait(false);
        }

        var open = (await _records.Cases.All(cancellationToken).ConfigureAwait(false)).FirstOrDefault(c => c.Kind == CaseKind.Erasure && c.State is CaseState.Open or CaseState.Approved or CaseState.Ready && c.PatientId == patient);
        if (open is not null)
        {
            var told = await _journal.Record(Entry(context, Interaction, decision.Rule, open), cancellationToken).ConfigureAwait(false);
            return new ActResult { Status = 200, Body = CaseParameters.Write([open]), Receipt = told };
        }

        var made = new PatientCase(0, CaseKind.Erasure, CaseState.Open, patient, new CaseDetails { Asked = Step(context, reason) }.Write());
        return await Write(context, Interaction, decision.Rule, made, null, 201, cancellationToken).ConfigureAwait(false);
    }

    /// <summary><c>$erasures</c>: what is asked for, what is under way, what was done; and the holds.</summary>
    public async ValueTask<ActResult> List(ActContext context, CancellationToken cancellationToken)
    {
        const string Interaction = "$erasures";
        var decision = context.Caller.Person is null ? ErasurePolicy.Decide(context.Caller, ErasureStep.Hold, false, false) : ErasurePolicy.Decide(context.Caller, ErasureStep.List, false, false);
        if (!decision.Granted)
        {
            return await Denied(context, Interaction, decision, "", cancellationToken).ConfigureAwait(false);
        }

        var cases = await _records.Cases.All(cancellationToken).ConfigureAwait(false);
        ImmutableArray<string> patients = [.. cases.Select(c => c.PatientId).Where(p => p.Length > 0).Distinct(StringComparer.Ordinal).Take(1_000)];
        var position = await _journal.Record(_journal.Entry(context, EntryKind.Administration, Interaction, Type, "", decision.Rule, patients), cancellationToken).ConfigureAwait(false);
        return new ActResult { Status = 200, Body = CaseParameters.Write(cases), Receipt = position };
    }

    /// <summary><c>$approve-erasure</c>: the first or the second of two different operators.</summary>
    public ValueTask<ActResult> Approve(ActContext context, OperationInput input, CancellationToken cancellationToken) =>
        Change(context, "$approve-erasure", ErasureStep.Approve, input, c => c is { Kind: CaseKind.Erasure, State: CaseState.Open or CaseState.Approved }, (one, details, reason) =>
        {
            var approvals = details.Approvals.Add(Step(context, reason));
            return one with { State = approvals.Length >= ApprovalsNeeded ? CaseState.Ready : CaseState.Approved, Details = (details with { Approvals = approvals }).Write() };
        }, cancellationToken);

    /// <summary><c>$refuse-erasure</c>: one operator is enough.</summary>
    public ValueTask<ActResult> Refuse(ActContext context, OperationInput input, CancellationToken cancellationToken) =>
        Change(context, "$refuse-erasure", ErasureStep.Execute, input, c => c is { Kind: CaseKind.Erasure, State: CaseState.Open or CaseState.Approved or CaseState.Ready }, (one, details, reason) =>
            one with { State = CaseState.Closed, Details = (details with { Closed = Step(context, reason) }).Write() }, cancellationToken);

    /// <summary><c>Patient/[id]/$legal-hold</c>: from now on the record is not erased, whoever approved.</summary>
    public async ValueTask<ActResult> Hold(ActContext context, string patient, OperationInput input, CancellationToken cancellationToken)
    {
        const string Interaction = "$legal-hold";
        var decision = ErasurePolicy.Decide(context.Caller, ErasureStep.Hold, false, false);
        if (!decision.Granted)
        {
            return await Denied(context, Interaction, decision, patient, cancellationToken).ConfigureAwait(false);
        }

        if (!Reason(input, "reason").Try(out var reason, out var fault))
        {
            return await _journal.Refuse(context, Interaction, Type, patient, fault.Issues[0].Code, [patient], fault, cancellationToken).ConfigureAwait(false);
        }

        var made = new PatientCase(0, CaseKind.Hold, CaseState.Open, patient, new CaseDetails { Asked = Step(context, reason) }.Write());
        return await Write(context, Interaction, decision.Rule, made, null, 201, cancellationToken).ConfigureAwait(false);
    }

    /// <summary><c>$lift-legal-hold</c>.</summary>
    public ValueTask<ActResult> Lift(ActContext context, OperationInput input, CancellationToken cancellationToken) =>
        Change(context, "$lift-legal-hold", ErasureStep.Hold, input, c => c is { Kind: CaseKind.Hold, State: CaseState.Open }, (one, details, reason) =>
            one with { State = CaseState.Closed, Details = (details with { Closed = Step(context, reason) }).Write() }, cancellationToken);

    /// <summary><c>$execute-erasure</c>: erases what two approved of.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, OperationInput input, CancellationToken cancellationToken)
    {
        const string Interaction = "$execute-erasure";
        var (one, decision, refusal) = await Find(context, Interaction, ErasureStep.Execute, input, c => c is { Kind: CaseKind.Erasure, State: CaseState.Ready }, cancellationToken).ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        // Who asked is the patient, and why they did is about them: from here on the case keeps neither.
        var details = CaseDetails.Read(one!.Details) with { Asked = null, Executed = Step(context, "") };
        var ready = one with { Details = details.Write() };
        var hash = PatientCases.AskHash(ready);
        var receipt = await _journal.Append(Entry(context, Interaction, decision!.Rule, one) with { Hashes = hash }, hash, cancellationToken).ConfigureAwait(false);

        // Once begun it goes on, whatever the caller's patience.
        var result = await _records.Cases.Erase(ready, receipt, CancellationToken.None).ConfigureAwait(false);
        switch (result.Status)
        {
            case ErasureStatus.Held:
                return await _journal.Refuse(context, Interaction, Type, one.PatientId, "legal-hold", [one.PatientId], Failure.Of(409, "conflict", "legal-hold", "The record is under a legal hold; nothing was erased.", Type), CancellationToken.None).ConfigureAwait(false);
            case ErasureStatus.Pending:
                return new ActResult { Status = 202, Body = CaseParameters.Write([ready with { State = CaseState.Erasing }]), Receipt = receipt.Position };
            default:
                var position = await _journal.Record(Done(Entry(context, "erased", decision.Rule, one), result), CancellationToken.None).ConfigureAwait(false);
                return new ActResult { Status = 200, Body = CaseParameters.Write([ready with { State = CaseState.Erased, PatientId = "" }], result), Receipt = position };
        }
    }

    /// <summary>Brings to their end erasures that a crash or a long reader held up, and logs each; at the start also those that the opening of the store ended.</summary>
    public async ValueTask Resume(bool atStart, CancellationToken cancellationToken)
    {
        var ended = atStart ? _records.Cases.EndedAtStart : await _records.Cases.Resume(cancellationToken).ConfigureAwait(false);
        foreach (var (one, result) in ended)
        {
            // Where records were put back that had been erased before, nobody knows any more whose they were.
            var restored = one.PatientId.Length == 0;
            var entry = new AuditEntry
            {
                Kind = EntryKind.Administration, Time = _time.GetUtcNow(), Interaction = "erased", ResourceType = Type, ResourceId = one.PatientId, Patients = restored ? [] : [one.PatientId],
                Status = 200, Reason = restored ? "erasure-of-restored" : "erasure-resumed", Detail = Number(one),
            };
            await _journal.Record(Done(entry, result), cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<ActResult> Change(
        ActContext context, string interaction, ErasureStep step, OperationInput input, Func<PatientCase, bool> fits, Func<PatientCase, CaseDetails, string, PatientCase> change, CancellationToken cancellationToken)
    {
        var (one, decision, refusal) = await Find(context, interaction, step, input, fits, cancellationToken).ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        return Reason(input, "reason", "number").Try(out var reason, out var fault)
            ? await Write(context, interaction, decision!.Rule, change(one!, CaseDetails.Read(one!.Details), reason), one.State, 200, cancellationToken).ConfigureAwait(false)
            : await _journal.Refuse(context, interaction, Type, one!.PatientId, fault.Issues[0].Code, [one.PatientId], fault, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The case that the input names, decided; or the refusal.</summary>
    private async ValueTask<(PatientCase? Case, AccessDecision? Decision, ActResult? Refusal)> Find(
        ActContext context, string interaction, ErasureStep step, OperationInput input, Func<PatientCase, bool> fits, CancellationToken cancellationToken)
    {
        var first = ErasurePolicy.Decide(context.Caller, step, false, tookPart: false);
        if (!first.Granted)
        {
            return (null, null, await Denied(context, interaction, first, "", cancellationToken).ConfigureAwait(false));
        }

        var one = long.TryParse(input.Text("number"), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? (await _records.Cases.All(cancellationToken).ConfigureAwait(false)).FirstOrDefault(c => c.Number == number)
            : null;
        if (one is null || !fits(one))
        {
            var failure = one is null
                ? Failure.Of(404, "not-found", "case-unknown", "There is no case with this number (parameter number).", "Parameters.parameter")
                : Failure.Of(409, "conflict", "case-state", $"The case is {CaseParameters.NameOf(one)}: this step is not its next one.", "Parameters.parameter");
            return (null, null, await _journal.Refuse(context, interaction, Type, "", failure.Issues[0].Code, [], failure, cancellationToken).ConfigureAwait(false));
        }

        var details = CaseDetails.Read(one.Details);
        var tookPart = context.Caller.Person is { } person && (details.Asked?.By == person || details.Approvals.Any(a => a.By == person));
        var decision = ErasurePolicy.Decide(context.Caller, step, false, tookPart);
        return decision.Granted ? (one, decision, null) : (null, null, await Denied(context, interaction, decision, one.PatientId, cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask<ActResult> Write(ActContext context, string interaction, string rule, PatientCase written, CaseState? expected, int status, CancellationToken cancellationToken)
    {
        var hash = PatientCases.AskHash(written);
        var receipt = await _journal.Append(Entry(context, interaction, rule, written) with { Hashes = hash }, hash, cancellationToken).ConfigureAwait(false);
        var number = await _records.Cases.Put(written, expected, receipt).ConfigureAwait(false);
        return number > 0
            ? new ActResult { Status = status, Body = CaseParameters.Write([written with { Number = number }]), Receipt = receipt.Position }
            : await _journal.Refuse(context, interaction, Type, written.PatientId, "concurrent-change", [written.PatientId], Refusals.Busy(Type), cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<ActResult> Denied(ActContext context, string interaction, AccessDecision decision, string patient, CancellationToken cancellationToken) =>
        _journal.Refuse(context, interaction, Type, patient, decision.Rule, patient.Length > 0 ? [patient] : [], Refusals.Denied(Type), cancellationToken);

    private AuditEntry Entry(ActContext context, string interaction, string rule, PatientCase one) =>
        _journal.Entry(context, EntryKind.Administration, interaction, Type, one.PatientId, rule, [one.PatientId]) with { Detail = Number(one) };

    private static AuditEntry Done(AuditEntry entry, ErasureResult result) =>
        entry with { Detail = FormattableString.Invariant($"{entry.Detail}; {result.Versions} versions"), Hashes = result.Envelopes };

    private static string Number(PatientCase one) => one.Number == 0 ? "new case" : FormattableString.Invariant($"case {one.Number}");

    private CaseStep Step(ActContext context, string reason) => new(context.Caller.Person ?? context.Caller.Institution ?? "", _time.GetUtcNow(), reason);

    private static Result<string> Reason(OperationInput input, params ReadOnlySpan<string> served) =>
        input.Refuse(served) is { } failure ? failure
        : input.Text("reason") is { Length: > ReasonMax } ? Failure.Of(400, "too-long", "parameter-invalid", $"A reason has at most {ReasonMax} characters.", "Parameters.parameter")
        : input.Text("reason") ?? "";
}
