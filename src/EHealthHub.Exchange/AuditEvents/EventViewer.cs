namespace EHealthHub.Exchange.AuditEvents;

/// <summary>Who looks at events: somebody who watches over the log, or one patient, who is shown the own events without what only auditors read of an entry (FORMAT.md of the room Audit: the rest).</summary>
/// <param name="Patient">The patient; null for auditors and the registry's authority.</param>
internal readonly record struct EventViewer(string? Patient)
{
    /// <summary>Sees the rest of each entry too: query, certificate, token, address.</summary>
    public bool SeesAll => Patient is null;

    /// <summary>An auditor, or the registry's authority.</summary>
    public static EventViewer Auditor => new(null);
}
