using System.Collections.Immutable;

namespace EHealthHub.Records.Verify;

/// <summary>One thing that is wrong, and where. Names places, never content.</summary>
/// <param name="Where">File or table.</param>
/// <param name="CompartmentKey">Key of the compartment; 0 where none is meant.</param>
/// <param name="Slot">Slot in the compartment; -1 where none is meant.</param>
/// <param name="Version">Version; -1 where none is meant.</param>
/// <param name="Problem">What, in one sentence.</param>
public sealed record RecordsProblem(string Where, long CompartmentKey, long Slot, int Version, string Problem)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => Where
        + (CompartmentKey == 0 ? "" : FormattableString.Invariant($" compartment {CompartmentKey}"))
        + (Slot < 0 ? "" : FormattableString.Invariant($" slot {Slot}"))
        + (Version < 0 ? "" : FormattableString.Invariant($" version {Version}"))
        + ": " + Problem;
}

/// <summary>What a verification found.</summary>
/// <param name="Compartments">Compartments looked at.</param>
/// <param name="Versions">Versions whose body and facts were opened and compared.</param>
/// <param name="Commits">Commits in the database.</param>
/// <param name="OpenCommits">Commits whose outcome the log does not tell of yet, after the last one it tells of: a crash between the two, which the next start closes.</param>
/// <param name="Problems">Empty when whole; at most <see cref="ProblemsMax"/>.</param>
public sealed record RecordsReport(long Compartments, long Versions, long Commits, long OpenCommits, ImmutableArray<RecordsProblem> Problems)
{
    /// <summary>Beyond so many the verification gives up.</summary>
    public const int ProblemsMax = 1_000;

    /// <summary>Versions that nobody can open any more, for their patient's record was erased after they were copied: the next start takes them away.</summary>
    public long Shredded { get; init; }

    /// <summary>True when nothing is wrong.</summary>
    public bool Whole => Problems.IsEmpty;
}

/// <summary>What the audit log says of a commit: one outcome entry. A large commit has several, in order.</summary>
/// <param name="Origin">The log.</param>
/// <param name="IntentIndex">Index of the intent in it.</param>
/// <param name="CommitSequence">The database's sequence; 0 when nothing was committed.</param>
/// <param name="EnvelopeHashes">32 bytes for each entry.</param>
public readonly record struct CommitOutcome(string Origin, long IntentIndex, long CommitSequence, ReadOnlyMemory<byte> EnvelopeHashes);
