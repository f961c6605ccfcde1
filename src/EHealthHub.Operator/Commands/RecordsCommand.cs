using System.CommandLine;
using System.Globalization;
using EHealthHub.Operator.Checking;
using EHealthHub.Operator.Preparing;
using EHealthHub.Records.Store;
using EHealthHub.Records.Verify;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub records verify</c>: opens every record and compares the store with itself and with the log.</summary>
internal static class RecordsCommand
{
    private const int ProblemsShown = 50;

    public static Command Build()
    {
        var data = HubOptions.Data();
        var verify = new Command("verify", "Open every record, replay the log against the store, recompute tokens and manifests, on a running hub, a stopped one or a copy. 0 if all is whole, 1 with what and where if not.") { data };
        verify.SetAction((result, cancel) => Task.FromResult(Verify(result.GetRequiredValue(data), cancel)));
        return new Command("records", "The record store.") { verify };
    }

    private static int Verify(string data, CancellationToken cancel)
    {
        using var hub = OpenedHub.Open(data, out var fault);
        if (hub is null)
        {
            Say.Error(fault);
            return HubCommand.Failed;
        }

        try
        {
            var since = TimeProvider.System.GetTimestamp();
            var progress = new PacedProgress(n => $"records verify: {n} versions opened");
            var report = RecordsVerifier.Verify(hub.Layout.Root, hub.Identity, hub.Vault, LogReplay.Outcomes(hub.Layout, hub.Vault), progress, TimeProvider.System, cancel);
            return Tell(report, TimeProvider.System.GetElapsedTime(since));
        }
        catch (Exception e) when (e is RecordsUnavailableException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Say.Bad(e.Message);
            return HubCommand.Failed;
        }
    }

    /// <summary>Says what was found, and gives the exit code for it.</summary>
    public static int Tell(RecordsReport report, TimeSpan took)
    {
        foreach (var problem in report.Problems.Take(ProblemsShown))
        {
            Say.Bad(problem.ToString());
        }

        if (!report.Whole)
        {
            Say.Line(report.Problems.Length > ProblemsShown ? $"{report.Problems.Length} problems, the first {ProblemsShown} shown" : $"{report.Problems.Length} problems");
            return HubCommand.Failed;
        }

        var shredded = report.Shredded == 0 ? "" : $"; {report.Shredded} versions are of records that were erased after this copy was made, the next start takes them away";
        var open = report.OpenCommits == 0 ? "" : $"; {report.OpenCommits} commits are not in the log yet, the next start enters them";
        Say.Good(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Versions} versions in {report.Compartments} compartments opened and {report.Commits} commits compared with the log in {took.TotalSeconds:0.00} s; all is whole{open}{shredded}"));
        return HubCommand.Done;
    }
}
