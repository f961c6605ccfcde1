using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using EHealthHub.Access.Policy;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Reports;
using EHealthHub.Fhir.Outcomes;

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
/// <param name="Statement">What the person stated in their own words, such as the reason of an emergency access; else empty.</param>
/// <param name="Count">How many resources, of a page of results.</param>
/// <param name="Origin">The log.</param>
/// <param name="Index">The entry in it: what an inclusion proof is asked for by.</param>
/// <param name="Sequence">Its number among this patient's entries in that log, from 1 without gaps.</param>
public sealed record AccessEvent(
    DateTimeOffset Time, EntryKind Kind, string Institution, string InstitutionName, string Person, string PersonName, string Role, string Purpose, string Interaction, string ResourceType, string ResourceId, int Status,
    string Reason, string Statement, int Count, string Origin, long Index, long Sequence)
{
    /// <summary>True for one that was refused.</summary>
    public bool IsRefused => Kind == EntryKind.Refusal;

    /// <summary>What the rule says to people; null where the reason is no rule's.</summary>
    public RuleText? Rule => RuleText.Of(Reason);
}

/// <summary>A page of a report, newest first.</summary>
/// <param name="Patient">Logical id.</param>
/// <param name="Events">The events of the page.</param>
/// <param name="Next">Where the next page goes on; null on the last.</param>
public sealed record AccessReportPage(string Patient, ImmutableArray<AccessEvent> Events, string? Next);

/// <summary>
/// <c>Patient/[id]/$access-report</c>: everyone who looked at a record, tried to, or was refused, for the citizen whose record it is. From the audit logs themselves, along the chain that the patient's entries form in each; that the report was asked for is an entry too, and stands first. With <c>proof=true</c> the file comes along
/// that proves to whoever checks it that no entry is missing (<see cref="PatientReport"/>).
/// </summary>
public sealed class AccessReport
{
    /// <summary>Name of the operation, and of its entries.</summary>
    public const string Interaction = "$access-report";

    /// <summary>Most events of a page.</summary>
    public const int CountMax = 500;

    private const int CountDefault = 100;
    private const int CursorMax = 16_384;
    private const int ProofBytesMax = 32 * 1024 * 1024;

    private readonly OwnTrail _own;
    private readonly Journal _journal;
    private readonly PatientTrail _trail;
    private readonly TimeProvider _time;
    private readonly Func<ReportNames> _names;

    internal AccessReport(OwnTrail own, Journal journal, PatientTrail trail, Func<ReportNames> names, TimeProvider time)
    {
        _own = own;
        _journal = journal;
        _trail = trail;
        _time = time;
        _names = names;
    }

    /// <summary>The operation: <c>_count</c> and <c>_cursor</c> choose the page, <c>proof</c> asks for the file.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, string patient, IReadOnlyList<KeyValuePair<string, string>> parameters, string language, CancellationToken cancellationToken)
    {
        var (count, cursor, proof) = (CountDefault, (string?)null, false);
        foreach (var (name, value) in parameters)
        {
            var isGood = name switch
            {
                "_count" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is >= 1 and <= CountMax,
                "_cursor" => (cursor = value).Length <= CursorMax,
                "proof" => bool.TryParse(value, out proof),
                _ => false,
            };
            if (!isGood)
            {
                return await Bad(context, patient, $"$access-report takes _count, from 1 to {CountMax}, _cursor as a page gave it, and proof (true or false).", name.Length <= 64 ? name : name[..64], cancellationToken).ConfigureAwait(false);
            }
        }

        var (result, page) = await Read(context, patient, count, cursor, cancellationToken).ConfigureAwait(false);
        if (page is null)
        {
            return result;
        }

        using var file = new BoundedBuffer(ProofBytesMax);
        if (proof)
        {
            await PatientReport.Write(_trail, patient, file, _time, cancellationToken).ConfigureAwait(false);
            if (file.IsOver)
            {
                var failure = Failure.Of(403, "too-costly", "too-costly", $"The proof has more than {ProofBytesMax} bytes; the operator hands it out as a file.", "proof");
                return await _journal.Refuse(context, Interaction, "Patient", patient, "proof-too-large", [patient], failure, cancellationToken).ConfigureAwait(false);
            }
        }

        var body = new ArrayBufferWriter<byte>(4_096);
        AccessReportWriter.Write(body, page, proof ? file.Bytes : default, language);
        return result with { Body = body.WrittenMemory };
    }

    /// <summary>A page of the report as it is, for the hub's own pages; without one, the refusal. The result carries the receipt of its entry. <paramref name="cursor"/> is <see cref="AccessReportPage.Next"/> of the page before.</summary>
    public async ValueTask<(ActResult Result, AccessReportPage? Page)> Read(ActContext context, string patient, int count, string? cursor, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, CountMax);
        var (rule, patients) = await _own.Rule(context.Caller, patient, cancellationToken).ConfigureAwait(false);
        if (rule != OwnTrail.Own)
        {
            return (await _journal.Refuse(context, Interaction, "Patient", patient, rule, patients, Refusals.NotFound("Patient", patient), cancellationToken).ConfigureAwait(false), null);
        }

        var position = await _journal.Record(_journal.Entry(context, EntryKind.AuditRead, Interaction, "Patient", patient, rule, [patient]), cancellationToken).ConfigureAwait(false);
        if (Trail(patient, cursor, count, cancellationToken) is not { } found)
        {
            return (await Bad(context, patient, "The continuation was not made for this report.", "_cursor", cancellationToken).ConfigureAwait(false), null);
        }

        var names = _names();
        return (new ActResult { Status = 200, Receipt = position }, new AccessReportPage(patient, [.. found.Entries.Select(e => Event(e, names))], found.Cursor));
    }

    /// <summary>Null for a continuation that leads elsewhere; without one, a chain that is broken is damage, and thrown.</summary>
    private PatientPage? Trail(string patient, string? cursor, int count, CancellationToken cancellationToken)
    {
        try
        {
            return _trail.Page(patient, cursor, count, cancellationToken);
        }
        catch (InvalidDataException) when (cursor is not null)
        {
            return null;
        }
    }

    private ValueTask<ActResult> Bad(ActContext context, string patient, string text, string parameter, CancellationToken cancellationToken) =>
        _journal.Refuse(context, Interaction, "Patient", patient, "parameter-invalid", [], Failure.Of(400, "invalid", "parameter-invalid", text, parameter), cancellationToken);

    private static AccessEvent Event(PatientEntry found, ReportNames names)
    {
        var entry = found.Entry;
        return new AccessEvent(
            entry.Time, entry.Kind, entry.Institution, names.Institution(entry.Institution), entry.Person, names.Person(entry.Person), entry.Role, entry.Purpose, entry.Interaction, entry.ResourceType, entry.ResourceId, entry.Status,
            entry.Reason, entry.Statement, entry.Kind == EntryKind.SearchReleased ? entry.Count : 1, found.Origin, found.Index, found.Sequence);
    }
}
