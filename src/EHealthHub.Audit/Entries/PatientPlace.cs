namespace EHealthHub.Audit.Entries;

/// <summary>Where an entry stands among those of one patient in one log. Sealed with the entry: a gap shows, and so does a doubled one.</summary>
/// <param name="Sequence">Its number among the patient's entries, from 1.</param>
/// <param name="Previous">Index of the patient's entry before it, or -1.</param>
/// <param name="HeadsIndex">Index of the last entry of kind Heads before it, or -1: heads older than these cannot be passed off as the newest.</param>
/// <param name="Name">The patient's blind name in this log.</param>
public sealed record PatientPlace(long Sequence, long Previous, long HeadsIndex, BlindName Name);

/// <summary>What an entry of kind Heads states: for each patient of the log's first entries the number of their entries and the index of the last one, as the root of a tree over all of them.</summary>
/// <param name="Size">Entries of the log that it covers: those with lower indexes.</param>
/// <param name="Count">Patients.</param>
/// <param name="Root">Root of the tree (RFC 6962) over the records of the heads file, 32 bytes.</param>
/// <param name="Predecessor">The log that came before this one, in which it ended; null for the first log of its writer.</param>
public sealed record HeadsRoot(long Size, long Count, ReadOnlyMemory<byte> Root, LogEnd? Predecessor);

/// <summary>How a log ended.</summary>
/// <param name="Origin">The log.</param>
/// <param name="Size">Entries under its last checkpoint.</param>
/// <param name="Root">The root of that checkpoint, 32 bytes.</param>
/// <param name="Patients">Patients whom the log names.</param>
/// <param name="HeadsRoot">Root of the tree over their heads as of the end, 32 bytes.</param>
public sealed record LogEnd(string Origin, long Size, ReadOnlyMemory<byte> Root, long Patients, ReadOnlyMemory<byte> HeadsRoot)
{
    /// <summary>Whether both say the same.</summary>
    internal static bool Same(LogEnd? a, LogEnd? b) =>
        a is null ? b is null : b is not null && a.Origin == b.Origin && a.Size == b.Size && a.Patients == b.Patients && a.Root.Span.SequenceEqual(b.Root.Span) && a.HeadsRoot.Span.SequenceEqual(b.HeadsRoot.Span);
}
