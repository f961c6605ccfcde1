using EHealthHub.Access.Policy;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.AuditEvents;
using EHealthHub.Exchange.Deciding;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Records;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Search;

/// <summary>
/// Search (R4 3.1.1): on a type, on several, or within a compartment. The criteria are decided and logged before any facts are opened; the patients of the page are logged before any body is opened. Only the last receipt releases the response.
/// </summary>
public sealed class SearchRecords
{
    /// <summary>What of R4's search is run besides deciding candidates by their facts; the rest is refused by name.</summary>
    public const SearchNeeds Served = SearchNeeds.Chains | SearchNeeds.Has | SearchNeeds.Lists | SearchNeeds.ValueSets | SearchNeeds.Hierarchies | SearchNeeds.Bodies | SearchNeeds.Sorting | SearchNeeds.Includes | SearchNeeds.Subsets | SearchNeeds.Contained;

    private readonly RecordStore _records;
    private readonly SearchPlacer _placer;
    private readonly Journal _journal;
    private readonly CursorCodec _cursors;
    private readonly ICodeSets _codes;
    private readonly SearchAnswer _answer;
    private readonly SearchEvents _events;

    internal SearchRecords(RecordStore records, DecisionFacts facts, Journal journal, CursorCodec cursors, ICodeSets codes, SearchEvents events, HubIdentity hub, TimeProvider time)
    {
        _records = records;
        _placer = new SearchPlacer(records, facts);
        _journal = journal;
        _cursors = cursors;
        _codes = codes;
        _events = events;
        _answer = new SearchAnswer(cursors, hub, time);
    }

    /// <summary>What queries are parsed with: the parameters that are in force at this moment.</summary>
    internal SearchSettings Settings => _records.Generations.Asking;

    /// <summary>search-type. <paramref name="strict"/>: unknown parameters are refused.</summary>
    public ValueTask<ActResult> Execute(ActContext context, string type, IReadOnlyList<KeyValuePair<string, string>> parameters, bool strict, CancellationToken cancellationToken) =>
        type == SearchEvents.Type ? _events.Execute(context, parameters, strict, cancellationToken)
            : SearchQuery.Parse(type, parameters, strict, Settings).Try(out var query, out var failure)
            ? Run(context, new SearchForm("search-type", type, [query]), cancellationToken)
            : Refuse(context, "search-type", type, failure, cancellationToken);

    /// <summary>search-system: on the types that <c>_type</c> names. AuditEvents are searched by themselves: among several types there are none.</summary>
    public ValueTask<ActResult> ExecuteSystem(ActContext context, IReadOnlyList<KeyValuePair<string, string>> parameters, bool strict, CancellationToken cancellationToken) =>
        parameters.Where(p => p.Key == "_type").Select(p => p.Value).ToList() is [SearchEvents.Type] ? _events.Execute(context, [.. parameters.Where(p => p.Key != "_type")], strict, cancellationToken)
            : SearchQuery.ParseSystem(parameters, strict, Settings).Try(out var search, out var failure)
            ? Run(context, new SearchForm("search-system", "", search.Queries), cancellationToken)
            : Refuse(context, "search-system", "", failure, cancellationToken);

    /// <summary>search-compartment: <c>Patient/1/Observation</c>, or with <c>*</c> every type of the compartment (R4 3.1.1.2).</summary>
    public ValueTask<ActResult> ExecuteInCompartment(
        ActContext context, string compartment, string id, string type, IReadOnlyList<KeyValuePair<string, string>> parameters, bool strict, CancellationToken cancellationToken)
    {
        if (type == SearchEvents.Type)
        {
            return _events.ExecuteInCompartment(context, compartment, id, parameters, strict, cancellationToken);
        }

        const string interaction = "search-compartment";
        var path = $"{compartment}/{id}/{type}";
        var types = type == "*" ? CompartmentRule.TypesOf(compartment) : [type];
        var queries = new List<SearchQuery>(types.Count);
        foreach (var one in types)
        {
            if (!SearchQuery.ParseInCompartment(compartment, id, one, parameters, strict, Settings).Try(out var query, out var failure))
            {
                return Refuse(context, interaction, type == "*" ? "" : type, failure, cancellationToken);
            }

            queries.Add(query);
        }

        return Run(context, new SearchForm(interaction, path, queries, (compartment, id)), cancellationToken);
    }

    /// <summary>Most bytes of JSON on one page, in all its resources: what bounds the memory of an answer, whatever the resources are like.</summary>
    internal long PageBytesMax { get; set; } = 64L * 1024 * 1024;

    /// <summary>The page does not fit; a smaller one may.</summary>
    internal static Failure PageTooLarge(long bytesMax) =>
        Failure.Of(403, "too-costly", "page-too-large", FormattableString.Invariant($"The resources of this page have more than {bytesMax} bytes: ask for fewer with _count, or for less with _elements."), "_count");

    internal async ValueTask<ActResult> Run(ActContext context, SearchForm form, CancellationToken cancellationToken)
    {
        if (form.First.Unserved(Served) is { } unserved)
        {
            return await Refuse(context, form.Interaction, form.Type, unserved, cancellationToken).ConfigureAwait(false);
        }

        if (form.Queries.FirstOrDefault(q => q.Contained != ContainedSearch.No && q.UsesOwn) is { } own)
        {
            // Facts are brought up to own parameters by the type of the resource that holds them, not by the types of what is contained.
            var failure = Failure.Of(400, "not-supported", "search-contained-own", "Own search parameters are not asked within contained resources.", "_contained");
            return await Refuse(context, form.Interaction, own.Type, failure, cancellationToken).ConfigureAwait(false);
        }

        byte[]? continuation = null;
        if (form.First.Cursor is { } cursor && (continuation = _cursors.ReadPlace(context.Caller, form.Bound, form.Used, cursor)) is null)
        {
            return await Refuse(context, form.Interaction, form.Type, BadCursor(), cancellationToken).ConfigureAwait(false);
        }

        if (await _placer.Place(context.Caller, form, cancellationToken).ConfigureAwait(false) is not { } place)
        {
            var costly = Failure.Of(403, "too-costly", "patient-required", "Name one patient (patient=…), or an exact identifier: searches over all patients are for system scopes.", form.Type.Length > 0 ? form.Type : null);
            return await Refuse(context, form.Interaction, form.Type, costly, cancellationToken).ConfigureAwait(false);
        }

        // Of several types those that the caller may not search are not there; of one it is said.
        var allowed = form.Queries.Where(q => place.Decide(q.Type).Granted).ToList();
        var decision = place.Decide(allowed.Count > 0 ? allowed[0].Type : form.First.Type);
        if (!decision.Granted || (place.Name is null && !place.Everywhere))
        {
            var refusal = Entry(context, EntryKind.Refusal, form, place.Withheld ?? decision.Rule, place.Patients, form.NamesInstance ? 404 : 403);
            var told = form is { NamesInstance: true, Home: var (type, id) } ? Refusals.NotFound(type, id) : Refusals.Denied(form.Type.Length > 0 ? form.Type : form.First.Type);
            return ActResult.Refused(told, await _journal.Record(refusal, cancellationToken).ConfigureAwait(false));
        }

        return await Find(context, form with { Queries = allowed }, place, decision.Rule, continuation, cancellationToken).ConfigureAwait(false);
    }

    internal static Failure BadCursor() => Failure.Of(400, "invalid", "cursor-invalid", "The continuation was not made for you and these criteria.", "_cursor");

    private async ValueTask<ActResult> Find(ActContext context, SearchForm form, SearchPlace place, string rule, byte[]? continuation, CancellationToken cancellationToken)
    {
        var scope = new SearchScope(place.Kind, place.Name, place.Everywhere, form.Interaction, form.Type, form.Used, continuation is null ? "" : Convert.ToHexString(continuation));
        var asked = Entry(context, EntryKind.SearchAsked, form, rule, place.Patients);
        var first = await _journal.Append(asked, scope.Hash(), cancellationToken).ConfigureAwait(false);
        var tooLarge = false;
        FoundPage page;
        using (var session = await _records.BeginSearch(scope, place.View(form.First.Type), first, cancellationToken).ConfigureAwait(false))
        {
            var execution = new SearchExecution(session, type => place.Decide(type).Granted, _codes, Settings);
            var words = form.First.Texts.Count > 0 ? async (IReadOnlyList<SearchMatch> m) =>
            {
                var bearing = await WithWords(context, form, rule, m, cancellationToken).ConfigureAwait(false);
                tooLarge = bearing is null;
                return bearing ?? [];
            } : (Func<IReadOnlyList<SearchMatch>, ValueTask<IReadOnlyList<SearchMatch>>>?)null;
            if (!(await execution.Run(form, continuation, words).ConfigureAwait(false)).Try(out var found, out var failure))
            {
                return await _journal.Refuse(context, form.Interaction, form.Type, "", failure.Issues[0].Code, asked.Patients, failure, cancellationToken).ConfigureAwait(false);
            }

            page = found;
        }

        if (tooLarge)
        {
            return await _journal.Refuse(context, form.Interaction, form.Type, "", "page-too-large", asked.Patients, PageTooLarge(PageBytesMax), cancellationToken).ConfigureAwait(false);
        }

        var (opened, receipt) = await Open(context, form, rule, [.. page.Matches, .. page.Included], PageBytesMax, cancellationToken).ConfigureAwait(false);
        if (opened.Count < page.Matches.Count + page.Included.Count) // masked ones count as opened
        {
            return await _journal.Refuse(context, form.Interaction, form.Type, "", "page-too-large", asked.Patients, PageTooLarge(PageBytesMax), cancellationToken).ConfigureAwait(false);
        }

        return _answer.Write(context.Caller, form, page, opened, receipt);
    }

    /// <summary>
    /// Of matches by facts those whose bodies bear the words that were asked (<c>_text</c>, <c>_content</c>): they are opened to look, and so logged. What is masked has no words. Null when together they are too large to be looked at.
    /// </summary>
    private async ValueTask<IReadOnlyList<SearchMatch>?> WithWords(ActContext context, SearchForm form, string rule, IReadOnlyList<SearchMatch> matches, CancellationToken cancellationToken)
    {
        List<SearchMatch> open = [.. matches.Where(m => !m.IsMasked)];
        var (opened, _) = await Open(context, form, rule, open, PageBytesMax, cancellationToken).ConfigureAwait(false);
        return opened.Count < open.Count ? null : [.. open.Where((_, i) => SearchMatcher.MatchesBody(form.First, opened[i].Json))];
    }

    /// <summary>The bodies of matches, fewer where they are too large; those of masked ones stay sealed, and what goes out is made of their names.</summary>
    private async ValueTask<(IReadOnlyList<RecordVersion> Opened, LogPosition Receipt)> Open(
        ActContext context, SearchForm form, string rule, List<SearchMatch> matches, long bytesMax, CancellationToken cancellationToken)
    {
        List<SearchMatch> open = [.. matches.Where(m => !m.IsMasked)];
        var release = new SearchPage([.. open.Select(m => m.Location)], null, 0, false, [.. matches.SelectMany(m => m.Patients).Distinct().Order(StringComparer.Ordinal)]);
        var released = Entry(context, EntryKind.SearchReleased, form, rule, release.PatientIds) with { Count = matches.Count, Released = matches.Count };
        var receipt = await _journal.Append(released, release.Hash(), cancellationToken).ConfigureAwait(false);
        var opened = await _records.Open(release, receipt, cancellationToken, bytesMax).ConfigureAwait(false);
        return (open.Count == matches.Count || opened.Count < open.Count ? opened : Masking.Among(matches, opened), receipt.Position);
    }

    private AuditEntry Entry(ActContext context, EntryKind kind, SearchForm form, string rule, IReadOnlyList<string> patients, int status = 200) =>
        _journal.Entry(context, kind, form.Interaction, form.Type, form.Home?.Id ?? "", rule, [.. patients], status) with { Detail = form.Path + SearchAnswer.Query(form.Used) };

    internal ValueTask<ActResult> Refuse(ActContext context, string interaction, string type, Failure failure, CancellationToken cancellationToken) =>
        _journal.Refuse(context, interaction, type, "", failure.Issues[0].Code, [], failure, cancellationToken);
}
