using System.Collections.Immutable;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Fhir.Transactions;

/// <summary>What an entry asks for.</summary>
public enum EntryAction
{
    /// <summary>Not understood: only in an entry with a <see cref="PlannedEntry.Failure"/>.</summary>
    None = 0,

    /// <summary>POST Type, with or without ifNoneExist.</summary>
    Create = 1,

    /// <summary>PUT Type/id.</summary>
    Update = 2,

    /// <summary>DELETE Type/id.</summary>
    Delete = 3,

    /// <summary>GET Type/id or a search.</summary>
    Get = 4,
}

/// <summary>A condition by exact identifier: what the hub decides from national tokens alone.</summary>
/// <param name="Type">Resource type.</param>
/// <param name="System">Identifier system; empty for <c>|value</c>.</param>
/// <param name="Value">Identifier value.</param>
public sealed record IdentifierCondition(string Type, string System, string Value);

/// <summary>One entry of a batch or transaction, read and checked.</summary>
public sealed record PlannedEntry
{
    /// <summary>Index in the posted Bundle.</summary>
    public required int Index { get; init; }

    /// <summary>What is asked for.</summary>
    public required EntryAction Action { get; init; }

    /// <summary>Resource type.</summary>
    public required string Type { get; init; }

    /// <summary>Logical id from the request URL (update, delete, get); null for a create, whose id the hub assigns.</summary>
    public string? Id { get; init; }

    /// <summary>entry.fullUrl, if there is one.</summary>
    public string? FullUrl { get; init; }

    /// <summary>ifNoneExist of a create.</summary>
    public IdentifierCondition? IfNoneExist { get; init; }

    /// <summary>ifMatch: the version that must be current.</summary>
    public int? IfMatch { get; init; }

    /// <summary>The resource of a create or update.</summary>
    public FhirResource? Resource { get; init; }

    /// <summary>GET: the request URL as written, without a leading slash.</summary>
    public string? Url { get; init; }

    /// <summary>
    /// Batch only: why this entry cannot be acted upon. The other members then hold what could be read of it (<see cref="Action"/> may be None, <see cref="Type"/> empty), and its answer is this failure, while the others go ahead
    /// (R4 3.1.0.11.1). In a transaction such a failure is the whole Bundle's, so that no entry of a plan has one.
    /// </summary>
    public Failure? Failure { get; init; }
}

/// <summary>A batch or transaction Bundle, read: its entries in R4's processing order, and what must be resolved before it can be stored (R4 3.1.0.11.2).</summary>
public sealed class TransactionPlan
{
    /// <summary>True for a transaction, false for a batch.</summary>
    public required bool Atomic { get; init; }

    /// <summary>DELETE, POST, PUT, GET; within a verb in the order of the Bundle. One for each entry posted; those with a failure come first.</summary>
    public required ImmutableArray<PlannedEntry> Entries { get; init; }

    /// <summary>The conditional references in the resources, as written, with their meaning. Transactions only.</summary>
    public required IReadOnlyDictionary<string, IdentifierCondition> ConditionalReferences { get; init; }

    /// <summary>
    /// Relative references in the resources that name a created entry, as written, with that entry's fullUrl: <c>Patient/1</c> in an entry at <c>http://sender/fhir/Observation/2</c> names the entry at <c>http://sender/fhir/Patient/1</c>
    /// (R4 2.36.4.1), and follows it to its new id. Transactions only.
    /// </summary>
    public required IReadOnlyDictionary<string, string> RelativeReferences { get; init; }

    /// <summary>
    /// Reads the Bundle's skeleton and checks it: type, entry shape, duplicate fullUrl or identity, temporary references that name no entry (400 with the entry's place).
    /// Conditions other than one exact identifier are refused (412, not-supported) by name. Does not validate the resources. In a transaction every fault found is reported, with the status of the first; in a batch it stays with its entry.
    /// </summary>
    public static Result<TransactionPlan> From(FhirResource bundle, FhirLimits limits) => BundlePlanner.Plan(bundle, limits);

    /// <summary>
    /// For a resource that is submitted by itself, outside a transaction: 400 for a temporary (<c>urn:uuid:</c>) or conditional reference, which nothing could resolve; null when there is none. <paramref name="path"/> as for the validator.
    /// </summary>
    public static Failure? CheckAlone(FhirResource resource, string? path = null) => ResourceLinks.CheckAlone(resource, path ?? resource.Type);
}
