using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using EHealthHub.Access.Policy;
using EHealthHub.Access.Scopes;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Deciding;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Writing;
using EHealthHub.Records;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Read;

/// <summary>
/// history-type and history-system (R4 3.1.0.12), for system scopes: over everything, newest first, deletions included. As with a search, what is asked is logged before facts are opened, and the patients of the page before any body is.
/// </summary>
public sealed class WalkHistory(RecordStore records, DecisionFacts facts, Journal journal, CursorCodec cursors, HubIdentity hub, TimeProvider time)
{
    private const int PlaceBytes = 24;

    /// <summary>Most bytes of JSON on one page; like that of a search.</summary>
    internal long PageBytesMax { get; set; } = 64L * 1024 * 1024;

    private static readonly Interaction[] Needed = [Interaction.Search, Interaction.Read];

    /// <summary>A page of the history of a type, or of everything when <paramref name="type"/> is null.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, string? type, HistoryForm form, CancellationToken cancellationToken)
    {
        var interaction = type is null ? "history-system" : "history-type";
        if (context.Caller is not { InstitutionKind: InstitutionKind.Authority, PersonKind: PersonKind.None })
        {
            var costly = Failure.Of(403, "too-costly", "history-system-scope", "The history of a type or of everything is for system scopes; ask for that of one resource.", type);
            return await journal.Refuse(context, interaction, type ?? "", "", "system-scope-required", [], costly, cancellationToken).ConfigureAwait(false);
        }

        var (decision, view) = Decide(context.Caller, type);
        if (!decision.Granted)
        {
            return await journal.Refuse(context, interaction, type ?? "", "", decision.Rule, [], Refusals.Denied(type ?? "Resource"), cancellationToken).ConfigureAwait(false);
        }

        var rule = decision.Rule;
        HistoryPosition? before = null;
        if (form.Cursor is { } cursor)
        {
            if (form.Before is not null || cursors.ReadPlace(context.Caller, What(type), form.Used, cursor) is not { Length: PlaceBytes } place)
            {
                var bad = Failure.Of(400, "invalid", "cursor-invalid", "The continuation was not made for you and these criteria.", "_cursor");
                return await journal.Refuse(context, interaction, type ?? "", "", "cursor-invalid", [], bad, cancellationToken).ConfigureAwait(false);
            }

            before = Read(place);
        }

        var ask = new HistoryWalkAsk(type, form.Window, form.Count, before);
        var asked = journal.Entry(context, EntryKind.SearchAsked, interaction, type ?? "", "", rule, []) with { Detail = Address(type) + QueryText.Write(form.Used) };
        var page = await records.Walk(ask, view, await journal.Append(asked, ask.Hash(), cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

        var released = journal.Entry(context, EntryKind.SearchReleased, interaction, type ?? "", "", rule, [.. page.PatientIds]) with { Count = page.Versions.Count };
        var receipt = await journal.Append(released, page.Hash(), cancellationToken).ConfigureAwait(false);
        var versions = await records.Open(page, receipt, cancellationToken, PageBytesMax).ConfigureAwait(false);
        if (versions.Count < page.Versions.Count)
        {
            return await journal.Refuse(context, interaction, type ?? "", "", "page-too-large", [], SearchRecords.PageTooLarge(PageBytesMax), cancellationToken).ConfigureAwait(false);
        }

        return Answer(context, type, form, page, versions, receipt.Position);
    }

    /// <summary>
    /// Whether anything may be looked for, and what of it may be known. A history gives what a search and a read of each version would: scopes for all of the type show all of it, those for some types or for some resources show these, and
    /// whoever has none is refused.
    /// </summary>
    private (AccessDecision Decision, RecordView View) Decide(Caller caller, string? type)
    {
        var decision = AccessPolicy.Decide(facts.Ask(caller, Needed[0], type ?? "*", CompartmentKind.Patient));
        if (Array.TrueForAll(Needed, n => AccessPolicy.Decide(facts.Ask(caller, n, type ?? "*", CompartmentKind.Patient)).Granted))
        {
            return (decision, RecordView.Everything);
        }

        // Each version is asked about then.
        foreach (var one in type is null ? SmartScope.TypesOf(caller) : [type])
        {
            var looks = Array.ConvertAll(Needed, n => AccessPolicy.View(facts.Ask(caller, n, one, CompartmentKind.Patient)).Decision);
            if (Array.TrueForAll(looks, l => l.Granted))
            {
                return (looks[0], new RecordView(new ScopeSight(caller, Needed).Of));
            }

            decision = Array.Find(looks, l => !l.Granted)!;
        }

        return (decision.Granted ? decision with { Granted = false } : decision, RecordView.Everything);
    }

    private ActResult Answer(ActContext context, string? type, HistoryForm form, HistoryPage page, IReadOnlyList<RecordVersion> versions, LogPosition receipt)
    {
        var self = $"{hub.FhirBase}/{Address(type)}{QueryText.Write(form.Used)}";
        var links = ImmutableArray.Create(new BundleLink("self", self));
        if (page.Next is { } next)
        {
            Span<byte> place = stackalloc byte[PlaceBytes];
            Write(next, place);
            links = links.Add(new BundleLink("next", self + (form.Used.Count == 0 ? "?" : "&") + "_cursor=" + cursors.Write(context.Caller, What(type), form.Used, place)));
        }

        var body = new ArrayBufferWriter<byte>(1_024 + versions.Sum(v => v.Json.Length + 512));
        BundleWriter.WriteHistory(body, Identifiers.New(time), time.GetUtcNow(), null, links, [.. versions.Select(v => HistoryEntries.Of(hub, v))]);
        return new ActResult { Status = 200, Body = body.WrittenMemory, Receipt = receipt };
    }

    private static string Address(string? type) => type is null ? "_history" : type + "/_history";

    private static string What(string? type) => "history " + type;

    private static void Write(HistoryPosition position, Span<byte> place)
    {
        BinaryPrimitives.WriteInt64BigEndian(place, position.Time);
        BinaryPrimitives.WriteInt64BigEndian(place[8..], position.Key);
        BinaryPrimitives.WriteInt32BigEndian(place[16..], position.Slot);
        BinaryPrimitives.WriteInt32BigEndian(place[20..], position.Version);
    }

    private static HistoryPosition Read(ReadOnlySpan<byte> place) => new(
        BinaryPrimitives.ReadInt64BigEndian(place), BinaryPrimitives.ReadInt64BigEndian(place[8..]), BinaryPrimitives.ReadInt32BigEndian(place[16..]), BinaryPrimitives.ReadInt32BigEndian(place[20..]));
}
