using System.Globalization;
using EHealthHub.Audit.Reports;
using EHealthHub.Audit.Tiles;
using EHealthHub.Audit.Verify;
using EHealthHub.Operator.Checking;
using EHealthHub.Records;

namespace EHealthHub.Operator.Commands;

/// <summary>What <c>hub audit</c> does with one patient's report and with one receipt.</summary>
internal static class AuditReports
{
    private const int EntriesShown = 50;

    /// <summary>Writes a patient's report into a new file.</summary>
    public static async Task<int> Write(HubLayout layout, string patient, string path, CancellationToken cancel)
    {
        await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
        {
            await Make(layout, patient, file, cancel).ConfigureAwait(false);
        }

        Say.Good($"the report is in {path}; ./hub audit verify --report {path} checks it");
        return HubCommand.Done;
    }

    /// <summary>Makes a patient's report from the data directory, and checks it as somebody outside would.</summary>
    public static async Task<int> CheckPatient(HubLayout layout, string patient, CancellationToken cancel)
    {
        using var report = new MemoryStream();
        await Make(layout, patient, report, cancel).ConfigureAwait(false);
        return Check(layout, report.ToArray());
    }

    /// <summary>Checks a report that somebody hands in.</summary>
    public static int CheckFile(HubLayout layout, string path) => Check(layout, File.ReadAllBytes(path));

    /// <summary>Checks that the entry of a receipt stands in its log, by the files of the data directory.</summary>
    public static int CheckReceipt(HubLayout layout, string receipt)
    {
        var parts = receipt.Split('/');
        if (parts.Length < 3 || !long.TryParse(parts[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var index) || !LogFolder.IsOrigin(string.Join('/', parts[..^2])))
        {
            Say.Bad("the receipt is not of the form origin/index/leaf-hash");
            return HubCommand.Failed;
        }

        var origin = string.Join('/', parts[..^2]);
        var folder = Path.Combine(layout.Audit, LogFolder.NameOf(origin));
        if (!Directory.Exists(folder) || CheckpointKeys.Of(layout).GetValueOrDefault(origin) is not { } key)
        {
            Say.Bad($"{origin}: there is no such log here, or no key of it");
            return HubCommand.Failed;
        }

        if (LogReader.Open(folder).Proof(index) is not { } proof)
        {
            Say.Bad($"{origin}: no checkpoint covers entry {index}");
            return HubCommand.Failed;
        }

        var finding = ProofVerifier.Check(proof, receipt, key);
        if (!finding.Holds)
        {
            Say.Bad($"{origin}, entry {index}: {finding.Problem}");
            return HubCommand.Failed;
        }

        Say.Good($"{origin}: entry {index} stands in the log of {finding.CheckpointSize} entries that its key signed");
        return HubCommand.Done;
    }

    private static async Task Make(HubLayout layout, string patient, Stream destination, CancellationToken cancel)
    {
        using var keys = EntryKeys.Open(layout);
        await PatientReport.Write(new PatientTrail(layout.Audit, keys.Of), patient, destination, TimeProvider.System, cancel).ConfigureAwait(false);
    }

    private static int Check(HubLayout layout, byte[] report)
    {
        var finding = ReportVerifier.Check(report, new ReportCheckOptions { PublicKeys = CheckpointKeys.Of(layout), KeptCheckpoints = CheckpointKeys.Kept(layout) });
        foreach (var entry in finding.Entries.Take(EntriesShown))
        {
            Say.Line(Describe(entry));
        }

        if (finding.Entries.Length > EntriesShown)
        {
            Say.Line($"{finding.Entries.Length} entries, the first {EntriesShown} shown");
        }

        foreach (var problem in finding.Problems)
        {
            Say.Bad(problem.Index < 0 ? $"{problem.File}: {problem.Problem}" : $"{problem.File}, entry {problem.Index}: {problem.Problem}");
        }

        if (!finding.Problems.IsEmpty)
        {
            return HubCommand.Failed;
        }

        foreach (var log in finding.Logs)
        {
            Say.Good($"{log.Origin}: {log.Entries} entries of patient {finding.Patient}; none with an index below {log.CompleteTo} is missing");
        }

        return HubCommand.Done;
    }

    private static string Describe(ReportedEntry entry)
    {
        var account = entry.Account;
        var who = account.Person.Length > 0 ? $"{account.Person} at {account.Institution}" : account.Institution;
        var statement = account.Statement.Length > 0 ? $" \"{account.Statement}\"" : "";
        return $"{account.Time:O}  {account.Kind}  {account.Interaction} {account.ResourceType}  {who}  {account.Purpose}  {account.Reason}{statement}  (entry {entry.Index}, number {entry.Sequence})";
    }
}
