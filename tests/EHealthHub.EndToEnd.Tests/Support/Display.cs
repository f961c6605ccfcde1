using System.Diagnostics;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>An X display that nobody sees (Xvfb), on a number that was free, without a network port; and hands that type on it.</summary>
internal sealed class Display : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _server;

    private Display(Process server, string name)
    {
        _server = server;
        Name = name;
    }

    /// <summary>Such as <c>:7</c>.</summary>
    public string Name { get; }

    public static async Task<Display> Start()
    {
        // It tells its number on standard output once it listens.
        var server = Process.Start(new ProcessStartInfo("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        server.ErrorDataReceived += (_, _) => { };
        server.BeginErrorReadLine();
        var number = await server.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        Assert.False(string.IsNullOrWhiteSpace(number), "Xvfb did not start.");
        return new Display(server, ":" + number!.Trim());
    }

    /// <summary>The window with this title, other than one that was seen before; waited for.</summary>
    public async Task<string> Window(string title, string? other = null)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var found = (await Tool("search", "--onlyvisible", "--name", title)).Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(w => w != other);
            if (found is not null)
            {
                return found;
            }

            Assert.True(clock.Elapsed < Patience, $"No window {title}.");
            await Task.Delay(100);
        }
    }

    /// <summary>Types a text into a window and presses Return.</summary>
    public async Task Type(string window, string text)
    {
        await Tool("windowfocus", "--sync", window);
        await Tool("type", "--delay", "30", text);
        await Tool("key", "Return");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_server.HasExited)
        {
            _server.Kill();
        }

        await _server.WaitForExitAsync();
        _server.Dispose();
    }

    /// <summary>What xdotool says; a search that finds nothing says nothing.</summary>
    private async Task<string> Tool(params string[] arguments)
    {
        var start = new ProcessStartInfo("xdotool", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DISPLAY"] = Name;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        await errors;
        return output;
    }
}
