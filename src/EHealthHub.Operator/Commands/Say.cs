using System.Globalization;
using Spectre.Console;

namespace EHealthHub.Operator.Commands;

/// <summary>How the commands speak: plain lines that can be read in a file as well as on a terminal; colours only where there is one.</summary>
internal static class Say
{
    private const int WidthInFiles = 180;
    private static readonly Lazy<IAnsiConsole> Console = new(MakeConsole);
    private static readonly Lock Turn = new();
    private static bool _unfinished;

    /// <summary>True where lines can be rewritten.</summary>
    public static bool IsTerminal => !System.Console.IsOutputRedirected && Console.Value.Profile.Capabilities.Ansi;

    public static void Line(string text = "") => Write(() => System.Console.Out.WriteLine(text));

    /// <summary>A line with a mark in front: green on a terminal.</summary>
    public static void Good(string text) => Marked("green", "ok", text);

    /// <summary>A line with a mark in front: red on a terminal.</summary>
    public static void Bad(string text) => Marked("red", "FAILED", text);

    public static void Error(string text) => Write(() => System.Console.Error.WriteLine("hub: " + text));

    public static void Rule(string title)
    {
        if (IsTerminal)
        {
            Write(() => Console.Value.Write(new Rule($"[bold]{Markup.Escape(title)}[/]").LeftJustified()));
        }
        else
        {
            Line($"---- {title} ----");
        }
    }

    /// <summary>Progress: rewrites the line on a terminal, adds one elsewhere. The caller decides how often.</summary>
    public static void Progress(string text) => Write(() =>
    {
        if (IsTerminal)
        {
            var width = Math.Max(20, Console.Value.Profile.Width - 1);
            System.Console.Out.Write("\r" + (text.Length > width ? text[..width] : text.PadRight(width)));
            _unfinished = true;
        }
        else
        {
            System.Console.Out.WriteLine(text);
        }
    });

    public static void Show(Table table) => Write(() => Console.Value.Write(table));

    /// <summary>A number with thousands separators.</summary>
    public static string Number(double value) => value.ToString(value >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture);

    private static void Marked(string colour, string mark, string text)
    {
        if (IsTerminal)
        {
            Write(() => Console.Value.MarkupLine($"[{colour}]{mark}[/] {Markup.Escape(text)}"));
        }
        else
        {
            Line($"{mark} {text}");
        }
    }

    private static void Write(Action write)
    {
        lock (Turn)
        {
            if (_unfinished)
            {
                System.Console.Out.Write("\r" + new string(' ', Math.Max(20, Console.Value.Profile.Width - 1)) + "\r");
                _unfinished = false;
            }

            write();
        }
    }

    private static IAnsiConsole MakeConsole()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (System.Console.IsOutputRedirected)
        {
            console.Profile.Width = WidthInFiles;
        }

        return console;
    }
}
