using System.Collections.Immutable;
using EHealthHub.Access.Policy;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Submit;

/// <summary>What one entry of a submission came to.</summary>
/// <param name="Status">200, 201 or 204.</param>
/// <param name="Type">Resource type.</param>
/// <param name="Id">Logical id.</param>
/// <param name="Version">Version; 0 where there is none to tell (a delete that had nothing to do).</param>
/// <param name="LastUpdated">Time of the version.</param>
/// <param name="Written">Index into the commit's entries; -1 when nothing is written for it.</param>
internal sealed record EntryEnd(int Status, string Type, string Id, int Version, DateTimeOffset LastUpdated, int Written)
{
    public string? Location => Version == 0 ? null : $"{Type}/{Id}/_history/{Version}";
}

/// <summary>A submission with every id, version, compartment and reference fixed: ready to be decided, logged and committed.</summary>
internal sealed record ResolvedWrite
{
    /// <summary>Ends by position in the plan's entries.</summary>
    public required ImmutableArray<EntryEnd> Ends { get; init; }

    /// <summary>What is to be decided, each with the index of its entry in the plan.</summary>
    public required ImmutableArray<(int Entry, AccessRequest Request)> Decisions { get; init; }

    /// <summary>The writes.</summary>
    public required ImmutableArray<WriteEntry> Writes { get; init; }

    /// <summary>Conditional references and their targets, to be checked again inside the transaction.</summary>
    public required IReadOnlyDictionary<IdentifierCondition, string> Resolved { get; init; }

    /// <summary>References as posted and as stored.</summary>
    public required IReadOnlyDictionary<string, string> References { get; init; }

    /// <summary>Patients concerned.</summary>
    public required ImmutableArray<string> Patients { get; init; }
}
