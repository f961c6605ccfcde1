using System.Diagnostics;
using EHealthHub.Keys.Tests.Sealing;

namespace EHealthHub.Keys.Tests.Interop;

public class PythonReaderTests
{
    [PythonFact]
    public async Task A_reader_in_another_language_opens_the_vectors_and_refuses_damaged_copies()
    {
        var start = new ProcessStartInfo("python3") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Interop", "open_vectors.py"));
        start.ArgumentList.Add(Vector.FormatFile);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output + errors);
        Assert.StartsWith($"{Vector.All().Count} vectors opened", output, StringComparison.Ordinal);
    }
}

/// <summary>Runs where python3 has an AES-GCM (package <c>cryptography</c>, or OpenSSL's library); is skipped elsewhere, and says why.</summary>
internal sealed class PythonFactAttribute : FactAttribute
{
    private static readonly string? Missing = FindOut();

    public PythonFactAttribute()
    {
        if (Missing is not null)
        {
            Skip = Missing;
        }
    }

    private static string? FindOut()
    {
        const string probe = "import ctypes, ctypes.util, importlib.util, sys\n"
            + "sys.exit(0 if importlib.util.find_spec('cryptography') or ctypes.util.find_library('crypto') else 3)";
        try
        {
            var start = new ProcessStartInfo("python3") { RedirectStandardError = true };
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(probe);
            using var process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : "python3 has neither the package cryptography nor OpenSSL's library";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "python3 is not installed";
        }
    }
}
