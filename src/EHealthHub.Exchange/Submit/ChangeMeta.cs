using EHealthHub.Exchange.Read;
using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Exchange.Submit;

/// <summary>
/// <c>$meta</c>, <c>$meta-add</c> and <c>$meta-delete</c> of one resource: a read, and two patches of its profiles, tags and security labels. A change makes a version; what changes nothing writes nothing.
/// </summary>
public sealed class ChangeMeta
{
    private readonly ReadRecord _read;
    private readonly SubmitResource _submit;
    private readonly SubmissionCheck _check;
    private readonly Journal _journal;
    private readonly FhirLimits _limits;

    internal ChangeMeta(ReadRecord read, SubmitResource submit, SubmissionCheck check, Journal journal, FhirLimits limits)
    {
        _read = read;
        _submit = submit;
        _check = check;
        _journal = journal;
        _limits = limits;
    }

    /// <summary>The meta of the current version, or of version <paramref name="version"/>.</summary>
    public async ValueTask<ActResult> Get(ActContext context, string type, string id, int? version, CancellationToken cancellationToken) =>
        Answer(await _read.Execute(context, type, id, version, cancellationToken, "$meta").ConfigureAwait(false));

    /// <summary>Adds what the Parameters bring.</summary>
    public ValueTask<ActResult> Add(ActContext context, string type, string id, FhirResource parameters, VersionTags? ifMatch, CancellationToken cancellationToken) =>
        Change(context, "$meta-add", type, id, parameters, ifMatch, MetaEditor.Add, cancellationToken);

    /// <summary>Removes what the Parameters name.</summary>
    public ValueTask<ActResult> Remove(ActContext context, string type, string id, FhirResource parameters, VersionTags? ifMatch, CancellationToken cancellationToken) =>
        Change(context, "$meta-delete", type, id, parameters, ifMatch, MetaEditor.Remove, cancellationToken);

    private async ValueTask<ActResult> Change(
        ActContext context,
        string interaction,
        string type,
        string id,
        FhirResource parameters,
        VersionTags? ifMatch,
        Func<FhirResource, FhirResource, FhirLimits, Result<FhirResource>> edit,
        CancellationToken cancellationToken)
    {
        var invalid = _check.Check(parameters, null);
        if (invalid is not null || !MetaEditor.Read(parameters, _limits).Try(out var change, out invalid))
        {
            return await _journal.Refuse(context, interaction, type, id, invalid.Issues[0].Code, [], invalid, cancellationToken).ConfigureAwait(false);
        }

        using (change)
        {
            var asked = context with { Return = ReturnPreference.Representation };
            return Answer(await _submit.Patch(asked, interaction, type, id, current => edit(current, change, _limits), ifMatch, cancellationToken).ConfigureAwait(false));
        }
    }

    private static ActResult Answer(ActResult result) =>
        result.Failure is null && !result.Body.IsEmpty ? result with { Body = MetaEditor.Answer(result.Body), Content = null, Version = null, LastUpdated = null, Location = null } : result;
}
