using System.Collections.Immutable;
using EHealthHub.Access.Policy;
using EHealthHub.Fhir.Reading;
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

/// <summary>A submission with every id, version, compartment and reference fixed: ready to be decided, logged and committed. Owns what patches made.</summary>
internal sealed record ResolvedWrite : IDisposable
{
    /// <summary>What each resource comes to, in processing order.</summary>
    public required ImmutableArray<WriteStep> Steps { get; init; }

    /// <summary>What is to be decided.</summary>
    public required ImmutableArray<(WriteStep Step, AccessRequest Request)> Decisions { get; init; }

    /// <summary>The writes.</summary>
    public required ImmutableArray<WriteEntry> Writes { get; init; }

    /// <summary>Conditional references and their targets, to be checked again inside the transaction.</summary>
    public required IReadOnlyDictionary<IdentifierCondition, string> Resolved { get; init; }

    /// <summary>References as posted and as stored.</summary>
    public required IReadOnlyDictionary<string, string> References { get; init; }

    /// <summary>What conditions were decided on.</summary>
    public required ImmutableArray<DecidedOn> Decided { get; init; }

    /// <summary>Patients concerned.</summary>
    public required ImmutableArray<string> Patients { get; init; }

    /// <summary>True when a condition needed a search.</summary>
    public required bool Searched { get; init; }

    /// <summary>Resources that patches made.</summary>
    public required IReadOnlyList<FhirResource> Owned { get; init; }

    /// <summary>Ends by position of the planned entries: the first step of each tells for it.</summary>
    public ImmutableArray<EntryEnd> EndsOf(ImmutableArray<PlannedEntry> entries)
    {
        if (Steps.Length == entries.Length)
        {
            return [.. Steps.Select(s => s.End!)]; // each entry has a step of its own, in order
        }

        var ends = new Dictionary<PlannedEntry, EntryEnd>(entries.Length, ReferenceEqualityComparer.Instance);
        foreach (var step in Steps)
        {
            ends.TryAdd(step.Entry, step.End!);
        }

        return [.. entries.Select(e => ends[e])];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var resource in Owned)
        {
            resource.Dispose();
        }
    }
}
