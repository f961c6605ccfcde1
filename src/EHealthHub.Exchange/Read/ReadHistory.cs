using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using EHealthHub.Access.Policy;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Writing;
using EHealthHub.Records;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Read;

/// <summary>history-instance (R4 3.1.0.12): every version of one resource, newest first, deletions included.</summary>
public sealed class ReadHistory(RecordStore records, DecisionFacts facts, Journal journal, HubIdentity hub, TimeProvider time)
{
    /// <summary>Most versions on one page.</summary>
    public const int CountMax = 200;

    /// <summary>A page of the history; <paramref name="beforeVersion"/> continues below that version.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, string type, string id, int count, int? beforeVersion, CancellationToken cancellationToken)
    {
        const string interaction = "history-instance";
        var (location, patient) = await records.LocateToDecide(type, id, cancellationToken).ConfigureAwait(false);
        if (location is null)
        {
            return await journal.Refuse(context, interaction, type, id, "not-found", [], Refusals.NotFound(type, id), cancellationToken).ConfigureAwait(false);
        }

        var patients = DecisionFacts.PatientsOf(location);
        var decision = AccessPolicy.Decide(await facts.ForResource(context.Caller, Interaction.Read, location, patient, cancellationToken).ConfigureAwait(false));
        if (!decision.Granted)
        {
            var refusal = decision.Hidden ? Refusals.NotFound(type, id) : Refusals.Denied(type);
            return await journal.Refuse(context, interaction, type, id, decision.Rule, patients, refusal, cancellationToken).ConfigureAwait(false);
        }

        var ask = new HistoryAsk(location, Math.Clamp(count, 1, CountMax), beforeVersion);
        var entry = journal.Entry(context, EntryKind.Read, interaction, type, id, decision.Rule, patients);
        var receipt = await journal.Append(entry, ask.Hash(), cancellationToken).ConfigureAwait(false);
        var (versions, total) = await records.History(ask, receipt, cancellationToken).ConfigureAwait(false);

        var self = $"{hub.FhirBase}/{type}/{id}";
        var entries = versions.Select(v => ToEntry(self, v)).ToList();
        var links = ImmutableArray.Create(new BundleLink("self", Page(self, ask.CountMax, beforeVersion)));
        if (versions.Count > 0 && versions[^1].Version > 1)
        {
            links = links.Add(new BundleLink("next", Page(self, ask.CountMax, versions[^1].Version)));
        }

        var body = new ArrayBufferWriter<byte>(4_096);
        BundleWriter.WriteHistory(body, Identifiers.New(time), time.GetUtcNow(), total, links, entries);
        return new ActResult { Status = 200, Body = body.WrittenMemory, Receipt = receipt.Position };
    }

    private static string Page(string self, int count, int? before) =>
        string.Create(CultureInfo.InvariantCulture, $"{self}/_history?_count={count}") + (before is int b ? string.Create(CultureInfo.InvariantCulture, $"&_before={b}") : "");

    private static BundleEntry ToEntry(string self, RecordVersion v)
    {
        var (method, status) = v switch { { Deleted: true } => ("DELETE", "204"), { Version: 1 } => ("POST", "201"), _ => ("PUT", "200") };
        var url = method == "POST" ? v.Type : $"{v.Type}/{v.Id}";
        return new BundleEntry(self, v.Deleted ? default(ReadOnlyMemory<byte>?) : v.Json, null, method, url, v.Version, v.LastUpdated, status);
    }
}
