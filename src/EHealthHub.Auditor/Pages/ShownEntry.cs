using EHealthHub.Audit.Entries;
using EHealthHub.Auditor.Index;

namespace EHealthHub.Auditor.Pages;

/// <summary>An entry as it is shown: where it stands, and what it says; null content when the key does not open it.</summary>
internal sealed record ShownEntry(string Origin, long Index, AuditEntry? Entry)
{
    /// <summary>Address of its own page.</summary>
    public string Address => $"/entry?log={Uri.EscapeDataString(Origin)}&index={Index}";

    /// <summary>Outcome of the content.</summary>
    public Outcome Outcome => Outcomes.Of(Entry!);
}
