using EHealthHub.Audit.Entries;

namespace EHealthHub.Exchange.AuditEvents;

/// <summary>An entry and where it stands.</summary>
/// <param name="Origin">The log.</param>
/// <param name="Index">Its index.</param>
/// <param name="Entry">The entry.</param>
internal readonly record struct LoggedEntry(string Origin, long Index, AuditEntry Entry)
{
    /// <summary>The gateway that wrote the log: its origin without the half-year.</summary>
    public string Gateway => Origin.LastIndexOf('/') is > 0 and var end ? Origin[..end] : Origin;

    /// <summary>Province and node of that gateway.</summary>
    public string Site => Origin.Split('/') is [_, var province, var node, ..] ? $"{province}/{node}" : Origin;
}
