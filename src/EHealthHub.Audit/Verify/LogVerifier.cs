using System.Collections.Immutable;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Verify;

/// <summary>
/// The independent checker: files in, findings out. Needs no database and no private key, uses nothing of the writer, and writes nothing. Works on a copy, and on a log that a writer is at work on.
/// </summary>
public static class LogVerifier
{
    /// <summary>
    /// Verifies every log under <paramref name="folder"/>. <paramref name="publicKeys"/> gives each origin's 32-byte Ed25519 key; an origin without one is a problem. <paramref name="keptCheckpoints"/> are checkpoints kept earlier (text),
    /// which each log must extend. <paramref name="progress"/> is told the number of entries checked so far, in all logs. Files of which the report says nothing are as the log's key signed them; entries beyond the checkpoint, as the journal
    /// states them. Where <paramref name="entryKeys"/> gives a log's audit key, its entries are opened too, and the chain of every patient is followed from entry to entry.
    /// </summary>
    public static ImmutableArray<LogReport> Verify(
        string folder, IReadOnlyDictionary<string, byte[]> publicKeys, IReadOnlyList<string> keptCheckpoints, IProgress<long>? progress, CancellationToken cancellationToken,
        Func<string, IEntryKey?>? entryKeys = null)
    {
        if (!Directory.Exists(folder))
        {
            return [Unowned("", folder, "There is no such folder.")];
        }

        long done = 0;
        var reports = ImmutableArray.CreateBuilder<LogReport>();
        var kept = KeptByOrigin(keptCheckpoints);
        foreach (var path in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (LogFolder.OriginOf(name) is not { } origin || !Directory.Exists(path))
            {
                reports.Add(Unowned("", name, "The audit folder holds folders of logs and nothing else."));
                continue;
            }

            kept.Remove(origin, out var keptOfLog);
            reports.Add(new LogCheck(path, origin, publicKeys.GetValueOrDefault(origin), keptOfLog ?? [], entryKeys?.Invoke(origin)).Run(Count, cancellationToken));
        }

        foreach (var origin in kept.Keys.Order(StringComparer.Ordinal))
        {
            reports.Add(origin.Length == 0
                ? Unowned("", "", "A checkpoint that was kept cannot be read.")
                : Unowned(origin, "", "The log is missing: a checkpoint of it was seen before."));
        }

        return reports.ToImmutable();

        void Count(int entries)
        {
            var sum = Interlocked.Add(ref done, entries);
            progress?.Report(sum);
        }
    }

    /// <summary>Kept checkpoints by the log that they name; those that cannot be read under the empty name.</summary>
    private static Dictionary<string, List<string>> KeptByOrigin(IReadOnlyList<string> texts) =>
        texts.GroupBy(text => Checkpoint.Parse(text)?.Origin ?? "").ToDictionary(group => group.Key, group => group.ToList());

    private static LogReport Unowned(string origin, string file, string problem) => new(origin, 0, 0, "", [new LogProblem(file, -1, problem)]);
}
