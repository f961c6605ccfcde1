using System.Collections.Immutable;

namespace EHealthHub.Audit.Entries;

/// <summary>What an entry tells of.</summary>
public enum EntryKind : byte
{
    /// <summary>A read or vread or history that was granted.</summary>
    Read = 1,

    /// <summary>The criteria of a search, before any facts are opened.</summary>
    SearchAsked = 2,

    /// <summary>The patients on a page of results, before any body is opened.</summary>
    SearchReleased = 3,

    /// <summary>A write that was granted; carries a salted hash of the plan.</summary>
    WriteIntent = 4,

    /// <summary>How a write ended; carries the envelope hashes.</summary>
    WriteOutcome = 5,

    /// <summary>A refusal, with its true reason.</summary>
    Refusal = 6,

    /// <summary>A token was issued.</summary>
    TokenIssued = 7,

    /// <summary>Start, stop, registration, key operations, and whatever else an operator does.</summary>
    Administration = 8,

    /// <summary>Openly readable things (metadata) were read; one per source prefix and minute, with a count.</summary>
    Open = 9,

    /// <summary>The audit log itself was read.</summary>
    AuditRead = 10,

    /// <summary>The heads of all patients were written down (<see cref="AuditEntry.Heads"/>). Only the log itself writes it.</summary>
    Heads = 11,

    /// <summary>A rule on the tail found something; <see cref="AuditEntry.Reason"/> names the rule, <see cref="AuditEntry.ResourceId"/> the alert.</summary>
    Alert = 12,

    /// <summary>A step of an incident: opened, confirmed, notified, closed.</summary>
    Incident = 13,

    /// <summary>Somebody signed in or out, or a session ended.</summary>
    SignIn = 14,
}

/// <summary>One entry of the log, before it is sealed. Compact: what a FHIR AuditEvent (IHE BALP) can be projected from.</summary>
public sealed record AuditEntry
{
    /// <summary>What it tells of.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>X-Request-Id of the request, or the one the hub gave it.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>Registered id of the institution; empty before one is proven.</summary>
    public string Institution { get; init; } = "";

    /// <summary>Registered id of the person (clinician, citizen, staff); empty where none.</summary>
    public string Person { get; init; } = "";

    /// <summary>Role in which they acted.</summary>
    public string Role { get; init; } = "";

    /// <summary>Purpose of use (v3-ActReason).</summary>
    public string Purpose { get; init; } = "";

    /// <summary>FHIR interaction (read, vread, search-type, create, update, delete, history-instance, transaction, …) or the hub's own verb.</summary>
    public string Interaction { get; init; } = "";

    /// <summary>Resource type, if one.</summary>
    public string ResourceType { get; init; } = "";

    /// <summary>Logical id, if one.</summary>
    public string ResourceId { get; init; } = "";

    /// <summary>Logical ids of the patients concerned. Each of them may be shown this entry, without the names of the others.</summary>
    public ImmutableArray<string> Patients { get; init; } = [];

    /// <summary>The entry's place among the entries of each of <see cref="Patients"/>, in their order. Only an entry that was read has it: the log gives the places.</summary>
    public ImmutableArray<PatientPlace> Places { get; init; } = [];

    /// <summary>HTTP status or the outcome's own code.</summary>
    public int Status { get; init; }

    /// <summary>Stable code of the rule or the refusal that decided.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What the person who acted stated in their own words, such as the reason of an emergency access. The patients concerned read it.</summary>
    public string Statement { get; init; } = "";

    /// <summary>The query as asked, or another short detail. For auditors; no patient is shown it, since it may name others.</summary>
    public string Detail { get; init; } = "";

    /// <summary>SHA-256 thumbprint (hex) of the client certificate; empty without one.</summary>
    public string Certificate { get; init; } = "";

    /// <summary>jti of the token; empty without one.</summary>
    public string TokenId { get; init; } = "";

    /// <summary>Remote address prefix (/24 or /48).</summary>
    public string Source { get; init; } = "";

    /// <summary>How many events this entry stands for. 0: it goes on from the entry before it, which had more patients than one leaf holds.</summary>
    public int Count { get; init; } = 1;

    /// <summary>WriteOutcome: index of its intent in the same log; else -1.</summary>
    public long IntentIndex { get; init; } = -1;

    /// <summary>WriteOutcome: the database's commit sequence; 0 when nothing was committed.</summary>
    public long CommitSequence { get; init; }

    /// <summary>WriteIntent: salted hash of the plan. WriteOutcome: the envelope hashes, 32 bytes each, in the order of the plan.</summary>
    public ReadOnlyMemory<byte> Hashes { get; init; }

    /// <summary>What the hub saw of the one who acted and the patients concerned when it decided: what the auditors' rules look for. For auditors alone.</summary>
    public EntrySigns Signs { get; init; }

    /// <summary>How many resources were released by this act; 0 where none were. For auditors alone: a patient is told that there was a search, and not how much else it found.</summary>
    public int Released { get; init; }

    /// <summary>W3C trace-id of the request, 32 lower-case hex digits; empty without one. Ties the entry to spans and log lines. For auditors alone.</summary>
    public string Trace { get; init; } = "";

    /// <summary>Heads: what was written down; else null.</summary>
    public HeadsRoot? Heads { get; init; }
}
