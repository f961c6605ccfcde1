using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Exchange.Submit;

/// <summary>create, conditional create, update and delete of one resource (R4 3.1.0.4, .7, .8).</summary>
public sealed class SubmitResource
{
    private readonly WriteFlow _flow;
    private readonly SubmissionCheck _check;
    private readonly Journal _journal;

    internal SubmitResource(WriteFlow flow, SubmissionCheck check, Journal journal)
    {
        _flow = flow;
        _check = check;
        _journal = journal;
    }

    /// <summary>Creates; with <paramref name="ifNoneExist"/> only when nothing matches, else 200 with the place of the match.</summary>
    public ValueTask<ActResult> Create(ActContext context, string type, FhirResource resource, IdentifierCondition? ifNoneExist, CancellationToken cancellationToken) =>
        Write(context, "create", new PlannedEntry { Index = -1, Action = EntryAction.Create, Type = type, IfNoneExist = ifNoneExist, Resource = resource }, cancellationToken);

    /// <summary>Updates the resource with this id; creates under a caller's own id for system scopes only.</summary>
    public async ValueTask<ActResult> Update(ActContext context, string type, string id, FhirResource resource, int? ifMatch, CancellationToken cancellationToken)
    {
        if (!string.Equals(resource.Id, id, StringComparison.Ordinal))
        {
            var failure = Failure.Of(400, "invalid", "id-mismatch", "The id in the body is missing or is not the id of the URL.", type + ".id");
            return await _journal.Refuse(context, "update", type, id, "id-mismatch", [], failure, cancellationToken).ConfigureAwait(false);
        }

        return await Write(context, "update", new PlannedEntry { Index = -1, Action = EntryAction.Update, Type = type, Id = id, IfMatch = ifMatch, Resource = resource }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes: a new version that says so. Later reads give 410; the history stays.</summary>
    public ValueTask<ActResult> Delete(ActContext context, string type, string id, int? ifMatch, CancellationToken cancellationToken) =>
        Write(context, "delete", new PlannedEntry { Index = -1, Action = EntryAction.Delete, Type = type, Id = id, IfMatch = ifMatch }, cancellationToken);

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

        var end = await _flow.Execute(context, interaction, [entry], LinksToResolve.None, cancellationToken).ConfigureAwait(false);
        if (end.Refusal is { } refusal)
        {
            return refusal;
        }

        var made = end.Ends[0];
        var body = entry.Resource is { } posted && made.Written >= 0 && made.Version > 0
            ? ResourceWriter.Stamp(posted, made.Id, made.Version, made.LastUpdated, end.References)
            : ReadOnlyMemory<byte>.Empty;
        return new ActResult
        {
            Status = made.Status,
            Body = body,
            Version = made.Version == 0 ? null : made.Version,
            LastUpdated = made.Version == 0 ? null : made.LastUpdated,
            Location = made.Location,
            Receipt = end.Receipt!,
        };
    }
}
