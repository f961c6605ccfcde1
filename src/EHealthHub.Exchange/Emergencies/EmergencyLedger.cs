using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;

namespace EHealthHub.Exchange.Emergencies;

/// <summary>
/// The broken glasses that the log tells of, and how each was judged: nothing of them is kept anywhere but in the log, so that nobody can take one away. Read once from the log, and followed. Of the log that is written now: the reviews of a
/// half-year are closed within it. Thread-safe.
/// </summary>
internal sealed class EmergencyLedger(AuditLog log)
{
    /// <summary>Interaction of the alert that begins a case.</summary>
    public const string Alert = "break-glass";

    /// <summary>Interaction of the entry that closes one; its detail is the case.</summary>
    public const string Review = "$emergency-review";

    private const int CasesMax = 100_000;

    private readonly Lock _turn = new();
    private readonly Dictionary<string, EmergencyCase> _cases = new(StringComparer.Ordinal);
    private long _next;

    /// <summary>All cases as they stand, copied by <paramref name="select"/>, in the order of their time.</summary>
    public List<T> Read<T>(Func<EmergencyCase, T?> select, CancellationToken cancellationToken)
        where T : class
    {
        lock (_turn)
        {
            Follow(cancellationToken);
            return [.. _cases.Values.OrderBy(c => c.Time).ThenBy(c => c.Id, StringComparer.Ordinal).Select(select).OfType<T>()];
        }
    }

    private void Follow(CancellationToken cancellationToken)
    {
        foreach (var (index, entry) in log.ReadFrom(_next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Take(entry);
            _next = index + 1;
        }
    }

    private void Take(AuditEntry entry)
    {
        if (entry is { Kind: EntryKind.Alert or EntryKind.Administration, Interaction: Alert } && _cases.Count < CasesMax)
        {
            _cases.TryAdd(entry.TokenId, new EmergencyCase
            {
                Id = entry.TokenId, Clinician = entry.Person, Institution = entry.Institution, Purpose = entry.Purpose, Reason = entry.Statement, Time = entry.Time,
            });
        }
        else if (entry is { Kind: EntryKind.Administration, Interaction: Review })
        {
            if (_cases.TryGetValue(entry.Detail, out var reviewed))
            {
                reviewed.Judgement ??= entry.Reason;
            }
        }
        else if (entry.Statement.Length > 0 && _cases.TryGetValue(entry.TokenId, out var used) && entry.Kind != EntryKind.TokenIssued)
        {
            used.Entries++;
            foreach (var patient in entry.Patients)
            {
                if (used.Patients.Count < EmergencyCase.PatientsMax)
                {
                    used.Patients.Add(patient);
                }
            }
        }
    }
}
