using System.Collections.Immutable;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;
using EHealthHub.Operator.Checking;
using EHealthHub.Records;

namespace EHealthHub.Operator.Backup;

/// <summary>What a restoration would lose, as far as the data directory in its place knows: by its own log, and by the checkpoints that its auditor kept. Nothing here is verified; it only asks a person.</summary>
internal static class Rollback
{
    /// <summary>Every log that the backup holds or the directory has seen, with both sizes.</summary>
    public static ImmutableArray<RestoredLog> Compare(BackupManifest backup, HubLayout layout)
    {
        var sizes = backup.Logs.ToDictionary(l => l.Origin, l => l.Size, StringComparer.Ordinal);
        var seen = new SortedDictionary<string, long>(sizes, StringComparer.Ordinal);
        foreach (var (origin, size) in Kept(layout).Concat(Own(layout)))
        {
            seen[origin] = Math.Max(seen.GetValueOrDefault(origin), size);
        }

        return [.. seen.Select(s => new RestoredLog(s.Key, sizes.GetValueOrDefault(s.Key), s.Value))];
    }

    private static IEnumerable<(string Origin, long Size)> Kept(HubLayout layout) =>
        CheckpointKeys.Kept(layout).Select(Checkpoint.Parse).OfType<Checkpoint>().Where(c => LogFolder.IsOrigin(c.Origin)).Select(c => (c.Origin, c.Size));

    private static IEnumerable<(string Origin, long Size)> Own(HubLayout layout)
    {
        foreach (var folder in LogReader.FoldersIn(layout.Audit))
        {
            yield return (LogFolder.OriginOf(Path.GetFileName(folder))!, SizeOf(folder));
        }
    }

    /// <summary>How far the log's files go, whole or not: a damaged one is a reason to restore, and its checkpoint still says how far it went.</summary>
    private static long SizeOf(string folder)
    {
        try
        {
            return LogReader.Open(folder).Size;
        }
        catch (InvalidDataException)
        {
            var file = Path.Combine(folder, LogFolder.Checkpoint);
            return File.Exists(file) ? Checkpoint.Parse(File.ReadAllText(file))?.Size ?? 0 : 0;
        }
    }
}
