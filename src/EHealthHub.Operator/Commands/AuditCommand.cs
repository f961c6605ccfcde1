using System.CommandLine;
using System.Globalization;
using EHealthHub.Audit.Verify;
using EHealthHub.Operator.Checking;
using EHealthHub.Records;
using Spectre.Console;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub audit verify</c>: recomputes the whole log from its files, or checks one patient's report or one receipt. <c>hub audit report</c>: writes a patient's report.</summary>
internal static class AuditCommand
{
    private const int ProblemsShown = 50;

    public static Command Build()
    {
        var data = HubOptions.Data();
        var entries = new Option<bool>("--entries") { Description = "Open every entry too, and follow every patient's chain. Needs the audit keys." };
        var report = new Option<string?>("--report") { Description = "Check this patient's report instead, with the logs' public keys alone.", HelpName = "FILE" };
        var patient = new Option<string?>("--patient") { Description = "Check that nothing of this patient is missing instead, from the data directory. Needs the audit keys.", HelpName = "ID" };
        var receipt = new Option<string?>("--receipt") { Description = "Check the entry of this receipt (value of EHealthHub-Receipt) instead.", HelpName = "TEXT" };
        var verify = new Command("verify", "Recompute the whole audit log from its files, on a running hub, a stopped one or a copy. 0 if it is whole, 1 with what and where if not.") { data, entries, report, patient, receipt };
        verify.SetAction((result, cancel) => Guard(async layout =>
            result.GetValue(report) is { } file ? AuditReports.CheckFile(layout, file)
            : result.GetValue(patient) is { } id ? await AuditReports.CheckPatient(layout, id, cancel).ConfigureAwait(false)
            : result.GetValue(receipt) is { } text ? AuditReports.CheckReceipt(layout, text)
            : Verify(layout, result.GetValue(entries), cancel), result.GetRequiredValue(data)));

        var whose = new Option<string>("--patient") { Description = "Logical id of the patient.", HelpName = "ID", Required = true };
        var to = new Option<string>("--out") { Description = "A file that does not exist yet.", HelpName = "FILE", Required = true };
        var write = new Command("report", "Write a patient's report: every entry that names them, with the proof that none is missing, and nothing of another patient. Needs the audit keys.") { data, whose, to };
        write.SetAction((result, cancel) => Guard(layout => AuditReports.Write(layout, result.GetRequiredValue(whose), result.GetRequiredValue(to), cancel), result.GetRequiredValue(data)));
        return new Command("audit", "The audit log.") { verify, write };
    }

    private static async Task<int> Guard(Func<HubLayout, Task<int>> act, string data)
    {
        try
        {
            return await act(new HubLayout(Path.GetFullPath(data))).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Say.Error(e.Message);
            return HubCommand.Failed;
        }
    }

    private static int Verify(HubLayout layout, bool entries, CancellationToken cancel)
    {
        var since = TimeProvider.System.GetTimestamp();
        using var opening = entries ? EntryKeys.Open(layout) : null;
        var reports = LogVerifier.Verify(
            layout.Audit, CheckpointKeys.Of(layout), CheckpointKeys.Kept(layout), new PacedProgress(n => $"audit verify: {n} entries"), cancel, opening is null ? null : opening.Of);
        return Tell(reports, TimeProvider.System.GetElapsedTime(since));
    }

    /// <summary>Says what was found, and gives the exit code for it.</summary>
    public static int Tell(IReadOnlyList<LogReport> reports, TimeSpan took)
    {
        var table = new Table { Border = Say.IsTerminal ? TableBorder.Rounded : TableBorder.Ascii };
        table.AddColumn("log").AddColumn(new TableColumn("signed").RightAligned()).AddColumn(new TableColumn("durable").RightAligned()).AddColumn("root").AddColumn("finding");
        foreach (var report in reports)
        {
            var finding = report.Problems.IsEmpty ? "whole" : $"{report.Problems.Length} problems";
            table.AddRow(
                Markup.Escape(report.Origin), report.CheckpointSize.ToString(CultureInfo.InvariantCulture), report.DurableSize.ToString(CultureInfo.InvariantCulture),
                report.RootHash.Length > 16 ? report.RootHash[..16] + "..." : report.RootHash, finding);
        }

        Say.Show(table);
        var problems = reports.SelectMany(r => r.Problems).ToList();
        foreach (var problem in problems.Take(ProblemsShown))
        {
            Say.Bad(problem.Index < 0 ? $"{problem.File}: {problem.Problem}" : $"{problem.File}, entry {problem.Index}: {problem.Problem}");
        }

        if (reports.Count == 0)
        {
            Say.Bad("there is no log to verify");
            return HubCommand.Failed;
        }

        if (problems.Count > 0)
        {
            Say.Line(problems.Count > ProblemsShown ? $"{problems.Count} problems, the first {ProblemsShown} shown" : $"{problems.Count} problems");
            return HubCommand.Failed;
        }

        Say.Good(string.Create(CultureInfo.InvariantCulture, $"{reports.Sum(r => r.DurableSize)} entries recomputed in {took.TotalSeconds:0.00} s; nothing was changed, dropped or put in another order"));
        return HubCommand.Done;
    }
}
