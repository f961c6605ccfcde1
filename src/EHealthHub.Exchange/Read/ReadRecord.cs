using System.Collections.Immutable;
using EHealthHub.Access.Policy;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.AuditEvents;
using EHealthHub.Exchange.Content;

using EHealthHub.Fhir.Writing;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Read;

/// <summary>read and vread (R4 3.1.0.2, 3.1.0.3): locate, decide, log, and only then open.</summary>
public sealed class ReadRecord(RecordStore records, DecisionFacts facts, Journal journal, SearchEvents events)
{
    /// <summary>The current version, or version <paramref name="version"/>. <paramref name="operation"/>: the name for the log where an operation reads.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, string type, string id, int? version, CancellationToken cancellationToken, string? operation = null)
    {
        if (type == SearchEvents.Type)
        {
            return await events.Read(context, id, version, cancellationToken).ConfigureAwait(false);
        }

        var interaction = operation ?? (version is null ? "read" : "vread");
        var (location, known) = await facts.Locate(context.Caller, type, id, cancellationToken).ConfigureAwait(false);
        if (location is null)
        {
            return await journal.Refuse(context, interaction, type, id, "not-found", [], Refusals.NotFound(type, id), cancellationToken).ConfigureAwait(false);
        }

        var patients = DecisionFacts.PatientsOf(location);
        var request = await facts.ForResource(context.Caller, Interaction.Read, location, known, cancellationToken).ConfigureAwait(false);
        var asked = version is int wanted && wanted != location.Version ? await records.LocateVersion(type, id, wanted, cancellationToken).ConfigureAwait(false) : location;
        var decision = await facts.Decide(request, asked ?? location, cancellationToken).ConfigureAwait(false);
        if (!decision.Granted || (decision.Masked && (version is not null || location.Deleted)))
        {
            // Of what is masked it may be known that it is there, but neither how many versions it has nor that it was deleted.
            var refusal = decision.Hidden || decision.Granted ? Refusals.NotFound(type, id) : Refusals.Denied(type);
            return await journal.Refuse(context, interaction, type, id, decision.Rule, patients, refusal, cancellationToken).ConfigureAwait(false);
        }

        if (asked is null)
        {
            return await journal.Refuse(context, interaction, type, id, "version-not-found", patients, Refusals.NotFound(type, id), cancellationToken).ConfigureAwait(false);
        }

        location = asked;
        if (decision.Masked)
        {
            var told = await journal.Record(journal.Entry(context, EntryKind.Read, interaction, type, id, decision.Rule, patients), cancellationToken).ConfigureAwait(false);
            return new ActResult { Status = 200, Body = MaskedWriter.Write(type, id), Receipt = told };
        }

        if (location.Deleted)
        {
            return await journal.Refuse(context, interaction, type, id, "deleted", patients, Refusals.Gone(type), cancellationToken).ConfigureAwait(false);
        }

        var ask = new ReadAsk(location);
        var entry = journal.Entry(context, EntryKind.Read, interaction, type, id, decision.Rule, patients);
        var receipt = await journal.Append(entry, ask.Hash(), cancellationToken, isBrief: operation is null).ConfigureAwait(false);
        var record = await records.Read(ask, receipt, cancellationToken).ConfigureAwait(false);
        return new ActResult
        {
            Status = 200,
            Body = record.Json,
            Content = record.Content is { } content ? new ReleasedContent(records.Contents, content, () => journal.Entry(context, EntryKind.Refusal, interaction, type, id, "content-tampered", patients, 503), journal) : null,
            Version = record.Version,
            LastUpdated = record.LastUpdated,
            Receipt = receipt.Position,
        };
    }
}
