using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Read;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Exchange.Operations;

/// <summary><c>$validate</c> (R4 Resource-validate): says all that can be said about a resource, and stores nothing. A stored one is read first, decided and logged like any read.</summary>
public sealed class ValidateResource
{
    private const string Interaction = "$validate";

    private readonly Validator _validator;
    private readonly FhirLimits _limits;
    private readonly ReadRecord _read;
    private readonly Journal _journal;

    internal ValidateResource(Validator validator, FhirLimits limits, ReadRecord read, Journal journal)
    {
        _validator = validator;
        _limits = limits;
        _read = read;
        _journal = journal;
    }

    /// <summary>The act; <paramref name="body"/> is what was posted, null for none.</summary>
    public async ValueTask<ActResult> Execute(
        ActContext context, string type, string? id, FhirResource? body, IReadOnlyList<KeyValuePair<string, string>> query, string language, CancellationToken cancellationToken)
    {
        if (!ValidationRequest.Read(type, id, body, query).Try(out var request, out var failure))
        {
            return await _journal.Refuse(context, Interaction, type, id ?? "", failure.Issues[0].Code, [], failure, cancellationToken).ConfigureAwait(false);
        }

        if (request.Resource is not null || id is null)
        {
            return await Answer(context, request, language, cancellationToken).ConfigureAwait(false);
        }

        var stored = await _read.Execute(context, type, id, null, cancellationToken).ConfigureAwait(false);
        if (stored.Failure is not null)
        {
            return stored;
        }

        if (!FhirReader.Read(stored.Body, _limits).Try(out var resource, out var unread))
        {
            return await _journal.Refuse(context, Interaction, type, id, unread.Issues[0].Code, [], unread, cancellationToken).ConfigureAwait(false);
        }

        using (resource)
        {
            return await Answer(context, request with { Resource = resource }, language, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<ActResult> Answer(ActContext context, ValidationRequest request, string language, CancellationToken cancellationToken)
    {
        var issues = _validator.Examine(request, _limits);
        var position = await _journal.Record(_journal.Entry(context, EntryKind.Open, Interaction, request.Type, request.Id ?? "", "nothing-released", []), cancellationToken).ConfigureAwait(false);
        return new ActResult { Status = 200, Body = OperationOutcomeWriter.Write(issues, language), Receipt = position };
    }
}
