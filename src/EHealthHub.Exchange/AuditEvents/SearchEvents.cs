using System.Buffers;
using System.Collections.Immutable;
using EHealthHub.Access.Scopes;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Reports;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Writing;
using EHealthHub.Records;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.AuditEvents;

/// <summary>
/// ITI-81: the audit log as AuditEvents, searched and read. Auditors and the registry's authority see all of it, a citizen the own events as a patient may see them; whoever else asks is told the same whether or not there is such a patient
/// or event. That the log was read is an entry before the answer leaves, and it names the patients whose events are on the page. Nobody writes events.
/// </summary>
public sealed class SearchEvents
{
    /// <summary>The type.</summary>
    public const string Type = "AuditEvent";

    /// <summary>Interactions that are served, as R4's codes.</summary>
    public static ImmutableArray<string> Served { get; } = ["read", "vread", "search-type"];

    private readonly RecordStore _records;
    private readonly OwnTrail _own;
    private readonly Journal _journal;
    private readonly CursorCodec _cursors;
    private readonly EventFinder _finder;
    private readonly EventLogs _logs;
    private readonly EventIds _ids;
    private readonly Func<ReportNames> _names;
    private readonly HubIdentity _hub;
    private readonly SearchSettings _settings;
    private readonly TimeProvider _time;

    internal SearchEvents(RecordStore records, OwnTrail own, Journal journal, CursorCodec cursors, EventFinder finder, EventLogs logs, EventIds ids, Func<ReportNames> names, HubIdentity hub, TimeProvider time)
    {
        (_records, _own, _journal, _cursors, _finder, _logs, _ids, _names, _hub, _time) = (records, own, journal, cursors, finder, logs, ids, names, hub, time);
        _settings = new SearchSettings { BaseUrl = hub.FhirBase };
    }

    /// <summary>The refusal of every write.</summary>
    internal static Failure NotWritten { get; } = Failure.Of(405, "not-supported", "audit-events-not-written", "AuditEvents are made of the hub's audit log; nobody creates, changes or deletes one.", Type);

    /// <summary>search-type.</summary>
    public ValueTask<ActResult> Execute(ActContext context, IReadOnlyList<KeyValuePair<string, string>> parameters, bool strict, CancellationToken cancellationToken) =>
        EventQuery.Parse(parameters, strict, _settings).Try(out var query, out var failure) ? Run(context, query, cancellationToken) : Refuse(context, "search-type", failure, cancellationToken);

    /// <summary>search-compartment.</summary>
    public ValueTask<ActResult> ExecuteInCompartment(ActContext context, string compartment, string id, IReadOnlyList<KeyValuePair<string, string>> parameters, bool strict, CancellationToken cancellationToken) =>
        EventQuery.ParseInCompartment(compartment, id, parameters, strict, _settings).Try(out var query, out var failure) ? Run(context, query, cancellationToken) : Refuse(context, "search-compartment", failure, cancellationToken);

    /// <summary>read, and vread of the one version that there is.</summary>
    public async ValueTask<ActResult> Read(ActContext context, string id, int? version, CancellationToken cancellationToken)
    {
        var interaction = version is null ? "read" : "vread";
        var logged = _ids.TryRead(id, out var place) && _logs.Find(place.Log) is { } log && place.Index < log.Size ? new LoggedEntry(log.Origin, place.Index, log.At(place.Index)) : (LoggedEntry?)null;
        ImmutableArray<string> patients = logged?.Entry.Patients is { IsEmpty: false } named ? [named[place.Ordinal]] : [];
        var rule = SeesAll(context.Caller, Access.Policy.Interaction.Read) ? "audit-of-auditors"
            : context.Caller.PersonKind == PersonKind.Citizen && patients is [var one] ? (await _own.Rule(context.Caller, one, cancellationToken).ConfigureAwait(false)).Rule
            : "audit-not-entitled";
        var isGranted = rule is "audit-of-auditors" or OwnTrail.Own;
        if (logged is not { } found || !isGranted || version is not (null or 1))
        {
            return await _journal.Refuse(context, interaction, Type, id, isGranted ? "not-found" : rule, patients, Refusals.NotFound(Type, id), cancellationToken).ConfigureAwait(false);
        }

        var position = await _journal.Record(_journal.Entry(context, EntryKind.AuditRead, interaction, Type, id, rule, patients), cancellationToken).ConfigureAwait(false);
        var output = new ArrayBufferWriter<byte>(4_096);
        Writer().Write(output, id, found, place.Ordinal, rule == OwnTrail.Own ? new EventViewer(patients[0]) : EventViewer.Auditor, context.Language);
        return new ActResult { Status = 200, Receipt = position, Body = output.WrittenMemory, Version = 1, LastUpdated = found.Entry.Time };
    }

    private async ValueTask<ActResult> Run(ActContext context, EventQuery asked, CancellationToken cancellationToken)
    {
        var (caller, query) = (context.Caller, asked.Query);
        byte[]? place = null;
        if (query.Cursor is { } cursor && (place = _cursors.ReadPlace(caller, asked.Bound, query.Used, cursor)) is null)
        {
            return await Refuse(context, asked.Interaction, SearchRecords.BadCursor(), cancellationToken).ConfigureAwait(false);
        }

        var patient = asked.Identifier is { } identifier ? (await _records.LocateByIdentifier(identifier, cancellationToken).ConfigureAwait(false) is [var only] ? only : null) : asked.Patient;
        if (asked.Patient is { } id && patient != id)
        {
            // Named twice, and not the same one: no event is about both.
            patient = "";
        }

        var (rule, concerned) = await Decide(caller, asked, patient, cancellationToken).ConfigureAwait(false);
        if (rule is not ("audit-of-auditors" or OwnTrail.Own))
        {
            var failure = rule == "patient-required" ? Failure.Of(403, "too-costly", rule, "Name the patient: you are shown the events of your own record.", "patient") : Refusals.Denied(Type);
            var refusal = _journal.Entry(context, EntryKind.Refusal, asked.Interaction, Type, "", rule, concerned, failure.Status) with { Detail = Criteria(asked) };
            return ActResult.Refused(failure, await _journal.Record(refusal, cancellationToken).ConfigureAwait(false));
        }

        query = query.WithAnswers([.. query.Lookups.Select(_ => LookupAnswer.Of(patient is { Length: > 0 } known ? [("Patient", known)] : []))]);
        var entry = _journal.Entry(context, EntryKind.AuditRead, asked.Interaction, Type, "", rule, concerned) with { Detail = Criteria(asked) };
        var position = await _journal.Record(entry, cancellationToken).ConfigureAwait(false);
        var viewer = rule == OwnTrail.Own ? new EventViewer(patient) : EventViewer.Auditor;
        var counts = query.Total == "accurate" || query.Count == 0;
        var page = Find(asked, query, patient, viewer, context.Language, place, counts, cancellationToken);
        if (page is null)
        {
            return await Refuse(context, asked.Interaction, SearchRecords.BadCursor(), cancellationToken).ConfigureAwait(false);
        }

        if (counts && page.Total is null && place is null)
        {
            return await Refuse(context, asked.Interaction, Failure.Of(403, "too-costly", "audit-total", "More events would have to be looked at than one answer may cost. Name a shorter time (date=ge…&date=lt…), or do not ask for the total.", "_total"), cancellationToken).ConfigureAwait(false);
        }

        if (concerned.IsEmpty && page.Events.Count > 0)
        {
            // Whose events they are is known only now, or the hub has erased the record; each of them is told that somebody looked.
            var released = entry with { Time = _time.GetUtcNow(), Detail = "", Patients = [.. page.Events.Select(e => e.Patient).OfType<string>().Distinct(StringComparer.Ordinal)], Released = page.Events.Count };
            position = await _journal.Record(released, cancellationToken).ConfigureAwait(false);
        }

        return Answer(context, asked, page, position);
    }

    private EventPage? Find(EventQuery asked, SearchQuery query, string? patient, EventViewer viewer, string language, byte[]? place, bool counts, CancellationToken cancellationToken)
    {
        if (patient is null)
        {
            return asked.NamesPatient ? new EventPage([], 0, null) : _finder.OfAll(asked, query, viewer, Writer(), language, place, counts, cancellationToken);
        }

        try
        {
            return _finder.OfPatient(asked, query, patient, viewer, Writer(), language, place, counts, cancellationToken);
        }
        catch (InvalidDataException) when (place is not null)
        {
            // A continuation that leads elsewhere; without one a chain that is broken is damage.
            return null;
        }
    }

    private async ValueTask<(string Rule, ImmutableArray<string> Patients)> Decide(Caller caller, EventQuery asked, string? patient, CancellationToken cancellationToken)
    {
        var (own, concerned) = patient is { Length: > 0 } ? await _own.Rule(caller, patient, cancellationToken).ConfigureAwait(false) : ("not-found", []);
        return SeesAll(caller, Access.Policy.Interaction.Search) ? ("audit-of-auditors", concerned)
            : caller.PersonKind != PersonKind.Citizen ? ("audit-not-entitled", concerned)
            : asked.NamesPatient ? (own, concerned)
            : ("patient-required", concerned);
    }

    /// <summary>Auditors by what they are, for staff hold no scopes; the registry's authority by a scope that covers all events.</summary>
    private static bool SeesAll(Caller caller, Access.Policy.Interaction interaction) =>
        caller.PersonKind == PersonKind.Auditor || (DecisionFacts.IsSystem(caller) && SmartScope.Covers(caller, interaction, Type, default));

    private ActResult Answer(ActContext context, EventQuery asked, EventPage page, LogPosition position)
    {
        var query = asked.Query;
        var self = $"{_hub.FhirBase}/{asked.Path}{SearchAnswer.Query(query.Used)}";
        var links = ImmutableArray.Create(new BundleLink("self", self));
        if (page.Next is { } next && query.Count > 0)
        {
            links = links.Add(new BundleLink("next", self + (query.Used.Count == 0 ? "?" : "&") + "_cursor=" + _cursors.Write(context.Caller, asked.Bound, query.Used, next)));
        }

        var subset = SearchAnswer.SubsetOf(query);
        List<BundleEntry> entries = [.. page.Events.Select(e => new BundleEntry($"{_hub.FhirBase}/{Type}/{e.Id}", SearchAnswer.Part(e.Json, subset), "match", null, null, 1, e.Time, null))];
        var body = new ArrayBufferWriter<byte>(1_024 + page.Events.Sum(e => e.Json.Length + 256));
        BundleWriter.WriteSearchset(body, Identifiers.New(_time), _time.GetUtcNow(), query.Total == "none" ? null : page.Total, links, entries);
        return new ActResult { Status = 200, Body = body.WrittenMemory, Receipt = position };
    }

    private EventWriter Writer() => new(_hub.BaseUrl, _names());

    private static string Criteria(EventQuery asked) => asked.Path + SearchAnswer.Query(asked.Query.Used);

    private ValueTask<ActResult> Refuse(ActContext context, string interaction, Failure failure, CancellationToken cancellationToken) =>
        _journal.Refuse(context, interaction, Type, "", failure.Issues[0].Code, [], failure, cancellationToken);
}
