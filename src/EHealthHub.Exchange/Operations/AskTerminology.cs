using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Conformance;
using EHealthHub.Exchange.Read;
using EHealthHub.Fhir.Operations;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Terminology;

namespace EHealthHub.Exchange.Operations;

/// <summary>
/// R4's terminology operations (4.7) over what the hub holds: expand, lookup, validate-code, translate, subsumes. Terminology is of the directory, which is public within the hub; who asks is logged all the same.
/// </summary>
public sealed class AskTerminology
{
    private readonly ConformanceHolder _held;
    private readonly ReadRecord _read;
    private readonly Journal _journal;
    private readonly TimeProvider _time;

    internal AskTerminology(ConformanceHolder held, ReadRecord read, Journal journal, TimeProvider time)
    {
        _held = held;
        _read = read;
        _journal = journal;
        _time = time;
    }

    /// <summary>The act. <paramref name="operation"/> is the name with its dollar sign; with an <paramref name="id"/> it is about that stored resource.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, string operation, string type, string? id, OperationInput input, string language, CancellationToken cancellationToken)
    {
        if (id is null)
        {
            return await Answer(context, operation, type, "", input, language, cancellationToken).ConfigureAwait(false);
        }

        var stored = await _read.Execute(context, type, id, null, cancellationToken).ConfigureAwait(false);
        if (stored.Failure is not null)
        {
            return stored;
        }

        using var document = JsonDocument.Parse(stored.Body);
        var name = char.ToLowerInvariant(type[0]) + type[1..];
        return await Answer(context, operation, type, id, input.With(name, document.RootElement), language, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ActResult> Answer(ActContext context, string operation, string type, string id, OperationInput input, string language, CancellationToken cancellationToken)
    {
        if (!Ask(operation, type, input, language).Try(out var answer, out var failure))
        {
            return await _journal.Refuse(context, operation, type, id, failure.Issues[0].Code, [], failure, cancellationToken).ConfigureAwait(false);
        }

        var position = await _journal.Record(_journal.Entry(context, EntryKind.Open, operation, type, id, "directory-public", []), cancellationToken).ConfigureAwait(false);
        return new ActResult { Status = 200, Body = answer, Receipt = position };
    }

    private Result<byte[]> Ask(string operation, string type, OperationInput input, string language) => (operation, type) switch
    {
        ("$expand", "ValueSet") => TerminologyOperations.Expand(_held.Terminology, input, _time.GetUtcNow()),
        ("$lookup", "CodeSystem") => TerminologyOperations.Lookup(_held.Terminology, input),
        ("$validate-code", "CodeSystem") => TerminologyOperations.ValidateCodeSystemCode(_held.Terminology, input, language),
        ("$validate-code", "ValueSet") => TerminologyOperations.ValidateValueSetCode(_held.Terminology, input, language),
        ("$translate", "ConceptMap") => TerminologyOperations.Translate(_held.Terminology, input, language),
        ("$subsumes", "CodeSystem") => TerminologyOperations.Subsumes(_held.Terminology, input),
        _ => Failure.Of(404, "not-supported", "operation-unknown", "This operation is not served.", "operation"),
    };
}
