using System.CommandLine;
using System.Globalization;
using EHealthHub.Audit.Verify;
using EHealthHub.Operator.Checking;
using EHealthHub.Records;
using Spectre.Console;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub audit verify</c>: recomputes the whole log from its files.</summary>
internal static class AuditCommand
{
    private const int ProblemsShown = 50;

    public static Command Build()
    {
        var data = HubOptions.Data();
        var verify = new Command("verify", "Recompute the whole audit log from its files, on a running hub, a stopped one or a copy. 0 if it is whole, 1 with what and where if not.") { data };
        verify.SetAction((result, cancel) => Task.FromResult(Verify(result.GetRequiredValue(data), cancel)));
        return new Command("audit", "The audit log.") { verify };
    }

    private static int Verify(string data, CancellationToken cancel)
    {
        var layout = new HubLayout(Path.GetFullPath(data));
        try
        {
            var keys = CheckpointKeys.Of(layout);
            var since = TimeProvider.System.GetTimestamp();
            var reports = LogVerifier.Verify(layout.Audit, keys, CheckpointKeys.Kept(layout), new PacedProgress(n => $"audit verify: {n} entries"), cancel);
            return Tell(reports, TimeProvider.System.GetElapsedTime(since));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Say.Error(e.Message);
            return HubCommand.Failed;
        }
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
