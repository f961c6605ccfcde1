using System.Collections.Immutable;
using System.Runtime.InteropServices;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Records.Store;

/// <summary>One resource to be written, fully decided: id, version, time and compartment are fixed; Records checks again inside the transaction that they still hold.</summary>
public sealed record WriteEntry
{
    /// <summary>Create, update or delete.</summary>
    public required EntryAction Action { get; init; }

    /// <summary>Resource type.</summary>
    public required string Type { get; init; }

    /// <summary>Logical id.</summary>
    public required string Id { get; init; }

    /// <summary>Kind of compartment.</summary>
    public required CompartmentKind Compartment { get; init; }

    /// <summary>As <see cref="ResourceLocation.CompartmentName"/>.</summary>
    public required string CompartmentName { get; init; }

    /// <summary>Further patients that a resource in an institution's compartment is about.</summary>
    public ImmutableArray<string> LinkedPatients { get; init; } = [];

    /// <summary>The current version that this one replaces (update, delete); null when there must be none.</summary>
    public ResourceLocation? Replaces { get; init; }

    /// <summary>The condition under which a create holds (also one by an update): no resource of the type with this identifier.</summary>
    public IdentifierCondition? IfNoneExist { get; init; }

    /// <summary>The version that this write makes.</summary>
    public required int Version { get; init; }

    /// <summary>The resource as posted; null for a deletion.</summary>
    public FhirResource? Resource { get; init; }

    /// <summary>Content that lies beside the version: just received, or that of a version before it; null for none.</summary>
    public StoredContent? Content { get; init; }
}

/// <summary>A set of writes that stands or falls together.</summary>
public sealed class CommitAsk
{
    /// <summary>The writes, in processing order; may be empty when every conditional create matched.</summary>
    public required ImmutableArray<WriteEntry> Entries { get; init; }

    /// <summary>Conditional references and what they resolved to (<c>Type/id</c>); must still hold inside the transaction.</summary>
    public required IReadOnlyDictionary<IdentifierCondition, string> Resolved { get; init; }

    /// <summary>What conditions were decided on; must still stand when the commit is applied, before anything of it is written.</summary>
    public ImmutableArray<DecidedOn> Decided { get; init; } = [];

    /// <summary>The rewriting of references, as for ResourceWriter.Stamp.</summary>
    public required IReadOnlyDictionary<string, string> References { get; init; }

    /// <summary>The registered institution (or person) that submits.</summary>
    public required string Submitter { get; init; }

    /// <summary>Time of all versions of this commit.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Caller-scoped request id for retries; null when the caller gave none.</summary>
    public string? RequestKey { get; init; }

    /// <summary>What to remember as the first result for the request key, sealed; opaque to Records.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    /// <summary>Whether the result brings the resources as they were stored, for a caller who wants them back.</summary>
    public bool KeepStored { get; init; }

    /// <summary>Salt of the plan's hash, 16 random bytes.</summary>
    public required ReadOnlyMemory<byte> Salt { get; init; }

    /// <summary>The salted hash of the plan: what the audit intent carries and the receipt is bound to.</summary>
    public byte[] Hash()
    {
        var hash = AskHash.StartLong("commit/1");
        hash.Add(Salt.Span);
        hash.Add(Submitter);
        hash.Add(Time);
        hash.Add(RequestKey);
        hash.Add(Result.Span);
        hash.Add(Entries.Length);
        foreach (var entry in Entries)
        {
            Add(hash, entry);
        }

        hash.Add(Resolved.Count);
        foreach (var (condition, target) in Resolved.OrderBy(r => r.Key.Type, StringComparer.Ordinal).ThenBy(r => r.Key.System, StringComparer.Ordinal).ThenBy(r => r.Key.Value, StringComparer.Ordinal))
        {
            Add(hash, condition);
            hash.Add(target);
        }

        hash.Add(Decided.Length);
        foreach (var decided in Decided)
        {
            decided.AddTo(hash);
        }

        hash.Add(References.Count);
        foreach (var (written, target) in References.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            hash.Add(written);
            hash.Add(target);
        }

        return hash.Finish();
    }

    private static void Add(AskHash hash, WriteEntry entry)
    {
        hash.Add((int)entry.Action);
        hash.Add(entry.Type);
        hash.Add(entry.Id);
        hash.Add((int)entry.Compartment);
        hash.Add(entry.CompartmentName);
        hash.Add(entry.LinkedPatients.Length);
        foreach (var patient in entry.LinkedPatients)
        {
            hash.Add(patient);
        }

        hash.Add(entry.Version);
        hash.Add(entry.Replaces is null ? 0 : 1);
        entry.Replaces?.AddTo(hash);
        hash.Add(entry.IfNoneExist is null ? 0 : 1);
        if (entry.IfNoneExist is { } condition)
        {
            Add(hash, condition);
        }

        hash.Add(entry.Resource is null ? 0 : 1);
        if (entry.Resource is { } resource)
        {
            hash.Add(JsonMarshal.GetRawUtf8Value(resource.Root));
        }

        if (entry.Content is { } content)
        {
            hash.Add(content.Descriptor.Write());
        }
    }

    private static void Add(AskHash hash, IdentifierCondition condition)
    {
        hash.Add(condition.Type);
        hash.Add(condition.System);
        hash.Add(condition.Value);
    }
}

/// <summary>How a commit ended.</summary>
public enum CommitStatus
{
    /// <summary>Durable.</summary>
    Committed = 1,

    /// <summary>A condition no longer held (version, identifier, id, compartment, what was decided on): nothing stored; resolve again or answer 409/412.</summary>
    Conflict = 2,

    /// <summary>The request key was used before: the first result is given back, nothing stored.</summary>
    Repeated = 3,
}

/// <summary>A commit's end.</summary>
/// <param name="Status">How.</param>
/// <param name="Sequence">The database's commit sequence; 0 unless committed.</param>
/// <param name="EnvelopeHashes">32 bytes for each entry, in order; empty unless committed.</param>
/// <param name="ConflictEntry">Index into Entries of the entry that conflicted; -1 for a resolved reference or what a condition was decided on; else -1.</param>
/// <param name="FirstResult">The result remembered for a repeated request key.</param>
public sealed record CommitResult(CommitStatus Status, long Sequence, ReadOnlyMemory<byte> EnvelopeHashes, int ConflictEntry, ReadOnlyMemory<byte> FirstResult)
{
    /// <summary>The resources as stored, one for each entry, in order; empty memory for a deletion. Empty unless committed and kept.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Stored { get; init; } = [];
}
