using System.Runtime.InteropServices;
using EHealthHub.Access.Policy;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Submit;

/// <summary>
/// Runs a patch on the resource as it is now: decided as an update and as a read, since what a patch says of its success tells of the content; logged as a read; only then opened. What comes out is validated like a posted resource, and
/// replaces exactly the version that was read.
/// </summary>
internal sealed class EditStage(RecordStore records, SubmissionCheck check, Journal journal, FhirLimits limits)
{
    private static readonly Interaction[] Needed = [Interaction.Update, Interaction.Read];

    public async ValueTask<Attempt<WriteWork>> Run(WriteWork work, WriteStep step, CancellationToken cancellationToken)
    {
        var (entry, location) = (step.Entry, step.Current!);
        var patients = DecisionFacts.PatientsOf(location);
        var rule = "";
        foreach (var interaction in Needed)
        {
            var decision = AccessPolicy.Decide(step.Asked! with { Interaction = interaction });
            if (!decision.Granted || decision.Masked)
            {
                var refusal = decision.Hidden || decision.Granted ? Refusals.NotFound(entry.Type, step.Id) : Refusals.Denied(entry.Type);
                return new Attempt<WriteWork>(refusal.At(step.Place), decision.Rule, patients);
            }

            rule = decision.Rule;
        }

        if (location.Deleted)
        {
            return new Attempt<WriteWork>(Refusals.Gone(entry.Type).At(step.Place), "deleted", patients);
        }

        if (entry.IfMatch?.Matches(location.Version) == false)
        {
            return new Attempt<WriteWork>(Refusals.VersionConflict(entry.Type).At(step.Place), "version-conflict", patients);
        }

        var ask = new ReadAsk(location);
        var read = journal.Entry(work.Context, EntryKind.Read, work.Interaction, entry.Type, step.Id, rule, patients);
        var receipt = await journal.Append(read, ask.Hash(), cancellationToken).ConfigureAwait(false);
        var record = await records.Read(ask, receipt, cancellationToken).ConfigureAwait(false);
        work.Patients.UnionWith(patients);
        return Edit(work, step, record) is { } failure ? failure.At(step.Place) : work;
    }

    private Failure? Edit(WriteWork work, WriteStep step, RecordVersion record)
    {
        if (!FhirReader.Read(record.Json, limits).Try(out var current, out var unreadable))
        {
            return unreadable; // stored under wider limits than those of today
        }

        using (current)
        {
            if (!step.Entry.Edit!(current).Try(out var changed, out var failure))
            {
                return failure;
            }

            work.Own(changed);
            if (JsonMarshal.GetRawUtf8Value(changed.Root).SequenceEqual(record.Json.Span))
            {
                step.LeaveAs(record);
                return null;
            }

            step.Action = EntryAction.Update;
            step.Before = record;
            step.Resource = changed;
            step.Content = changed.Root.TryGetProperty("data"u8, out _) ? null : record.Content;
            return changed.Type == current.Type && changed.Id == current.Id
                ? check.Check(changed, null) is { } invalid ? invalid with { Status = 422 } : null
                : Failure.Of(422, "business-rule", "patch-identity", "The patch changes the type or the id of the resource.");
        }
    }
}
