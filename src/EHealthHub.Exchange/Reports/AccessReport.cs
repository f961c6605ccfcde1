using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using EHealthHub.Access.Policy;
using EHealthHub.Access.Scopes;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Reports;

/// <summary>One event of a report: who looked, tried or was refused.</summary>
/// <param name="Time">When.</param>
/// <param name="Kind">What the entry tells of.</param>
/// <param name="Institution">Registered id; empty for none.</param>
/// <param name="InstitutionName">Its name; its id where it is registered no more.</param>
/// <param name="Person">Registered id; empty for a system.</param>
/// <param name="PersonName">Their name; their id where they are registered no more.</param>
/// <param name="Role">In which they acted.</param>
/// <param name="Purpose">v3-ActReason.</param>
/// <param name="Interaction">R4's code, or the hub's own verb.</param>
/// <param name="ResourceType">Type; may be empty.</param>
/// <param name="ResourceId">Id; may be empty.</param>
/// <param name="Status">HTTP status or the outcome's own code.</param>
/// <param name="Reason">The rule that granted or refused; a person reads <see cref="RuleText"/>.</param>
/// <param name="Detail">What was asked, where it concerned this patient alone; else empty.</param>
/// <param name="Count">How many resources, of a page of results.</param>
/// <param name="Origin">The log.</param>
/// <param name="Index">The entry in it: what an inclusion proof is asked for by.</param>
public sealed record AccessEvent(
    DateTimeOffset Time, EntryKind Kind, string Institution, string InstitutionName, string Person, string PersonName, string Role, string Purpose, string Interaction, string ResourceType, string ResourceId, int Status,
    string Reason, string Detail, int Count, string Origin, long Index)
{
    /// <summary>True for one that was refused.</summary>
    public bool IsRefused => Kind == EntryKind.Refusal;

    /// <summary>What the rule says to people; null where the reason is no rule's.</summary>
    public RuleText? Rule => RuleText.Of(Reason);
}

/// <summary>A log that a report was made from.</summary>
/// <param name="Origin">Its name.</param>
/// <param name="Size">How many entries were looked at: all of them.</param>
/// <param name="Checkpoint">Its signed checkpoint; whoever keeps it can have the log checked against it.</param>
public sealed record SearchedLog(string Origin, long Size, string Checkpoint);

/// <summary>A page of a report, newest first.</summary>
/// <param name="Patient">Logical id.</param>
/// <param name="Events">The events of the page.</param>
/// <param name="Total">All events.</param>
/// <param name="Next">How many to skip for the next page; null on the last.</param>
/// <param name="Logs">What was looked through.</param>
public sealed record AccessReportPage(string Patient, ImmutableArray<AccessEvent> Events, int Total, int? Next, ImmutableArray<SearchedLog> Logs);

/// <summary>
/// <c>Patient/[id]/$access-report</c>: everyone who looked at a record, tried to, or was refused, for the citizen whose record it is. From the audit log itself, every entry of it; that the report was asked for is an entry too, and stands in the next one.
/// </summary>
public sealed class AccessReport
{
    /// <summary>Name of the operation, and of its entries.</summary>
    public const string Interaction = "$access-report";

    /// <summary>Most events of a page.</summary>
    public const int CountMax = 500;

    private const int CountDefault = 100;

    private readonly DecisionFacts _facts;
    private readonly Journal _journal;
    private readonly PatientTrail _trail;
    private readonly Func<ReportNames> _names;

    internal AccessReport(DecisionFacts facts, Journal journal, PatientTrail trail, Func<ReportNames> names)
    {
        _facts = facts;
        _journal = journal;
        _trail = trail;
        _names = names;
    }

    /// <summary>Reads what was logged since; for the first time after a start before anybody waits for it.</summary>
    public void Follow(CancellationToken cancellationToken) => _trail.Follow(cancellationToken);

    /// <summary>The operation: <c>_count</c> and <c>_offset</c> choose the page.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, string patient, IReadOnlyList<KeyValuePair<string, string>> parameters, string language, CancellationToken cancellationToken)
    {
        var (count, skip) = (CountDefault, 0);
        foreach (var (name, value) in parameters)
        {
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            if (!isNumber || !(name == "_count" ? number is >= 1 and <= CountMax : name == "_offset"))
            {
                var failure = Failure.Of(400, "invalid", "parameter-invalid", $"$access-report takes _count, from 1 to {CountMax}, and _offset.", name.Length <= 64 ? name : name[..64]);
                return await _journal.Refuse(context, Interaction, "Patient", patient, "parameter-invalid", [], failure, cancellationToken).ConfigureAwait(false);
            }

            (count, skip) = name == "_count" ? (number, skip) : (count, number);
        }

        var (result, page) = await Read(context, patient, count, skip, cancellationToken).ConfigureAwait(false);
        if (page is null)
        {
            return result;
        }

        var body = new ArrayBufferWriter<byte>(4_096);
        AccessReportWriter.Write(body, page, language);
        return result with { Body = body.WrittenMemory };
    }

    /// <summary>A page of the report as it is, for the hub's own pages; without one, the refusal. The result carries the receipt of its entry.</summary>
    public async ValueTask<(ActResult Result, AccessReportPage? Page)> Read(ActContext context, string patient, int count, int skip, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, CountMax);
        var (location, known) = await _facts.Locate("Patient", patient, cancellationToken).ConfigureAwait(false);
        var rule = "not-found";
        if (location is not null)
        {
            rule = await Rule(context.Caller, location, known, cancellationToken).ConfigureAwait(false);
        }

        if (rule != "own-record")
        {
            var patients = location is null ? [] : DecisionFacts.PatientsOf(location);
            return (await _journal.Refuse(context, Interaction, "Patient", patient, rule, patients, Refusals.NotFound("Patient", patient), cancellationToken).ConfigureAwait(false), null);
        }

        _trail.Follow(cancellationToken);
        var logs = _trail.Logs.Select(l => new SearchedLog(l.Origin, l.Size, l.Checkpoint)).ToImmutableArray();
        var position = await _journal.Record(_journal.Entry(context, EntryKind.AuditRead, Interaction, "Patient", patient, rule, [patient]), cancellationToken).ConfigureAwait(false);
        var (entries, total) = _trail.Of(patient, skip, count);
        var names = _names();
        var page = new AccessReportPage(patient, [.. entries.Select(e => Event(e.Log.Origin, e.Index, e.Entry, names))], total, skip + count < total ? skip + count : null, logs);
        return (new ActResult { Status = 200, Receipt = position }, page);
    }

    /// <summary>The citizen alone, of the own record, with a scope that covers reading of audit events: an application that may see laboratory results only does not learn who else looked.</summary>
    private async ValueTask<string> Rule(Caller caller, ResourceLocation location, PatientKnowledge? known, CancellationToken cancellationToken)
    {
        var decision = await _facts.Decide(await _facts.ForResource(caller, Access.Policy.Interaction.Read, location, known, cancellationToken).ConfigureAwait(false), location, cancellationToken).ConfigureAwait(false);
        return !decision.Granted || decision.Masked ? decision.Rule + (decision.Granted ? "-masked" : "")
            : caller.PersonKind != PersonKind.Citizen ? "report-of-the-citizen"
            : !SmartScope.Covers(caller, Access.Policy.Interaction.Read, "AuditEvent", new ScopePlace(false, location.CompartmentName)) ? "scope-missing"
            : decision.Rule;
    }

    private static AccessEvent Event(string origin, long index, AuditEntry entry, ReportNames names) => new(
        entry.Time, entry.Kind, entry.Institution, names.Institution(entry.Institution), entry.Person, names.Person(entry.Person), entry.Role, entry.Purpose, entry.Interaction, entry.ResourceType, entry.ResourceId, entry.Status,
        entry.Reason, entry.Patients.Length == 1 ? entry.Detail : "", entry.Kind == EntryKind.SearchReleased ? entry.Count : 1, origin, index);
}
