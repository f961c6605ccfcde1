using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using EHealthHub.Access.Policy;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Fhir.Writing;
using EHealthHub.Records;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Search;

/// <summary>
/// search-type (R4 3.1.1): the criteria are decided and logged before any facts are opened; the patients of the page are logged before any body is opened. Only the second receipt releases the response.
/// </summary>
public sealed class SearchRecords(RecordStore records, DecisionFacts facts, Journal journal, CursorCodec cursors, HubIdentity hub, TimeProvider time)
{
    private const string Verb = "search-type";

    // What of R4's search this act runs besides deciding candidates by their facts; the rest is understood and refused by name.
    private const SearchNeeds Served = SearchNeeds.None;

    // A reference by the hub's own absolute address is the relative one.
    private readonly SearchSettings _settings = new() { BaseUrl = hub.FhirBase };

    /// <summary>The act. <paramref name="strict"/>: unknown parameters are refused.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, string type, IReadOnlyList<KeyValuePair<string, string>> parameters, bool strict, CancellationToken cancellationToken)
    {
        if (!SearchQuery.Parse(type, parameters, strict, _settings).Try(out var query, out var failure))
        {
            return await journal.Refuse(context, Verb, type, "", failure.Issues[0].Code, [], failure, cancellationToken).ConfigureAwait(false);
        }

        if (query.Unserved(Served) is { } unserved)
        {
            return await journal.Refuse(context, Verb, type, "", unserved.Issues[0].Code, [], unserved, cancellationToken).ConfigureAwait(false);
        }

        var position = 0L;
        if (query.Cursor is { } cursor)
        {
            if (cursors.Read(context.Caller, type, query.Used, cursor) is not { } known)
            {
                var bad = Failure.Of(400, "invalid", "cursor-invalid", "The continuation was not made for you and these criteria.", "_cursor");
                return await journal.Refuse(context, Verb, type, "", "cursor-invalid", [], bad, cancellationToken).ConfigureAwait(false);
            }

            position = known;
        }

        if (NamesNobody(context.Caller, query))
        {
            var costly = Failure.Of(403, "too-costly", "patient-required", "Name one patient (patient=…), or an exact identifier: searches over all patients are for system scopes.", type);
            return await journal.Refuse(context, Verb, type, "", "patient-required", [], costly, cancellationToken).ConfigureAwait(false);
        }

        var (ask, request) = await Place(context.Caller, query, position, cancellationToken).ConfigureAwait(false);
        var patients = request.PatientId is { } p ? ImmutableArray.Create(p) : [];
        var decision = AccessPolicy.Decide(request);
        if (!decision.Granted || ask is null)
        {
            var refusal = journal.Entry(context, EntryKind.Refusal, Verb, type, "", decision.Rule, patients, 403) with { Detail = Detail(query) };
            return ActResult.Refused(Refusals.Denied(type), await journal.Record(refusal, cancellationToken).ConfigureAwait(false));
        }

        return await Run(context, query, ask, decision.Rule, patients, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>True for a search over all patients by somebody who has no system scope: nothing drives it, and nothing is told.</summary>
    private static bool NamesNobody(Caller caller, SearchQuery query) =>
        caller.InstitutionKind != InstitutionKind.Authority && CompartmentRule.IsPatientType(query.Type) && query.PatientId is null && IdentifierOf(query) is null;

    private static SearchValue? IdentifierOf(SearchQuery query) =>
        query.Type == "Patient" ? query.Criteria.FirstOrDefault(c => c is { Parameter: "identifier", Modifier: null, Values: [{ System: not null, Text: not null }] })?.Values[0] : null;

    private async ValueTask<ActResult> Run(ActContext context, SearchQuery query, SearchAsk ask, string rule, ImmutableArray<string> patients, CancellationToken cancellationToken)
    {
        var asked = journal.Entry(context, EntryKind.SearchAsked, Verb, query.Type, "", rule, patients) with { Detail = Detail(query) };
        var first = await journal.Append(asked, ask.Hash(), cancellationToken).ConfigureAwait(false);
        var page = await records.Search(ask, first, cancellationToken).ConfigureAwait(false);
        if (page.TooCostly)
        {
            var costly = Failure.Of(403, "too-costly", "too-costly", "Nothing in these criteria narrows the search enough. Name a patient, an exact identifier, or use an export.", query.Type);
            return await journal.Refuse(context, Verb, query.Type, "", "too-costly", patients, costly, cancellationToken).ConfigureAwait(false);
        }

        var released = journal.Entry(context, EntryKind.SearchReleased, Verb, query.Type, "", rule, [.. page.PatientIds]) with { Count = page.Matches.Count };
        var second = await journal.Append(released, page.Hash(), cancellationToken).ConfigureAwait(false);
        var matches = await records.Open(page, second, cancellationToken).ConfigureAwait(false);
        return Answer(context, query, page, matches, second.Position);
    }

    /// <summary>Where the search looks, and what has to be decided; no ask when there is nowhere it may look.</summary>
    private async ValueTask<(SearchAsk? Ask, AccessRequest Request)> Place(Caller caller, SearchQuery query, long position, CancellationToken cancellationToken)
    {
        var request = new AccessRequest { Caller = caller, Interaction = Interaction.Search, ResourceType = query.Type, Compartment = CompartmentKind.Directory };
        if (CompartmentRule.IsDirectory(query.Type))
        {
            return (new SearchAsk(query, CompartmentKind.Directory, "", position, false), request);
        }

        var patient = query.PatientId ?? await PatientByIdentifier(query, cancellationToken).ConfigureAwait(false);
        if (patient is not null)
        {
            request = await facts.WithPatient(request with { Compartment = CompartmentKind.Patient }, patient, cancellationToken).ConfigureAwait(false);
            return (new SearchAsk(query, CompartmentKind.Patient, patient, position, false), request);
        }

        if (caller.InstitutionKind == InstitutionKind.Authority)
        {
            return (new SearchAsk(query, CompartmentKind.Patient, null, position, true), request with { Compartment = CompartmentKind.Patient });
        }

        if (!CompartmentRule.IsPatientType(query.Type) && caller.Institution is { } owner)
        {
            return (new SearchAsk(query, CompartmentKind.Institution, owner, position, false), request with { Compartment = CompartmentKind.Institution, Owner = owner });
        }

        // An exact identifier that names nobody is decided like a patient without relationship: the answer does not tell the two apart. With no patient named at all there is nothing to decide.
        return (null, request with { Compartment = CompartmentKind.Patient });
    }

    /// <summary><c>Patient?identifier=system|value</c> names one patient by a national token; nobody, or several, name none.</summary>
    private async ValueTask<string?> PatientByIdentifier(SearchQuery query, CancellationToken cancellationToken)
    {
        if (IdentifierOf(query) is not { System: { } system, Text: { } text })
        {
            return null;
        }

        var ids = await records.LocateByIdentifier(new IdentifierCondition("Patient", system, text), cancellationToken).ConfigureAwait(false);
        return ids is [var only] ? only : null;
    }

    private ActResult Answer(ActContext context, SearchQuery query, SearchPage page, IReadOnlyList<RecordVersion> matches, LogPosition receipt)
    {
        var self = $"{hub.FhirBase}/{query.Type}{Query(query.Used)}";
        var links = ImmutableArray.Create(new BundleLink("self", self));
        if (page.NextPosition != 0)
        {
            var cursor = cursors.Write(context.Caller, query.Type, query.Used, page.NextPosition);
            links = links.Add(new BundleLink("next", self + (query.Used.Count == 0 ? "?" : "&") + "_cursor=" + cursor));
        }

        var entries = matches.Select(m => new BundleEntry($"{hub.FhirBase}/{m.Type}/{m.Id}", m.Json, "match", null, null, m.Version, m.LastUpdated, null)).ToList();
        var body = new ArrayBufferWriter<byte>(1_024 + matches.Sum(m => m.Json.Length + 256));
        BundleWriter.WriteSearchset(body, Identifiers.New(time), time.GetUtcNow(), page.Total, links, entries);
        return new ActResult { Status = 200, Body = body.WrittenMemory, Receipt = receipt };
    }

    private static string Query(IReadOnlyList<KeyValuePair<string, string>> used)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in used)
        {
            text.Append(text.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }

        return text.ToString();
    }

    private static string Detail(SearchQuery query) => string.Create(CultureInfo.InvariantCulture, $"{query.Type}{Query(query.Used)}");
}
