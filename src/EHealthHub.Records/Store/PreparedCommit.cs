using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>A commit with everything sealed and every token computed: what the writer thread needs, and nothing in clear.</summary>
internal sealed class PreparedCommit : WriterJob, IDisposable
{
    private CommitResult? _result;

    public required IReadOnlyList<PreparedEntry> Entries { get; init; }

    /// <summary>Compartments that the entries touch, each once.</summary>
    public required IReadOnlyCollection<PreparedCompartment> Compartments { get; init; }

    public required IReadOnlyList<PreparedReference> References { get; init; }

    /// <summary>What conditions were decided on.</summary>
    public required IReadOnlyList<DecidedOn> Decided { get; init; }

    public required UInt128 Submitter { get; init; }

    /// <summary>The submitter's sealed name, for when it is met for the first time.</summary>
    public required byte[] SubmitterName { get; init; }

    public required long Time { get; init; }

    public required byte[] Origin { get; init; }

    public required long Intent { get; init; }

    public UInt128? Request { get; init; }

    public required byte[] SealedResult { get; init; }

    /// <summary>The generation of search parameters that its facts were extracted by.</summary>
    public required int Generation { get; init; }

    /// <summary>True when it was not applied because search parameters, or facts of what it replaces, changed since it was prepared.</summary>
    public bool IsStale { get; set; }

    public TaskCompletionSource<CommitResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override bool Apply(SqliteRows rows, CommitSeal seal)
    {
        _result = new SqliteCommit(rows, seal).Apply(this);
        return _result.Status == CommitStatus.Committed;
    }

    public override void Finish() => Done.SetResult(_result!);

    public override void Fail(Exception exception) => Done.SetException(exception);

    public void Dispose()
    {
        foreach (var compartment in Compartments)
        {
            compartment.Dispose();
        }
    }
}

/// <summary>A compartment that a commit touches, perhaps for the first time. Owns its unwrapped key until the commit is over.</summary>
internal sealed class PreparedCompartment(UInt128 handle, int kind, DataKey key, IDisposable owner, byte[] sealedName) : IDisposable
{
    public UInt128 Handle { get; } = handle;

    public int Kind { get; } = kind;

    public DataKey Key { get; } = key;

    public byte[] SealedName { get; } = sealedName;

    public Manifest Manifest { get; } = new(key);

    public Index.CompartmentTokens Tokens { get; } = new(key);

    public void Dispose()
    {
        Manifest.Dispose();
        Tokens.Dispose();
        owner.Dispose();
    }
}

/// <summary>One sealed version with the changes of the index that come with it.</summary>
internal sealed class PreparedEntry
{
    public required PreparedCompartment Compartment { get; init; }

    /// <summary>Token of type and logical id.</summary>
    public required UInt128 Resource { get; init; }

    /// <summary>The slot, version and hash that must be current; null when the resource must not exist.</summary>
    public (long Key, int Slot, int Version, byte[] Hash, int Flags)? Replaces { get; init; }

    /// <summary>The identifier that nothing may bear.</summary>
    public UInt128? Condition { get; init; }

    public required int Version { get; init; }

    public required int Flags { get; init; }

    public required byte[] Previous { get; init; }

    public required byte[] Hash { get; init; }

    public required byte[] Facts { get; init; }

    public required byte[] Body { get; init; }

    /// <summary>The JSON as stored, where the ask keeps it; else empty.</summary>
    public required byte[] Json { get; init; }

    /// <summary>Content beside the version, in chunks that are durable already.</summary>
    public UInt128? Content { get; init; }

    public required IReadOnlyList<int> TokensAdded { get; init; }

    public required IReadOnlyList<int> TokensRemoved { get; init; }

    public required IReadOnlyList<UInt128> NationalAdded { get; init; }

    public required IReadOnlyList<UInt128> NationalRemoved { get; init; }

    public required IReadOnlyList<(PreparedCompartment Patient, int Token)> LinksAdded { get; init; }

    public required IReadOnlyList<(PreparedCompartment Patient, int Token)> LinksRemoved { get; init; }
}

/// <summary>A conditional reference that must still mean what it meant.</summary>
/// <param name="Condition">Token of the identifier.</param>
/// <param name="Target">Token of the resource that alone may bear it.</param>
/// <param name="Own">True when the target is written by this very commit: then it is asked afterwards.</param>
internal sealed record PreparedReference(UInt128 Condition, UInt128 Target, bool Own);
