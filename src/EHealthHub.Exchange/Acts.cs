using EHealthHub.Audit.Log;
using EHealthHub.Exchange.AuditEvents;
using EHealthHub.Exchange.Conformance;
using EHealthHub.Exchange.Content;
using EHealthHub.Exchange.Deferred;
using EHealthHub.Exchange.Derived;
using EHealthHub.Exchange.Documents;
using EHealthHub.Exchange.Emergencies;
using EHealthHub.Exchange.Erasing;
using EHealthHub.Exchange.Employments;
using EHealthHub.Exchange.Gate;
using EHealthHub.Exchange.Operations;
using EHealthHub.Exchange.Read;
using EHealthHub.Exchange.Reports;
using EHealthHub.Exchange.Search;
using EHealthHub.Exchange.Start;
using EHealthHub.Exchange.Submit;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Validation;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange;

/// <summary>The acts of the hub, wired once.</summary>
public sealed class Acts
{
    /// <summary>Wires the acts over an opened log and store. <paramref name="maintenance"/>: the log of the hub's own upkeep, opened when it is first written to; the same log where there is none. <paramref name="auditFolder"/>: where earlier logs of the hub lie. <paramref name="derived"/>: what figures may tell and cost.</summary>
    public Acts(AuditLog log, RecordStore records, Validator validator, IKeyVault vault, HubIdentity hub, FhirLimits limits, TimeProvider time, Func<AuditLog>? maintenance = null, string? auditFolder = null, DerivedBounds? derived = null)
    {
        Journal = new Journal(log, time);
        var intents = new OpenIntents();
        var facts = new DecisionFacts(records, time);
        Facts = facts;
        Conformance = new ConformanceHolder(validator, records, time);
        var check = new SubmissionCheck(validator, limits);
        var codes = new HeldCodeSets(Conformance);
        var conditions = new ConditionSearch(records, facts, new SearchPlacer(records, facts), codes, Journal);
        Employments = new EmploymentFeed(log, records, hub.FhirBase, time);
        var compartments = new CompartmentResolver(facts, hub);
        var labels = new LabelStage(records, facts, Conformance, compartments, hub, limits);
        var resolver = new WriteResolver(new IdentityResolver(records, facts, conditions, time), new EditStage(records, check, Journal, limits), new ReferenceResolver(conditions), labels, new ConsentStage(facts), compartments);
        var flow = new WriteFlow(records, resolver, Conformance, Employments, Journal, intents, time);

        var cursors = new CursorCodec(vault.Derive("cursor/1"));
        var keys = new LogKeys(vault);
        var trail = TrailLogs.Open(log, auditFolder, keys);
        var own = new OwnTrail(facts);
        ReportNames Names() => new(Employments.Registry);
        Events = Watching(new EventLogs(log, auditFolder, keys), new EventIds(vault.Derive("audit-event-id/1")));

        Read = new ReadRecord(records, facts, Journal, Events);
        History = new ReadHistory(records, facts, Journal, hub, time);
        Search = new SearchRecords(records, facts, Journal, cursors, codes, Events, hub, time);
        Everything = new FetchEverything(records, Search);
        Document = new MakeDocument(Everything, Journal, hub, time);
        Last = new FetchLast(Search);
        Terminology = new AskTerminology(Conformance, Read, Journal, time);
        Validation = new ValidateResource(validator, limits, Read, Journal);
        Walk = new WalkHistory(records, facts, Journal, cursors, hub, time);
        Submit = new SubmitResource(flow, check, new ContentReceipt(records, Journal), Journal);
        Meta = new ChangeMeta(Read, Submit, check, Journal, limits);
        MetaInUse = new SummarizeMeta(records, facts, Journal);
        Bundle = new SubmitBundle(flow, check, new BundleGet(Read, History, Walk, Search, new BundleOperation(Everything, Last, Terminology, Validation, Meta, MetaInUse, Journal), Journal), Journal, limits, time);
        Reindex = new Reindexer(records, Conformance.SearchParameters, maintenance ?? (() => log), time);
        SearchParameters = new TellSearchParameters(records, Journal);
        Erasures = new ErasureCases(records, facts, Journal, time);
        Orphans = new CloseOrphans(log, records, Journal, intents, time);
        Refusals = new RefusalWindow(log, time);
        Emergencies = new EmergencyReviews(Journal, new EmergencyLedger(log));
        Report = new AccessReport(own, Journal, trail, Names, time);
        var bounds = derived ?? new DerivedBounds();
        var derivation = new DerivedGate(facts, bounds, new QuestionLimit(bounds, time), vault.Derive("derived/1"));
        Aggregate = new AggregatePatients(records, facts, derivation, codes, Journal, time);
        Deferred = new DeferredRequests(Journal, new DeferredBounds(), time);

        SearchEvents Watching(EventLogs logs, EventIds ids) =>
            new(records, own, Journal, cursors, new EventFinder(trail, logs, ids, new SearchSettings { BaseUrl = hub.FhirBase }), logs, ids, Names, hub, time);
    }

    /// <summary>What decisions look at.</summary>
    public DecisionFacts Facts { get; }

    /// <summary>Audit entries of the acts.</summary>
    public Journal Journal { get; }

    /// <summary>Profiles and terminology in force.</summary>
    public ConformanceHolder Conformance { get; }

    /// <summary>The registry operator's PractitionerRoles as employments.</summary>
    public EmploymentFeed Employments { get; }

    /// <summary>$expand, $lookup, $validate-code, $translate, $subsumes.</summary>
    public AskTerminology Terminology { get; }

    /// <summary>$validate.</summary>
    public ValidateResource Validation { get; }

    /// <summary>read, vread.</summary>
    public ReadRecord Read { get; }

    /// <summary>history-instance.</summary>
    public ReadHistory History { get; }

    /// <summary>history-type, history-system.</summary>
    public WalkHistory Walk { get; }

    /// <summary>$meta, $meta-add, $meta-delete.</summary>
    public ChangeMeta Meta { get; }

    /// <summary>$meta of a type or of everything.</summary>
    public SummarizeMeta MetaInUse { get; }

    /// <summary>search-type, search-system, search-compartment.</summary>
    public SearchRecords Search { get; }

    /// <summary>$everything.</summary>
    public FetchEverything Everything { get; }

    /// <summary>$document of a Patient.</summary>
    public MakeDocument Document { get; }

    /// <summary>$lastn.</summary>
    public FetchLast Last { get; }

    /// <summary>create, update, patch, delete, each also by condition.</summary>
    public SubmitResource Submit { get; }

    /// <summary>batch, transaction.</summary>
    public SubmitBundle Bundle { get; }

    /// <summary>Broken glasses and their reviews.</summary>
    public EmergencyReviews Emergencies { get; }

    /// <summary>The audit log as AuditEvents (ITI-81).</summary>
    public SearchEvents Events { get; }

    /// <summary>Patient/[id]/$access-report.</summary>
    public AccessReport Report { get; }

    /// <summary>$aggregate.</summary>
    public AggregatePatients Aggregate { get; }

    /// <summary>Requests that their callers do not wait for.</summary>
    public DeferredRequests Deferred { get; }

    /// <summary>Facts extracted again for new search parameters.</summary>
    public Reindexer Reindex { get; }

    /// <summary>SearchParameter/$status.</summary>
    public TellSearchParameters SearchParameters { get; }

    /// <summary>Requests for erasure, their approval and execution, and legal holds.</summary>
    public ErasureCases Erasures { get; }

    /// <summary>Start-up and sweep.</summary>
    public CloseOrphans Orphans { get; }

    /// <summary>Counted entries for the unproven.</summary>
    public RefusalWindow Refusals { get; }
}
