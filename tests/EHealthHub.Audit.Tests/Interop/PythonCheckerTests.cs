using System.Diagnostics;

namespace EHealthHub.Audit.Tests.Interop;

/// <summary>A checker in another language, written from FORMAT.md, comes to the same root.</summary>
public class PythonCheckerTests
{
    [PythonFact]
    public async Task Another_program_finds_the_root_of_the_checkpoint_and_misses_a_changed_entry()
    {
        using var test = new TestLog();
        await test.Fill(0);
        Assert.Equal(0, (await Run(test)).Code);
        await test.Fill(700);
        var (code, output) = await Run(test);
        Assert.Equal(0, code);
        Assert.Contains(Verify.LogVerifierTests.Verify(test)[0].RootHash, output, StringComparison.Ordinal);
        Verify.Tampering.WithByteChanged(Path.Combine(test.LogFolderPath, "tile/entries/001"), 99, 1, () => Assert.Equal(1, Run(test).GetAwaiter().GetResult().Code));
    }

    [PythonFact]
    public async Task Another_program_finds_a_patients_report_complete_and_misses_what_is_left_out()
    {
        using var hospital = new Reports.Hospital();
        await using (var log = hospital.Open())
        {
            foreach (var patients in new string[][] { [Reports.Hospital.Ayse], [Reports.Hospital.Bora, Reports.Hospital.Ayse], [Reports.Hospital.Bora], [], [Reports.Hospital.Ayse] })
            {
                await log.Record(Reports.Hospital.Visit(patients) with { Count = 3, Reason = "reason", Statement = "ğ" }, default);
            }

            await log.WriteHeads(default);
            await log.Record(Reports.Hospital.Visit(Reports.Hospital.Ayse), default);
        }

        var path = Path.Combine(hospital.Test.Folder, "..", Path.GetFileName(hospital.Test.Folder) + ".json");
        foreach (var patient in new[] { Reports.Hospital.Ayse, Reports.Hospital.Bora, Reports.Hospital.Nobody })
        {
            await File.WriteAllTextAsync(path, (await hospital.Report(patient)).ToJsonString());
            var (code, output) = await Run("check_report.py", path);
            Assert.True(code == 0, output);
            Assert.Contains("complete up to entry 5", output, StringComparison.Ordinal);
        }

        // All but the newest, which the heads do not cover yet.
        for (var i = 1; i < 4; i++)
        {
            var report = await hospital.Report(Reports.Hospital.Ayse);
            Reports.Hospital.Leaves(report).RemoveAt(i);
            await File.WriteAllTextAsync(path, report.ToJsonString());
            Assert.Contains("missing", (await Run("check_report.py", path)).Output, StringComparison.Ordinal);
        }

        File.Delete(path);
    }

    private static Task<(int Code, string Output)> Run(TestLog test) => Run("check.py", test.LogFolderPath);

    private static async Task<(int Code, string Output)> Run(string program, string argument)
    {
        var start = new ProcessStartInfo(PythonFactAttribute.Interpreter!) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Interop", program));
        start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
