using System.Collections.Immutable;

namespace EHealthHub.Audit.Verify;

/// <summary>One thing that is wrong, and where.</summary>
/// <param name="File">Path relative to the audit folder.</param>
/// <param name="Index">Index of the entry, or -1.</param>
/// <param name="Problem">What, in one sentence.</param>
public sealed record LogProblem(string File, long Index, string Problem);

/// <summary>What a verification found.</summary>
/// <param name="Origin">The log.</param>
/// <param name="CheckpointSize">Entries under the signed checkpoint.</param>
/// <param name="DurableSize">Entries in the files, with those that no checkpoint covers yet.</param>
/// <param name="RootHash">Root of the checkpoint, hex.</param>
/// <param name="Problems">Empty when whole.</param>
public sealed record LogReport(string Origin, long CheckpointSize, long DurableSize, string RootHash, ImmutableArray<LogProblem> Problems);
