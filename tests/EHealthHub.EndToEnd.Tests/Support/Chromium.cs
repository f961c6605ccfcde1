using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>
/// A real Chromium, headless or in a window on a display, in a home of its own, driven through the DevTools protocol on a loopback port that it chooses itself. Disposing ends it and what it started, by process id.
/// </summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private Chromium(Process process, DevTools page)
    {
        _process = process;
        Page = page;
    }

    /// <summary>Its one page.</summary>
    public DevTools Page { get; }

    /// <summary>Starts it on an empty page. <paramref name="display"/> is an X display for a window; null for none.</summary>
    public static async Task<Chromium> Start(BrowserHome home, string? display = null, string language = "en")
    {
        var profile = Path.Combine(home.Folder, "profile");
        List<string> arguments =
        [
            "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
            "--remote-debugging-port=0", "--user-data-dir=" + profile, "--window-size=1100,1000", "--lang=" + language, "--accept-lang=" + language,
        ];
        if (display is null)
        {
            arguments.Add("--headless=new");
        }

        var start = new ProcessStartInfo("chromium", [.. arguments, "about:blank"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in home.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["LANGUAGE"] = language;
        start.Environment["DISPLAY"] = display;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new Chromium(process, await DevTools.Attach(await PageAddress(process, Path.Combine(profile, "DevToolsActivePort"))));
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Page.DisposeAsync();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<Uri> PageAddress(Process process, string portFile)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
        var clock = Stopwatch.StartNew();
        while (true)
        {
            Assert.False(process.HasExited, "Chromium ended.");
            Assert.True(clock.Elapsed < Patience, "Chromium opened no page in time.");
            await Task.Delay(50);
            if (!File.Exists(portFile) || (await File.ReadAllLinesAsync(portFile)) is not [var line, ..] || !int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            {
                continue;
            }

            var pages = JsonNode.Parse(await http.GetStringAsync(new Uri(FormattableString.Invariant($"http://127.0.0.1:{port}/json/list"))))!.AsArray();
            if (pages.FirstOrDefault(p => (string?)p!["type"] == "page") is { } page)
            {
                return new Uri((string)page["webSocketDebuggerUrl"]!);
            }
        }
    }
}
