using EHealthHub.Audit.Entries;

namespace EHealthHub.Auditor.Index;

/// <summary>How an access ended, as auditors count it.</summary>
internal enum Outcome : byte
{
    /// <summary>Granted, or done.</summary>
    Granted = 1,

    /// <summary>Refused, with its reason.</summary>
    Refused = 2,

    /// <summary>Broken off by the hub itself (5xx), or a write that committed nothing.</summary>
    Failed = 3,
}

/// <summary>Reads the outcome off an entry.</summary>
internal static class Outcomes
{
    public static Outcome Of(AuditEntry entry) => entry switch
    {
        { Status: >= 500 } => Outcome.Failed,
        { Kind: EntryKind.Refusal } or { Status: >= 400 } => Outcome.Refused,
        { Kind: EntryKind.WriteOutcome, CommitSequence: 0, Hashes.Length: > 0 } => Outcome.Failed,
        _ => Outcome.Granted,
    };
}
