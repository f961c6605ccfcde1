using EHealthHub.Exchange.Content;
using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Exchange.Submit;

/// <summary>create, update, patch and delete of one resource, by id or by condition (R4 3.1.0.4, .6, .7, .8).</summary>
public sealed class SubmitResource
{
    private readonly WriteFlow _flow;
    private readonly SubmissionCheck _check;
    private readonly ContentReceipt _contents;
    private readonly Journal _journal;

    internal SubmitResource(WriteFlow flow, SubmissionCheck check, ContentReceipt contents, Journal journal)
    {
        _flow = flow;
        _check = check;
        _contents = contents;
        _journal = journal;
    }

    /// <summary>Creates; with <paramref name="ifNoneExist"/> only when nothing matches, else 200 with the place of the match.</summary>
    public ValueTask<ActResult> Create(ActContext context, string type, FhirResource resource, Condition? ifNoneExist, CancellationToken cancellationToken) =>
        Write(context, "create", new PlannedEntry { Index = -1, Action = EntryAction.Create, Type = type, IfNoneExist = ifNoneExist, Resource = resource }, cancellationToken);

    /// <summary>Updates the resource with this id; creates under a caller's own id for system scopes only. <paramref name="ifNoneMatch"/> <c>*</c>: only where there is none.</summary>
    public async ValueTask<ActResult> Update(
        ActContext context, string type, string id, FhirResource resource, VersionTags? ifMatch, VersionTags? ifNoneMatch, CancellationToken cancellationToken)
    {
        if (!string.Equals(resource.Id, id, StringComparison.Ordinal))
        {
            var failure = Failure.Of(400, "invalid", "id-mismatch", "The id in the body is missing or is not the id of the URL.", type + ".id");
            return await _journal.Refuse(context, "update", type, id, "id-mismatch", [], failure, cancellationToken).ConfigureAwait(false);
        }

        return await Write(
            context, "update", new PlannedEntry { Index = -1, Action = EntryAction.Update, Type = type, Id = id, IfMatch = ifMatch, IfNoneMatch = ifNoneMatch, Resource = resource }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Updates the one resource that matches, or creates where none does (R4 3.1.0.4.3).</summary>
    public ValueTask<ActResult> Update(ActContext context, Condition where, FhirResource resource, VersionTags? ifMatch, VersionTags? ifNoneMatch, CancellationToken cancellationToken) =>
        Write(context, "update", new PlannedEntry { Index = -1, Action = EntryAction.Update, Type = where.Type, Where = where, IfMatch = ifMatch, IfNoneMatch = ifNoneMatch, Resource = resource }, cancellationToken);

    /// <summary>
    /// Changes the resource as it is now by <paramref name="edit"/>, which gives what it becomes. What changes nothing writes nothing. Somebody else's change in between runs it again; 409 when that goes on.
    /// <paramref name="interaction"/> is the name for the log: <c>patch</c>, or an operation's.
    /// </summary>
    public ValueTask<ActResult> Patch(
        ActContext context, string interaction, string type, string id, Func<FhirResource, Result<FhirResource>> edit, VersionTags? ifMatch, CancellationToken cancellationToken) =>
        Write(context, interaction, new PlannedEntry { Index = -1, Action = EntryAction.Patch, Type = type, Id = id, IfMatch = ifMatch, Edit = edit }, cancellationToken);

    /// <summary>Changes the one resource that matches: 404 where none does, 412 where several do (R4 3.1.0.6).</summary>
    public ValueTask<ActResult> Patch(ActContext context, Condition where, Func<FhirResource, Result<FhirResource>> edit, VersionTags? ifMatch, CancellationToken cancellationToken) =>
        Write(context, "patch", new PlannedEntry { Index = -1, Action = EntryAction.Patch, Type = where.Type, Where = where, IfMatch = ifMatch, Edit = edit }, cancellationToken);

    /// <summary>Deletes: a new version that says so. Later reads give 410; the history stays.</summary>
    public ValueTask<ActResult> Delete(ActContext context, string type, string id, VersionTags? ifMatch, CancellationToken cancellationToken) =>
        Write(context, "delete", new PlannedEntry { Index = -1, Action = EntryAction.Delete, Type = type, Id = id, IfMatch = ifMatch }, cancellationToken);

    /// <summary>Deletes what matches (R4 3.1.0.7.1): one; several at once for system scopes and within one patient's compartment, up to <see cref="IdentityResolver.DeletesMax"/>; else 412.</summary>
    public ValueTask<ActResult> Delete(ActContext context, Condition where, VersionTags? ifMatch, CancellationToken cancellationToken) =>
        Write(context, "delete", new PlannedEntry { Index = -1, Action = EntryAction.Delete, Type = where.Type, Where = where, IfMatch = ifMatch }, cancellationToken);

    private async ValueTask<ActResult> Write(ActContext context, string interaction, PlannedEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Resource is { } resource)
        {
            var failure = resource.Type == entry.Type
                ? _check.CheckAlone(resource)
                : Failure.Of(400, "invalid", "type-mismatch", $"The body is a {resource.Type}, the URL asks for a {entry.Type}.", "resourceType");
            if (failure is not null)
            {
                return await _journal.Refuse(context, interaction, entry.Type, entry.Id ?? "", failure.Issues[0].Code, [], failure, cancellationToken).ConfigureAwait(false);
            }
        }

        return context.Incoming is { } incoming
            ? await WithContent(context, interaction, entry, incoming, cancellationToken).ConfigureAwait(false)
            : await Execute(context, interaction, entry, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Would it be granted, then receive, then write: nobody sends a gigabyte to be told no, and nothing is decided on what was so before.</summary>
    private async ValueTask<ActResult> WithContent(ActContext context, string interaction, PlannedEntry entry, IncomingContent incoming, CancellationToken cancellationToken)
    {
        var (refusal, write) = await _flow.Foresee(context, interaction, entry, cancellationToken).ConfigureAwait(false);
        if (refusal is not null || write is null)
        {
            return refusal ?? await Execute(context, interaction, entry, cancellationToken).ConfigureAwait(false);
        }

        return await _contents.Receive(context, interaction, write, incoming, c => Execute(c, interaction, entry, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ActResult> Execute(ActContext context, string interaction, PlannedEntry entry, CancellationToken cancellationToken)
    {
        return Answer(context, await _flow.Execute(context, interaction, [entry], LinksToResolve.None, cancellationToken).ConfigureAwait(false));
    }

    private static ActResult Answer(ActContext context, WriteEnd end)
    {
        if (end.Refusal is { } refusal)
        {
            return refusal;
        }

        var made = end.Ends[0];
        return new ActResult
        {
            Status = made.Status,
            Body = end.Bodies is [var body] ? body : default,
            Outcome = context.Return == ReturnPreference.OperationOutcome ? Outcomes.Of(made) : [],
            Version = made.Version == 0 ? null : made.Version,
            LastUpdated = made.Version == 0 ? null : made.LastUpdated,
            Location = made.Location,
            Receipt = end.Receipt!,
        };
    }
}
