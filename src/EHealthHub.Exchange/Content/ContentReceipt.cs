using EHealthHub.Fhir.Outcomes;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Content;

/// <summary>
/// Receives the content of a Binary before its write: staged in sealed chunks that nobody can open, which is no effect and so needs no receipt; the write's commit, under its own receipt, makes it part of a version. Whatever ends before that
/// takes the chunks away again.
/// </summary>
internal sealed class ContentReceipt(RecordStore records, Journal journal)
{
    public async ValueTask<ActResult> Receive(
        ActContext context, string interaction, WriteEntry write, IncomingContent incoming, Func<ActContext, ValueTask<ActResult>> execute, CancellationToken cancellationToken)
    {
        await using var upload = await records.Contents.Begin(write.Compartment, write.CompartmentName, cancellationToken).ConfigureAwait(false);
        if (await incoming.Receive(upload.Add, cancellationToken).ConfigureAwait(false) is { } failure)
        {
            return await Refuse(context, interaction, write, failure).ConfigureAwait(false);
        }

        var content = await upload.Finish(cancellationToken).ConfigureAwait(false);
        return await execute(context with { Content = content, Incoming = null, RetryKey = incoming.RetryKey() }).ConfigureAwait(false);
    }

    /// <summary>The sender may be gone; the entry is written all the same.</summary>
    private ValueTask<ActResult> Refuse(ActContext context, string interaction, WriteEntry write, Failure failure) =>
        journal.Refuse(context, interaction, write.Type, write.Id, failure.Issues[0].Code, write.Compartment == Fhir.Search.CompartmentKind.Patient ? [write.CompartmentName] : [], failure, CancellationToken.None);
}
