using System.Collections.Immutable;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Exchange;

/// <summary>Makes the audit entries of the acts. Appends give receipts; everything else gives a position only.</summary>
public sealed class Journal(AuditLog log, TimeProvider time)
{
    /// <summary>The log's origin.</summary>
    public string Origin => log.Origin;

    /// <summary>An entry with everything that the context knows.</summary>
    public AuditEntry Entry(ActContext context, EntryKind kind, string interaction, string type, string id, string rule, ImmutableArray<string> patients, int status = 200) => new()
    {
        Kind = kind,
        Time = time.GetUtcNow(),
        RequestId = context.RequestId,
        Institution = context.Caller.Institution ?? "",
        Person = context.Caller.Person ?? "",
        Role = context.Caller.PersonKind == Trust.PersonKind.None ? context.Caller.InstitutionKind?.ToString() ?? "" : context.Caller.PersonKind.ToString(),
        Purpose = context.Caller.Purpose,
        Interaction = interaction,
        ResourceType = type,
        ResourceId = id,
        Patients = patients,
        Status = status,
        Reason = rule,
        Certificate = context.Caller.Certificate,
        TokenId = context.Caller.TokenId ?? "",
        Statement = context.Caller.Emergency?.Reason ?? "",
        Source = context.Source,
    };

    /// <summary>Appends a granted access. <paramref name="isBrief"/>: what follows is soon done.</summary>
    public ValueTask<AuditReceipt> Append(AuditEntry entry, byte[] askHash, CancellationToken cancellationToken, bool isBrief = false) => log.Append(entry, askHash, cancellationToken, isBrief);

    /// <summary>Records what gives no right.</summary>
    public ValueTask<LogPosition> Record(AuditEntry entry, CancellationToken cancellationToken) => log.Record(entry, cancellationToken);

    /// <summary>Records a refusal with its true reason, and answers with what the caller may know.</summary>
    public async ValueTask<ActResult> Refuse(
        ActContext context, string interaction, string type, string id, string rule, ImmutableArray<string> patients, Failure failure, CancellationToken cancellationToken)
    {
        var position = await log.Record(Entry(context, EntryKind.Refusal, interaction, type, id, rule, patients, failure.Status), cancellationToken).ConfigureAwait(false);
        return ActResult.Refused(failure, position);
    }
}
