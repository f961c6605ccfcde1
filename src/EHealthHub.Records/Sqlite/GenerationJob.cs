using System.Diagnostics.CodeAnalysis;
using EHealthHub.Records.Reindexing;
using EHealthHub.Records.Sealing;

namespace EHealthHub.Records.Sqlite;

/// <summary>A step of the re-indexing, or the beginning of a generation: new facts with their index, and the row that says how far it is, in one transaction.</summary>
internal sealed class GenerationJob : WriterJob
{
    private readonly GenerationRow _row;
    private readonly bool _isNew;
    private readonly IReadOnlyList<ReindexedVersion> _versions;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [SetsRequiredMembers]
    public GenerationJob(GenerationRow row, bool isNew, IReadOnlyList<ReindexedVersion> versions)
    {
        (_row, _isNew, _versions) = (row, isNew, versions);
        Bytes = row.Parameters.Length + versions.Sum(v => v.Facts.Length + 256L);
    }

    /// <summary>Ends when it is durable.</summary>
    public Task Done => _done.Task;

    public override bool Apply(SqliteRows rows, CommitSeal seal)
    {
        var index = new IndexChanges(rows);
        foreach (var version in _versions)
        {
            // A version that came in between has facts of this generation, and the index is its own.
            if (rows.Head(version.Key, version.Slot) is { } head && head.Version == version.Version && head.Flags == version.FlagsBefore && head.Hash.AsSpan().SequenceEqual(version.Hash))
            {
                rows.SetFacts(version);
                Write(rows, index, version);
            }
        }

        index.WriteChunks();
        if (_isNew)
        {
            rows.AddGeneration(_row);
        }
        else
        {
            rows.SetGeneration(_row);
        }

        return true;
    }

    public override void Finish() => _done.SetResult();

    public override void Fail(Exception exception) => _done.SetException(exception);

    private static void Write(SqliteRows rows, IndexChanges index, ReindexedVersion version)
    {
        foreach (var token in version.NationalRemoved)
        {
            rows.RemoveNational(token, version.Key, version.Slot);
        }

        foreach (var token in version.NationalAdded)
        {
            rows.AddNational(token, version.Key, version.Slot);
        }

        foreach (var token in version.TokensRemoved)
        {
            index.Note(version.Key, token, version.Slot, add: false);
        }

        foreach (var token in version.TokensAdded)
        {
            index.Note(version.Key, token, version.Slot, add: true);
        }

        foreach (var (patient, token) in version.LinksRemoved)
        {
            rows.RemoveLink(patient, token, version.Key, version.Slot);
        }

        foreach (var (patient, token) in version.LinksAdded)
        {
            rows.AddLink(patient, token, version.Key, version.Slot);
        }
    }
}
