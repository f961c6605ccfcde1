using System.Collections.Immutable;
using EHealthHub.Fhir.Http;
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

    /// <summary>PUT Type/id or Type?condition.</summary>
    Update = 2,

    /// <summary>DELETE Type/id or Type?condition.</summary>
    Delete = 3,

    /// <summary>GET: a read, a history or a search.</summary>
    Get = 4,

    /// <summary>PATCH Type/id or Type?condition.</summary>
    Patch = 5,

    /// <summary>HEAD: as GET, without the content.</summary>
    Head = 6,

    /// <summary>POST of an operation, on the base, a type or a resource.</summary>
    Operation = 7,
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

    /// <summary>Logical id from the request URL (update, patch, delete, get); null for a create, whose id the hub assigns, and under a condition.</summary>
    public string? Id { get; init; }

    /// <summary>entry.fullUrl, if there is one.</summary>
    public string? FullUrl { get; init; }

    /// <summary>ifNoneExist of a create: nothing may match.</summary>
    public Condition? IfNoneExist { get; init; }

    /// <summary>The condition that stands for the id of an update, patch or delete.</summary>
    public Condition? Where { get; init; }

    /// <summary>ifMatch: the versions of which one must be current.</summary>
    public VersionTags? IfMatch { get; init; }

    /// <summary>ifNoneMatch: the versions of which none may be current; of an update (<c>*</c>: only where there is nothing), get or head.</summary>
    public VersionTags? IfNoneMatch { get; init; }

    /// <summary>ifModifiedSince of a get or head.</summary>
    public DateTimeOffset? IfModifiedSince { get; init; }

    /// <summary>The resource of a create or update; of a patch in a Bundle the Binary (JSON Patch) or Parameters (FHIRPath Patch); what an operation is given.</summary>
    public FhirResource? Resource { get; init; }

    /// <summary>How a patch changes the resource as it is: what it becomes. Set by whoever runs the patch; the plan leaves it open.</summary>
    public Func<FhirResource, Result<FhirResource>>? Edit { get; init; }

    /// <summary>GET, HEAD and operation: the request URL as written, without a leading slash.</summary>
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

    /// <summary>DELETE, POST, PUT and PATCH, GET, HEAD and operations; within a verb in the order of the Bundle. One for each entry posted; those with a failure come first.</summary>
    public required ImmutableArray<PlannedEntry> Entries { get; init; }

    /// <summary>The conditional references in the resources, as written, with their meaning. Transactions only.</summary>
    public required IReadOnlyDictionary<string, Condition> ConditionalReferences { get; init; }

    /// <summary>
    /// Relative references in the resources that name a created entry, as written, with that entry's fullUrl: <c>Patient/1</c> in an entry at <c>http://sender/fhir/Observation/2</c> names the entry at <c>http://sender/fhir/Patient/1</c>
    /// (R4 2.36.4.1), and follows it to its new id. Where the same text means different resources in different entries, a name of the entry stands in the resource instead. Transactions only.
    /// </summary>
    public required IReadOnlyDictionary<string, string> RelativeReferences { get; init; }

    /// <summary>
    /// Reads the Bundle's skeleton and checks it: type, entry shape, duplicate fullUrl or identity, temporary references that name no entry (400 with the entry's place).
    /// Conditions are taken as they are written; what they match is found out later. Does not validate the resources. In a transaction every fault found is reported, with the status of the first; in a batch it stays with its entry.
    /// </summary>
    public static Result<TransactionPlan> From(FhirResource bundle, FhirLimits limits) => BundlePlanner.Plan(bundle, limits);

    /// <summary>
    /// For a resource that is submitted by itself, outside a transaction: 400 for a temporary (<c>urn:uuid:</c>) or conditional reference, which nothing could resolve; null when there is none. <paramref name="path"/> as for the validator.
    /// </summary>
    public static Failure? CheckAlone(FhirResource resource, string? path = null) => ResourceLinks.CheckAlone(resource, path ?? resource.Type);

    /// <summary>As <see cref="CheckAlone"/>, for a resource whose references <paramref name="known"/> are resolved already.</summary>
    public static Failure? CheckLeft(FhirResource resource, string? path, IReadOnlyDictionary<string, string> known) => ResourceLinks.CheckAlone(resource, path ?? resource.Type, known);
}
