using System.Diagnostics;

namespace EHealthHub.Architecture.Tests.Repository;

/// <summary>The repository that these tests were built from.</summary>
internal static class Tree
{
    private static readonly Lazy<string> RootFolder = new(FindRoot);
    private static readonly Lazy<IReadOnlyList<string>> FileList = new(ListFiles);

    public static string Root => RootFolder.Value;

    /// <summary>Paths relative to the root, with forward slashes: what is in git, and what would be added to it.</summary>
    public static IReadOnlyList<string> Files => FileList.Value;

    public static IEnumerable<string> CSharpFiles => Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal));

    public static IReadOnlyList<string> Rooms =>
        [.. Directory.GetDirectories(Path.Combine(Root, "src")).Select(Path.GetFileName).OfType<string>().Where(n => n.StartsWith("EHealthHub.", StringComparison.Ordinal)).Select(n => n["EHealthHub.".Length..]).Order(StringComparer.Ordinal)];

    public static string Read(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    /// <summary>The room's assembly in the configuration that these tests run in.</summary>
    public static string AssemblyOf(string room)
    {
        var configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/', '\\')))!;
        return Path.Combine(Root, "src", "EHealthHub." + room, "bin", configuration, "net10.0", $"EHealthHub.{room}.dll");
    }

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "EHealthHub.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException("These tests look at the repository and must run inside it.");
    }

    private static List<string> ListFiles()
    {
        if (Path.Exists(Path.Combine(Root, ".git")) && GitFiles() is { } tracked)
        {
            return tracked;
        }

        string[] made = ["bin", "obj", ".git", ".hub", "TestResults"];
        return
        [
            .. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/'))
                .Where(f => !f.Split('/').Any(made.Contains))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Null where there is no git to ask.</summary>
    private static List<string>? GitFiles()
    {
        var start = new ProcessStartInfo("git", ["-C", Root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var git = Process.Start(start)!;
            var output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct().Where(f => File.Exists(Path.Combine(Root, f)))] : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
