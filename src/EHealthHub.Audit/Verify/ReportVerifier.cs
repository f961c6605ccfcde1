using System.Collections.Immutable;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Proofs;

namespace EHealthHub.Audit.Verify;

/// <summary>An entry that a report discloses, verified.</summary>
/// <param name="Origin">Its log.</param>
/// <param name="Index">Its index.</param>
/// <param name="Sequence">Its number among the patient's entries in this log.</param>
/// <param name="Account">What the patient may know of it. The fields that are for auditors are at their defaults, and of the patients only this one is named.</param>
public sealed record ReportedEntry(string Origin, long Index, long Sequence, AuditEntry Account);

/// <summary>What a report proves of one log.</summary>
/// <param name="Origin">The log.</param>
/// <param name="CheckpointSize">Entries under the checkpoint of the report.</param>
/// <param name="CompleteTo">No entry of the patient with an index below this is missing.</param>
/// <param name="HeadsTime">When that was written down; null when it never was, and for a log that has ended.</param>
/// <param name="Entries">Entries of the patient.</param>
public sealed record ReportedLog(string Origin, long CheckpointSize, long CompleteTo, DateTimeOffset? HeadsTime, int Entries);

/// <summary>What a patient's report comes to. It says the truth, and all of it, where there is no problem.</summary>
/// <param name="Patient">Whose report it says it is.</param>
/// <param name="Made">When it says it was made.</param>
/// <param name="Logs">The logs.</param>
/// <param name="Entries">The entries, log after log, the newest first.</param>
/// <param name="Problems">What is wrong, and where; the file is the log's origin.</param>
public sealed record ReportFinding(string Patient, DateTimeOffset? Made, ImmutableArray<ReportedLog> Logs, ImmutableArray<ReportedEntry> Entries, ImmutableArray<LogProblem> Problems);

/// <summary>What a report is checked against.</summary>
public sealed record ReportCheckOptions
{
    /// <summary>32-byte Ed25519 key of every log that there is, by origin: a log that the report leaves out is a problem.</summary>
    public required IReadOnlyDictionary<string, byte[]> PublicKeys { get; init; }

    /// <summary>Checkpoints that were kept (text): the report may not be older than these.</summary>
    public IReadOnlyList<string> KeptCheckpoints { get; init; } = [];

    /// <summary>Values of EHealthHub-Receipt that concern the patient: their entries have to be in the report.</summary>
    public IReadOnlyList<string> Receipts { get; init; } = [];

    /// <summary>How old the heads may be when the report is made; older ones may hide an entry. Twice as long as the logs' interval, 1 s to 30 days.</summary>
    public TimeSpan HeadsAgeMax { get; init; } = TimeSpan.FromHours(2);
}

/// <summary>
/// Checks a patient's report with nothing but the logs' public keys: every entry stands in its log and says what the report says; the patient's entries form one chain without a gap; the chain's end is the one that the heads state, and
/// these are logged and not old; no log is left out. Uses nothing of the writer.
/// <para>What it cannot find out without the audit key: that the blind name is the patient's in a log in which the report has no entry of them. Whoever holds the key checks that with LogVerifier.</para>
/// </summary>
public static class ReportVerifier
{
    private const int LogsMax = 4_096;

    /// <summary>Checks the file.</summary>
    public static ReportFinding Check(ReadOnlyMemory<byte> json, ReportCheckOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.HeadsAgeMax, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.HeadsAgeMax, TimeSpan.FromDays(30));
        if (json.Length > ReportFile.LengthMax || ReportFile.Read(json) is not { } report || report.Logs.Count > LogsMax)
        {
            return new ReportFinding("", null, [], [], [new LogProblem("", -1, "The file is not a patient's report.")]);
        }

        var problems = new List<LogProblem>();
        var checks = new List<ReportLogCheck>();
        foreach (var log in report.Logs)
        {
            if (checks.Any(check => check.Log.Origin == log.Origin))
            {
                problems.Add(new LogProblem(log.Origin, -1, "The log is in the report twice."));
                continue;
            }

            var check = new ReportLogCheck(report, log, options, problems);
            check.Run();
            checks.Add(check);
        }

        CheckLogs(checks, options, problems);
        CheckReceipts(checks, options, problems);
        return new ReportFinding(report.Patient, report.Made, [.. checks.Select(check => check.Finding)], [.. checks.SelectMany(check => check.Entries)], [.. problems]);
    }

    /// <summary>Every log that is known is there, every log's predecessor is there as it ended, and only the last log of each line may still be growing.</summary>
    private static void CheckLogs(List<ReportLogCheck> checks, ReportCheckOptions options, List<LogProblem> problems)
    {
        var byOrigin = checks.ToDictionary(check => check.Log.Origin, StringComparer.Ordinal);
        foreach (var origin in options.PublicKeys.Keys.Where(origin => !byOrigin.ContainsKey(origin)).Order(StringComparer.Ordinal))
        {
            problems.Add(new LogProblem(origin, -1, "The log is left out of the report."));
        }

        var ends = new Dictionary<string, LogEnd>(StringComparer.Ordinal);
        foreach (var check in checks.Where(check => check.Stated?.Predecessor is not null))
        {
            var end = check.Stated!.Predecessor!;
            ends[end.Origin] = end;
            if (!byOrigin.TryGetValue(end.Origin, out var before))
            {
                problems.Add(new LogProblem(end.Origin, -1, $"The log is left out of the report: {check.Log.Origin} follows it."));
            }
            else if (before.Checkpoint is { } checkpoint && (checkpoint.Size != end.Size || !checkpoint.Root.Span.SequenceEqual(end.Root.Span)))
            {
                problems.Add(new LogProblem(end.Origin, -1, $"The log does not end as {check.Log.Origin}, which follows it, says that it ended."));
            }
        }

        foreach (var check in checks)
        {
            check.CheckEnd(ends.GetValueOrDefault(check.Log.Origin));
        }
    }

    private static void CheckReceipts(List<ReportLogCheck> checks, ReportCheckOptions options, List<LogProblem> problems)
    {
        foreach (var text in options.Receipts)
        {
            if (ReceiptText.Parse(text) is not { } receipt)
            {
                problems.Add(new LogProblem("", -1, "A receipt is not of the form origin/index/leaf-hash."));
            }
            else if (checks.Find(check => check.Log.Origin == receipt.Origin) is not { } check || !check.Holds(receipt))
            {
                problems.Add(new LogProblem(receipt.Origin, receipt.Index, "The entry of a receipt is not in the report."));
            }
        }
    }
}
