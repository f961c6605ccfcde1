using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using EHealthHub.Access.Policy;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Writing;
using EHealthHub.Records;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Read;

/// <summary>history-instance (R4 3.1.0.12): every version of one resource, newest first, deletions included.</summary>
public sealed class ReadHistory(RecordStore records, DecisionFacts facts, Journal journal, HubIdentity hub, TimeProvider time)
{
    /// <summary>A page of the history.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, string type, string id, HistoryForm form, CancellationToken cancellationToken)
    {
        const string interaction = "history-instance";
        var (location, known) = await facts.Locate(context.Caller, type, id, cancellationToken).ConfigureAwait(false);
        if (location is null)
        {
            return await journal.Refuse(context, interaction, type, id, "not-found", [], Refusals.NotFound(type, id), cancellationToken).ConfigureAwait(false);
        }

        var patients = DecisionFacts.PatientsOf(location);
        var request = await facts.ForResource(context.Caller, Interaction.Read, location, known, cancellationToken).ConfigureAwait(false);
        var decision = await facts.Decide(request, location, cancellationToken).ConfigureAwait(false);
        if (!decision.Granted || decision.Masked)
        {
            var refusal = decision.Hidden || decision.Granted ? Refusals.NotFound(type, id) : Refusals.Denied(type);
            return await journal.Refuse(context, interaction, type, id, decision.Rule, patients, refusal, cancellationToken).ConfigureAwait(false);
        }

        var ask = new HistoryAsk(location, form.Count, form.Before) { Window = form.Window };
        var entry = journal.Entry(context, EntryKind.Read, interaction, type, id, decision.Rule, patients);
        var receipt = await journal.Append(entry, ask.Hash(), cancellationToken).ConfigureAwait(false);
        var (versions, total) = await records.History(ask, DecisionFacts.ViewOf(request, location), receipt, cancellationToken).ConfigureAwait(false);

        var self = $"{hub.FhirBase}/{type}/{id}/_history{QueryText.Write(form.Used)}";
        var entries = versions.Select(v => HistoryEntries.Of(hub, v)).ToList();
        var links = ImmutableArray.Create(new BundleLink("self", form.Before is int b ? Continued(self, b) : self));
        if (versions.Count > 0 && versions[^1].Version > 1 && (versions.Count == form.Count || HistoryAsk.FillsPage(versions)))
        {
            links = links.Add(new BundleLink("next", Continued(self, versions[^1].Version)));
        }

        var body = new ArrayBufferWriter<byte>(4_096);
        BundleWriter.WriteHistory(body, Identifiers.New(time), time.GetUtcNow(), total, links, entries);
        return new ActResult { Status = 200, Body = body.WrittenMemory, Receipt = receipt.Position };
    }

    private static string Continued(string self, int before) => string.Create(CultureInfo.InvariantCulture, $"{self}{(self.Contains('?', StringComparison.Ordinal) ? '&' : '?')}_before={before}");
}
