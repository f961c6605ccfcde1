using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Log;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Reports;

/// <summary>An entry that names a patient.</summary>
/// <param name="Origin">Its log.</param>
/// <param name="Index">Its index.</param>
/// <param name="Sequence">Its number among the patient's entries in this log, from 1.</param>
/// <param name="Entry">The entry. Of its patients all are named: whoever shows it to one of them leaves the others out.</param>
public sealed record PatientEntry(string Origin, long Index, long Sequence, AuditEntry Entry);

/// <summary>Some entries of a patient, the newest first.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Cursor">Where the next page goes on; null when this was the last.</param>
public sealed record PatientPage(IReadOnlyList<PatientEntry> Entries, string? Cursor);

/// <summary>
/// Everything that the logs of a folder tell of one patient, found through the chain that their entries form in each log: no index is needed, and nothing else is opened. Thread-safe. Throws <see cref="InvalidDataException"/> for a log
/// that is damaged or whose chain is broken.
/// </summary>
public sealed class PatientTrail
{
    /// <summary>Most entries of a page.</summary>
    public const int PageMax = 1_000;

    private const int LogsMax = 4_096;

    private readonly string _folder;
    private readonly Func<string, IEntryKey?> _keyOf;
    private readonly AuditLog? _live;

    /// <summary>Over the logs in <paramref name="auditFolder"/>. <paramref name="keyOf"/> gives a log's audit key, or null for a log that is to be left out; <paramref name="live"/> is the log that this process writes, which knows its heads.</summary>
    public PatientTrail(string auditFolder, Func<string, IEntryKey?> keyOf, AuditLog? live = null) => (_folder, _keyOf, _live) = (auditFolder, keyOf, live);

    /// <summary>The log that this process writes.</summary>
    internal AuditLog? Live => _live;

    /// <summary>
    /// Up to <paramref name="countMax"/> entries of the patient, 1 to <see cref="PageMax"/>, the newest first, from where <paramref name="cursor"/> says. A cursor is a text that a page gave; it holds positions in logs and nothing of the
    /// patient. Null for a cursor that is none.
    /// </summary>
    public PatientPage? Page(string patient, string? cursor, int countMax, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(countMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(countMax, PageMax);
        var positions = cursor is null ? null : TrailCursor.Parse(cursor);
        if (cursor is not null && positions is null)
        {
            return null;
        }

        var walks = Walks(patient, positions, cancellationToken);
        var entries = new List<PatientEntry>();
        while (entries.Count < countMax && Newest(walks) is { } walk)
        {
            cancellationToken.ThrowIfCancellationRequested();
            entries.Add(walk.Current!);
            walk.Step();
        }

        var rest = walks.Where(walk => walk.Current is not null).ToDictionary(walk => walk.Origin, walk => walk.Current!.Index, StringComparer.Ordinal);
        return new PatientPage(entries, rest.Count == 0 ? null : TrailCursor.Format(rest));
    }

    /// <summary>The chains of the patient, one for each log that has any.</summary>
    internal List<ChainWalk> Walks(string patient, Dictionary<string, long>? positions, CancellationToken cancellationToken)
    {
        var walks = new List<ChainWalk>();
        foreach (var folder in LogReader.FoldersIn(_folder).Take(LogsMax))
        {
            var origin = LogFolder.OriginOf(Path.GetFileName(folder))!;
            if ((positions is not null && !positions.ContainsKey(origin)) || _keyOf(origin) is not { } key)
            {
                continue;
            }

            var reader = LogReader.Open(folder);
            var walk = new ChainWalk(reader, key, patient);
            walk.Begin(positions is null ? HeadIn(folder, reader, key, walk.Name, patient, cancellationToken) : positions[origin]);
            walks.Add(walk);
        }

        return walks;
    }

    /// <summary>The logs with their keys.</summary>
    internal IEnumerable<(string Folder, IEntryKey Key)> Logs()
    {
        foreach (var folder in LogReader.FoldersIn(_folder).Take(LogsMax))
        {
            if (_keyOf(LogFolder.OriginOf(Path.GetFileName(folder))!) is { } key)
            {
                yield return (folder, key);
            }
        }
    }

    /// <summary>Index of the patient's last entry in a log, or -1.</summary>
    internal long HeadIn(string folder, LogReader reader, IEntryKey key, BlindName name, string patient, CancellationToken cancellationToken)
    {
        if (_live?.Origin != reader.Origin)
        {
            return new HeadsReader(folder, reader, key).Find(name, cancellationToken)?.Last ?? -1;
        }

        // What the writer holds may be newer than what the reader has seen.
        var last = _live.HeadOf(patient)?.Last ?? -1;
        if (last >= reader.Size)
        {
            reader.Refresh();
        }

        return last;
    }

    private static ChainWalk? Newest(List<ChainWalk> walks)
    {
        ChainWalk? newest = null;
        foreach (var walk in walks)
        {
            if (walk.Current is { } entry && (newest is null || entry.Entry.Time > newest.Current!.Entry.Time))
            {
                newest = walk;
            }
        }

        return newest;
    }
}
