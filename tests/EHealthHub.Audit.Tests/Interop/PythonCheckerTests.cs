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

    private static async Task<(int Code, string Output)> Run(TestLog test)
    {
        var start = new ProcessStartInfo(PythonFactAttribute.Interpreter!) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Interop", "check.py"));
        start.ArgumentList.Add(test.LogFolderPath);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
